import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import semver from "semver";

import type { WayResult } from "../engine.js";
import { findOnPath } from "../find-on-path.js";
import { runTool } from "../run-tool.js";
import type { EngineSettings } from "../settings.js";

/** The pulumi that the user has installed, if it is not older than the SDK. It brings its own language host. */
export async function fromPath(settings: EngineSettings): Promise<WayResult> {
  const { env, oldestVersion } = settings;
  const pulumi = findOnPath("pulumi", env);
  if (pulumi === undefined) return { reason: "no pulumi on PATH" };
  const version = await versionOf(pulumi, env);
  if (version === undefined) return { reason: `${pulumi} does not say its version` };
  if (!isNewEnough(version, oldestVersion)) {
    return { reason: `pulumi ${version} on PATH is older than ${oldestVersion}` };
  }
  return { engine: { root: folderOf(pulumi), pulumi, version, from: "path" } };
}

/** Whether a CLI will do. A build before a release (`-alpha`, `-dev`) counts as that release. */
export function isNewEnough(version: string, oldest: string): boolean {
  const release = semver.coerce(version);
  return release !== null && semver.gte(release, oldest);
}

async function versionOf(pulumi: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const quiet = { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const run = { command: pulumi, args: ["version"], cwd: path.dirname(pulumi), env: quiet };
  const { code, stdout } = await runTool(run);
  return code === 0 ? (semver.valid(stdout.trim()) ?? undefined) : undefined;
}

/** Where the language host stands beside it: PATH often holds a link, and sometimes a version manager's stand-in. */
function folderOf(pulumi: string): string {
  const real = path.dirname(realpathSync(pulumi));
  return existsSync(path.join(real, "pulumi-language-nodejs")) ? real : path.dirname(pulumi);
}

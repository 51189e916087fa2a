import { chmod, copyFile, link, mkdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { assembleHost } from "../assemble.js";
import { underBuildLock } from "../build-lock.js";
import type { Failure, WayResult } from "../engine.js";
import { cachedEngine, publish, removeLeftovers, writeAbout } from "../engine-cache.js";
import { engineKeys } from "../engine-key.js";
import { findOnPath } from "../find-on-path.js";
import { buildCli, goEnvironment } from "../go-build.js";
import { whyGoWillNotDo } from "../go-toolchain.js";
import { PULUMI_VERSION } from "../pinned.js";
import { runTool } from "../run-tool.js";
import type { EngineSettings } from "../settings.js";

/** Builds the CLI from its Go module, with our language host beside it, into the cache. */
export async function fromGo(settings: EngineSettings): Promise<WayResult> {
  if (process.platform === "win32") {
    return { reason: "an engine of our own needs sh, which Windows has not" };
  }
  const { cache, progress } = settings;
  const keys = engineKeys(settings);
  const ready = await cachedEngine(cache, keys.engine, "go");
  if (ready !== undefined) return { engine: ready };
  const go = await usableGo(settings.env);
  // A CLI that was built for another version of our host needs no Go any more.
  if ("reason" in go && !existsSync(cliFile(cache, keys.cli))) return go;
  return underBuildLock(cache, progress, async () => {
    await removeLeftovers(cache);
    const meanwhile = await cachedEngine(cache, keys.engine, "go");
    if (meanwhile !== undefined) return { engine: meanwhile };
    if (!existsSync(cliFile(cache, keys.cli))) {
      const failure = "reason" in go ? go : await build(go.path, keys.cli, settings);
      if (failure !== undefined) return failure;
    }
    await assemble(keys.cli, keys.engine, settings);
    const engine = await cachedEngine(cache, keys.engine, "go");
    return engine === undefined ? { reason: "the engine that was built is not whole" } : { engine };
  });
}

function build(go: string, key: string, settings: EngineSettings): Promise<Failure | undefined> {
  return publish(settings.cache, `cli/${key}`, (folder) => buildCli(go, folder, settings));
}

async function assemble(cli: string, key: string, settings: EngineSettings): Promise<void> {
  await publish(settings.cache, `engine/${key}`, async (folder) => {
    await mkdir(path.join(folder, "bin"));
    const pulumi = path.join(folder, "bin", "pulumi");
    const built = cliFile(settings.cache, cli);
    // One copy on disk, however often our host changes.
    await link(built, pulumi).catch(() => copyFile(built, pulumi));
    await chmod(pulumi, 0o755);
    await assembleHost(folder, settings);
    await writeAbout(folder, PULUMI_VERSION);
    return undefined;
  });
}

async function usableGo(env: NodeJS.ProcessEnv): Promise<{ readonly path: string } | Failure> {
  const go = findOnPath("go", env);
  if (go === undefined) return { reason: "no go on PATH" };
  // Outside a module, so that no other toolchain is chosen or fetched for the question.
  const { stdout } = await runTool({
    command: go,
    args: ["env", "GOVERSION", "GOTOOLCHAIN"],
    cwd: tmpdir(),
    env: goEnvironment(env),
  });
  const [version = "", toolchain = ""] = stdout.split("\n");
  const reason = whyGoWillNotDo(version.trim(), toolchain.trim());
  return reason === undefined ? { path: go } : { reason };
}

function cliFile(cache: string, key: string): string {
  return path.join(cache, "cli", key, "pulumi");
}

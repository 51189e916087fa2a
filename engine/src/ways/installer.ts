import { parse } from "semver";

import { automation } from "../automation.js";
import { underBuildLock } from "../build-lock.js";
import type { WayResult } from "../engine.js";
import { cachedEngine, publish, removeLeftovers, writeAbout } from "../engine-cache.js";
import { installerKey } from "../engine-key.js";
import { PULUMI_VERSION } from "../pinned.js";
import type { EngineSettings } from "../settings.js";

/** Where the Automation API takes the installer from (its automation/cmd). */
const INSTALLER = "https://get.pulumi.com/install.sh";

/** Long enough for a slow line, short enough not to be noticed where there is none. */
const REACH_MS = 5_000;

/** Pulumi's official installer, by the Automation API, into the cache. */
export async function fromInstaller(settings: EngineSettings): Promise<WayResult> {
  const { cache, progress } = settings;
  const ready = await cachedEngine(cache, installerKey(), "installer");
  if (ready !== undefined) return { engine: ready };
  const unreachable = await whyUnreachable(INSTALLER);
  if (unreachable !== undefined) return { reason: unreachable };
  return underBuildLock(cache, progress, async () => {
    const meanwhile = await cachedEngine(cache, installerKey(), "installer");
    if (meanwhile !== undefined) return { engine: meanwhile };
    progress(`Installing Pulumi ${PULUMI_VERSION} by its official installer (once).`);
    try {
      await removeLeftovers(cache);
      await publish(cache, `engine/${installerKey()}`, install);
    } catch (error) {
      return { reason: `the installer failed (${lastWords(error)})` };
    }
    const engine = await cachedEngine(cache, installerKey(), "installer");
    return engine === undefined
      ? { reason: "the installer did not bring what an engine needs" }
      : { engine };
  });
}

async function install(folder: string): Promise<undefined> {
  const version = parse(PULUMI_VERSION);
  if (version === null) throw new Error(`${PULUMI_VERSION} is no version`);
  await automation().PulumiCommand.install({ root: folder, version });
  await writeAbout(folder, PULUMI_VERSION);
  return undefined;
}

async function whyUnreachable(url: string): Promise<string | undefined> {
  const { host } = new URL(url);
  try {
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(REACH_MS) });
    return answer.ok ? undefined : `${host} answers ${answer.status}`;
  } catch (error) {
    return `${host} cannot be reached (${fetchFailure(error)})`;
  }
}

/** fetch says "fetch failed" and keeps the reason as its cause. */
function fetchFailure(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { code?: string } };
  return cause?.code ?? (name === "TimeoutError" ? "no answer" : lastWords(error));
}

/**
 * What the installer itself said last. The Automation API's error holds it between `stderr:` and `err?:` (its automation/cmd,
 * CommandResult).
 */
function lastWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = /stderr: ([\s\S]*?)\n err\?:/.exec(text)?.[1] ?? text;
  return (said.trim().split("\n").at(-1) ?? "").trim();
}

import { EngineError } from "./engine-error.js";
import {
  ENGINE_WAYS,
  type Engine,
  type EngineWay,
  type Failure,
  type WayResult,
} from "./engine.js";
import { noEngineMessage, type WayFailure } from "./no-engine-message.js";
import { engineSettings, type EngineOptions, type EngineSettings } from "./settings.js";
import { fromCache } from "./ways/cache.js";
import { fromGo } from "./ways/go.js";
import { fromInstaller } from "./ways/installer.js";
import { fromPath } from "./ways/path.js";

/** What the ways do, by name. */
export type Ways = Readonly<Record<EngineWay, (settings: EngineSettings) => Promise<WayResult>>>;

/** Options of {@link ensureEngine}. */
export type EnsureEngineOptions = EngineOptions & {
  /** The only way to try. Default: all, in the order path, cache, installer, go. */
  readonly from?: EngineWay;
};

const WAYS: Ways = { path: fromPath, cache: fromCache, installer: fromInstaller, go: fromGo };

/**
 * Finds a Pulumi CLI, or gets one.
 *
 * @throws EngineError `no-way`, whose message is three lines on how to install Pulumi; `interrupted`, after a signal
 * ended the build; the process is then still there to end itself.
 */
export async function ensureEngine(options: EnsureEngineOptions = {}): Promise<Engine> {
  const settings = engineSettings(options);
  return tryWays(options.from === undefined ? ENGINE_WAYS : [options.from], WAYS, settings);
}

/** The engine of the first way that has one. */
export async function tryWays(
  order: readonly EngineWay[],
  ways: Ways,
  settings: EngineSettings,
): Promise<Engine> {
  const failures: WayFailure[] = [];
  for (const way of order) {
    const result = await ways[way](settings).catch(whatTheSystemRefused);
    if ("engine" in result) return result.engine;
    failures.push({ way, reason: result.reason });
  }
  throw new EngineError("no-way", noEngineMessage(failures, settings.oldestVersion));
}

/** A cache that cannot be written, a full disk: reasons of the machine's, as all others are. What is no such thing is a bug. */
function whatTheSystemRefused(error: unknown): Failure {
  if (error instanceof Error && "syscall" in error) return { reason: error.message };
  throw error;
}

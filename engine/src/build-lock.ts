import { mkdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lock } from "proper-lockfile";

/** A lock whose holder has not touched it for so long belongs to a dead process. */
const STALE_MS = 10_000;
const LOOK_AGAIN_MS = 1_000;

/**
 * Runs `work` while no other process of this user builds or installs an engine. One that waits says so once, and looks
 * each second.
 */
export async function underBuildLock<T>(
  cache: string,
  progress: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(cache, { recursive: true });
  const release = await acquire(cache, progress);
  try {
    return await work();
  } finally {
    // A lock that was lost meanwhile is no failure of the work.
    await release().catch(() => undefined);
  }
}

async function acquire(
  cache: string,
  progress: (line: string) => void,
): Promise<() => Promise<void>> {
  for (let waited = false; ; waited = true) {
    try {
      return await lock(cache, {
        lockfilePath: path.join(cache, "build.lock"),
        stale: STALE_MS,
        // A machine that slept finds its lock stale. Both processes then build, into folders of their own.
        onCompromised: () => undefined,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
      if (!waited) progress("Another process is getting the Pulumi engine; waiting for it.");
      await delay(LOOK_AGAIN_MS);
    }
  }
}

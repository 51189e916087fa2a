import { createExecBackend } from "../../../../emulator/src/backends/exec/index.js";
import type { Isolation } from "../../../../emulator/src/backends/exec/options.js";
import { temporaryFolder } from "./bench.js";

/** The rungs that this machine has. Tests of the others are not made, and their number shows it. */
export function isolationsHere(): Isolation[] {
  const rungs: readonly Isolation[] = ["namespaces", "plain"];
  return rungs.filter((isolation) => {
    const folder = temporaryFolder();
    const nothing = () => undefined;
    const deps = { report: nothing, power: nothing, now: Date.now };
    try {
      const timers = { setTimer: () => ({ cancel: nothing }) };
      const backend = createExecBackend({ folder: folder.path, isolation }, { ...deps, ...timers });
      void backend.close().then(() => folder.remove());
      return true;
    } catch (error) {
      folder.remove();
      if ((error as { code?: string }).code !== "IsolationUnavailable") throw error;
      return false;
    }
  });
}

import { EmulatorError } from "../errors.js";
import type { Clock, Timer } from "./clock.js";

/** The machine's own time, `factor` times as fast from the moment it is made. */
export function createRealClock(factor = 1): Clock {
  const startMs = Date.now();
  const monotonicStart = performance.now();
  const running = new Set<NodeJS.Timeout>();
  const now =
    factor === 1
      ? () => Date.now()
      : () => Math.round(startMs + (performance.now() - monotonicStart) * factor);

  const setTimer = (atMs: number, run: () => void): Timer => {
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      // Node takes at most 2^31-1 ms, and would fire at once above it.
      const waitMs = Math.min(Math.max(0, (atMs - now()) / factor), LONGEST_MS);
      handle = setTimeout(() => {
        running.delete(handle);
        if (atMs > now()) arm();
        else run();
      }, waitMs);
      running.add(handle);
    };
    arm();
    return {
      cancel: () => {
        clearTimeout(handle);
        running.delete(handle);
      },
    };
  };

  return {
    mode: factor === 1 ? "real" : "scaled",
    now,
    setTimer,
    advanceTo: () =>
      Promise.reject(
        new EmulatorError(
          "ClockRefused",
          "Only a virtual clock can be advanced. Start the emulator with --clock virtual:<ISO time>.",
        ),
      ),
    attach: () => undefined,
    close: () => {
      for (const handle of running) clearTimeout(handle);
      running.clear();
    },
  };
}

const LONGEST_MS = 2_147_483_647;

import { EmulatorError } from "../errors.js";
import type { Clock, ClockOptions } from "./clock.js";
import { createRealClock } from "./real-clock.js";
import { createVirtualClock } from "./virtual-clock.js";

export type { Clock, ClockOptions, Timer, Work } from "./clock.js";

/** Throws EmulatorError InvalidOption for a factor or a time that makes no sense. */
export function createClock(options: ClockOptions): Clock {
  switch (options.mode) {
    case "real":
      return createRealClock();
    case "scaled":
      if (!(options.factor > 0 && options.factor <= 1_000_000)) {
        throw new EmulatorError(
          "InvalidOption",
          `A clock's factor must be above 0 and at most 1,000,000; ${String(options.factor)} was given.`,
        );
      }
      return createRealClock(options.factor);
    case "virtual": {
      const startMs = Date.parse(options.now);
      if (Number.isNaN(startMs)) {
        throw new EmulatorError(
          "InvalidOption",
          `A virtual clock needs an ISO 8601 time such as 2026-03-01T00:00:00Z; "${options.now}" was given.`,
        );
      }
      return createVirtualClock(startMs);
    }
  }
}

import type { Action } from "./port.js";
import type { WorldClock } from "./world.js";

/**
 * One limiter for a region: bounds the calls in flight, and holds back an action that the service
 * throttles (an action refused in a minute is refused until the next one, API reference 2.4).
 */
export interface Limiter {
  run<T>(action: Action, work: () => Promise<T>): Promise<T>;
  /** Holds an action back until a moment of the clock. */
  pause(action: Action, untilMs: number): void;
}

export function createLimiter(clock: WorldClock, maxInFlight = 16): Limiter {
  const pausedUntil = new Map<Action, number>();
  const waiting: (() => void)[] = [];
  let inFlight = 0;

  const enter = async (): Promise<void> => {
    if (inFlight < maxInFlight) {
      inFlight += 1;
      return;
    }
    // The place is handed over by whoever leaves, so inFlight does not change in between.
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) inFlight -= 1;
    else next();
  };

  return {
    async run(action, work) {
      for (;;) {
        const wait = (pausedUntil.get(action) ?? 0) - clock.now();
        if (wait <= 0) break;
        await clock.sleep(wait);
      }
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
    pause(action, untilMs) {
      pausedUntil.set(action, Math.max(untilMs, pausedUntil.get(action) ?? 0));
    },
  };
}

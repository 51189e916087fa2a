/** The agent's timer loop: wait for the next instant, run, and compute again from the clock. */
import type { CronSets } from "./grammar.js";
import { fromSeconds, isoText, type Nanoseconds, nanosPerMs, secondsOf } from "./instant.js";
import { nextTime } from "./next-run.js";
import { instantOf, wallAt, type Zone } from "./zone.js";

/** The release that the behaviour was observed on. */
export const observedRelease = "2.2.3.578";

/**
 * What follows the last listed run. `dead`: the next instant computed lies in the past, so the timer
 * ends without a word. `expired`: the moment was past when the task arrived.
 */
export type Then = "more" | "finished" | "dead" | "expired" | "crash";

export type Step =
  { readonly kind: "run"; readonly at: Nanoseconds } | { readonly kind: Exclude<Then, "more"> };

/** What the agent computes when its clock shows `clock`. */
export type Timer = (clock: Nanoseconds) => Step;

/** After a run the clock is a little late: 1 ms in the observed data, 0.1 ms to a few in the field. */
export const lateness: Nanoseconds = nanosPerMs;

/** The runs from `now` on, at most `count`. */
export function runsOf(
  timer: Timer,
  now: Nanoseconds,
  count: number,
): { readonly runs: readonly string[]; readonly then: Then } {
  const runs: string[] = [];
  let step = timer(now);
  while (step.kind === "run" && runs.length < count) {
    runs.push(isoText(step.at));
    step = timer(step.at + lateness);
  }
  return { runs, then: step.kind === "run" ? "more" : step.kind };
}

/** A timer of a cron expression in a zone. */
export function cronTimer(sets: CronSets, zone: Zone): Timer {
  return (clock) => {
    const next = nextTime(sets, zone, wallAt(zone, secondsOf(clock)));
    if (next.kind === "crash") return { kind: "crash" };
    if (next.kind === "none") return { kind: "finished" };
    const at = fromSeconds(instantOf(zone, next.wall));
    return at < clock ? { kind: "dead" } : { kind: "run", at };
  };
}

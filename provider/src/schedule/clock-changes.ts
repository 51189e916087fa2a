/** The moments at which a zone's clock is put forward or back, and what a cron does there. */
import type { CronSets } from "./grammar.js";
import { fromSeconds, secondsOf } from "./instant.js";
import { nextTime } from "./next-run.js";
import { cronTimer, lateness } from "./timer.js";
import { instantOf, wallAt, type WallSeconds, type Zone } from "./zone.js";

export type ClockChange = {
  /** The instant, in seconds since 1970. */
  readonly at: number;
  /** Seconds east of Greenwich before and after. */
  readonly before: number;
  readonly after: number;
};

export type Death = {
  readonly change: ClockChange;
  /** The last run, in seconds since 1970; undefined where it never runs. */
  readonly lastRun: number | undefined;
};

/** What a clock change does to runs that survive it. All but `named` are in seconds since 1970. */
export type Disturbance = { readonly change: ClockChange } & (
  | { readonly kind: "moved"; readonly named: WallSeconds; readonly run: number }
  | { readonly kind: "merged"; readonly named: WallSeconds; readonly run: number }
  | { readonly kind: "hole"; readonly from: number; readonly to: number }
);

/** No zone is known to change twice within two weeks. */
const stride = 14 * 86_400;

/** The changes of a zone after `from` up to `to` (seconds since 1970), in order, found as asked for. */
export function* clockChanges(zone: Zone, from: number, to: number): Generator<ClockChange> {
  if (zone.fixed) return;
  let [left, before] = [from, zone.offsetAt(from)];
  while (left < to) {
    const right = Math.min(left + stride, to);
    const after = zone.offsetAt(right);
    if (after !== before) yield { at: firstWith(zone, after, left, right), before, after };
    [left, before] = [right, after];
  }
}

/**
 * The first change after `from` at which the agent's timer dies: the time it looks for is skipped,
 * and the instant that it takes for that time is past already.
 */
export function deathOf(sets: CronSets, zone: Zone, from: number, to: number): Death | undefined {
  const timer = cronTimer(sets, zone);
  for (const change of clockChanges(zone, from, to)) {
    if (timer(fromSeconds(change.at) - lateness).kind !== "dead") continue;
    // The last run lies within one gap before the change, on time or a gap early.
    const start = Math.max(from, change.at - (change.after - change.before) - 1);
    let lastRun: number | undefined;
    let step = timer(fromSeconds(start));
    while (step.kind === "run" && secondsOf(step.at) < change.at) {
      lastRun = secondsOf(step.at);
      step = timer(step.at + lateness);
    }
    return { change, lastRun };
  }
  return undefined;
}

/** The first change after `from` that moves runs, joins two of them, or leaves a hole. */
export function disturbanceOf(
  sets: CronSets,
  zone: Zone,
  from: number,
  to: number,
): Disturbance | undefined {
  for (const change of clockChanges(zone, from, to)) {
    const found =
      change.after > change.before ? skipped(sets, zone, change) : repeated(sets, zone, change);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether the expression names the time that the wall clock shows. */
export function isNamed(sets: CronSets, zone: Zone, wall: WallSeconds): boolean {
  return firstNamed(sets, zone, wall, wall + 1) !== undefined;
}

/** The clock goes forward: times in between do not exist. */
function skipped(sets: CronSets, zone: Zone, change: ClockChange): Disturbance | undefined {
  const named = firstNamed(sets, zone, change.at + change.before, change.at + change.after);
  if (named === undefined) return undefined;
  const run = instantOf(zone, named);
  const joins = isNamed(sets, zone, wallAt(zone, run));
  if (!joins) return { kind: "moved", change, named, run };
  // An expression for every hour loses the hour that the day lacks, and that is as it should be.
  return sets.hours.length === 24 ? undefined : { kind: "merged", change, named, run };
}

/** The clock goes back: times exist twice, and the agent runs one pass of them. */
function repeated(sets: CronSets, zone: Zone, change: ClockChange): Disturbance | undefined {
  const [start, end] = [change.at + change.after, change.at + change.before];
  const length = end - start;
  const first = firstNamed(sets, zone, start, end);
  if (first === undefined) return undefined;
  const secondPass = instantOf(zone, first) >= change.at;
  const before = secondPass
    ? lastNamed(sets, zone, start - length, start)
    : lastNamed(sets, zone, start, end);
  const after = secondPass ? first : firstNamed(sets, zone, end, end + length);
  // Once a day is once a day, whichever pass it is; only what runs more often misses something.
  if (before === undefined || after === undefined) return undefined;
  return { kind: "hole", change, from: instantOf(zone, before), to: instantOf(zone, after) };
}

/** The first time of the wall clock from `from` on and before `to` that the expression names. */
function firstNamed(
  sets: CronSets,
  zone: Zone,
  from: WallSeconds,
  to: WallSeconds,
): WallSeconds | undefined {
  const found = nextTime(sets, zone, from - 1);
  return found.kind === "time" && found.wall < to ? found.wall : undefined;
}

function lastNamed(
  sets: CronSets,
  zone: Zone,
  from: WallSeconds,
  to: WallSeconds,
): WallSeconds | undefined {
  let last: WallSeconds | undefined;
  let next = firstNamed(sets, zone, from, to);
  while (next !== undefined) {
    last = next;
    next = firstNamed(sets, zone, next + 1, to);
  }
  return last;
}

/** The first second at which the offset is `after`; it is not at `left`, and is at `right`. */
function firstWith(zone: Zone, after: number, left: number, right: number): number {
  let [low, high] = [left, right];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetAt(middle) === after) high = middle;
    else low = middle;
  }
  return high;
}

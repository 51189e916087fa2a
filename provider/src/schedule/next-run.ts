/** The next time of a wall clock that an expression names. */
import { daysIn } from "./days.js";
import type { CronSets } from "./grammar.js";
import { instantOf, wallAt, type WallSeconds, type Zone } from "./zone.js";

/**
 * `none`: no time is left until the end of the years. `crash`: the agent reached for the first entry
 * of an empty list, or went round in circles, which ends its process.
 */
export type NextTime =
  | { readonly kind: "time"; readonly wall: WallSeconds }
  | { readonly kind: "none" }
  | { readonly kind: "crash" };

type Clock = readonly [hour: number, minute: number, second: number];

/** The first matching time after `wall`, to the second. */
export function nextTime(sets: CronSets, zone: Zone, wall: WallSeconds): NextTime {
  const now = new Date(wall * 1000);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()];
  if (sets.years.includes(year) && sets.months.includes(month)) {
    const days = daysIn(year, month, sets.days);
    if (days.includes(day)) {
      const found = nextClock(sets, now);
      if (found === "crash") return { kind: "crash" };
      if (found !== undefined) return timeOf(year, month, day, found);
    }
    const next = days.find((date) => date > day);
    if (next !== undefined) return firstOn(sets, year, month, next);
  }
  const sameYear = sets.years.includes(year) ? nextMonth(sets, zone, year, month) : undefined;
  return sameYear ?? nextYear(sets, zone, year);
}

/** Later on the same day. */
function nextClock(sets: CronSets, now: Date): Clock | "crash" | undefined {
  const [hour, minute, second] = [now.getUTCHours(), now.getUTCMinutes(), now.getUTCSeconds()];
  if (sets.hours.includes(hour)) {
    if (sets.minutes.includes(minute)) {
      const next = sets.seconds.find((value) => value > second);
      if (next !== undefined) return [hour, minute, next];
    }
    const next = sets.minutes.find((value) => value > minute);
    if (next !== undefined) return complete(hour, next, sets.seconds[0]);
  }
  const next = sets.hours.find((value) => value > hour);
  return next === undefined ? undefined : complete(next, sets.minutes[0], sets.seconds[0]);
}

/** Later in the same year. */
function nextMonth(sets: CronSets, zone: Zone, year: number, month: number): NextTime | undefined {
  for (const next of sets.months.filter((value) => value > month)) {
    const [day] = daysIn(year, next, sets.days);
    const first = firstOn(sets, year, next, day ?? 1);
    if (day !== undefined || first.kind === "crash") return first;
    // The agent steps over a month without a day by way of its first day. Where the clock skips that
    // time west of Greenwich it lands in the month before, and comes back here for ever.
    if (first.kind === "time" && monthOf(settled(zone, first.wall)) !== next)
      return { kind: "crash" };
  }
  return undefined;
}

function nextYear(sets: CronSets, zone: Zone, year: number): NextTime {
  for (const next of sets.years.filter((value) => value > year)) {
    if (sets.months.length === 0) return { kind: "crash" };
    const found = nextMonth(sets, zone, next, 0);
    if (found !== undefined) return found;
  }
  return { kind: "none" };
}

/** What the clock shows when the agent takes it to show `wall`: another time in a skipped hour. */
function settled(zone: Zone, wall: WallSeconds): WallSeconds {
  return zone.fixed ? wall : wallAt(zone, instantOf(zone, wall));
}

function monthOf(wall: WallSeconds): number {
  return new Date(wall * 1000).getUTCMonth() + 1;
}

/** The first time of a day. */
function firstOn(sets: CronSets, year: number, month: number, day: number): NextTime {
  const clock = complete(sets.hours[0], sets.minutes[0], sets.seconds[0]);
  return clock === "crash" ? { kind: "crash" } : timeOf(year, month, day, clock);
}

function complete(hour?: number, minute?: number, second?: number): Clock | "crash" {
  if (hour === undefined || minute === undefined || second === undefined) return "crash";
  return [hour, minute, second];
}

function timeOf(year: number, month: number, day: number, clock: Clock): NextTime {
  return { kind: "time", wall: Date.UTC(year, month - 1, day, ...clock) / 1000 };
}

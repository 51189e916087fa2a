import { matchingDays } from "./cron-days.js";
import type { Cron } from "./cron-expression.js";
import { instantOf, type Zone } from "./zone.js";

/** An instant in milliseconds; none left; or what the agent's process dies of. */
export type Found = number | "none" | "crash";

/**
 * The next matching instant of a cron in a zone, found field by field: the agent moves the smallest
 * field that can move, and sets the smaller ones to their first value. It never goes back to correct a
 * local time that the clock skips or repeats, so the instant may lie before `clockMs`, which is how a
 * schedule dies. Bounded: at most one step a month up to 2099.
 */
export function searchFrom(cron: Cron, zone: Zone): (clockMs: number) => Found {
  const daysOf = rememberingLastMonth((year, month) =>
    matchingDays(cron.monthDays, cron.weekDays, year, month),
  );

  function instant(
    day: { readonly year: number; readonly month: number; readonly day: number },
    hour = cron.hours[0],
    minute = cron.minutes[0],
    second = cron.seconds[0],
  ): Found {
    // The agent takes the first element of an empty set without a look.
    if (hour === undefined || minute === undefined || second === undefined) return "crash";
    return instantOf(zone, Date.UTC(day.year, day.month - 1, day.day, hour, minute, second));
  }

  function inLaterMonth(year: number, month: number): Found {
    const next = laterMonth(cron, year, month);
    if (typeof next === "string") return next;
    const days = daysOf(next.year, next.month);
    const start = instant({ ...next, day: days[0] ?? 1 });
    if (typeof start === "string" || days.length > 0) return start;
    // No day matches: the agent goes on from the first of the month, as a local time. Where the clock
    // is put forward just then, west of Greenwich, that is still the month before: it recurs for ever.
    const local = new Date(start + zone.offsetMs(start));
    const reached = { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1 };
    if (reached.year !== next.year || reached.month !== next.month) return "crash";
    return inLaterMonth(next.year, next.month);
  }

  return (clockMs) => {
    const now = new Date(clockMs + zone.offsetMs(clockMs));
    const year = now.getUTCFullYear();
    const month = now.getUTCMonth() + 1;
    if (!cron.years.includes(year)) return inLaterMonth(year, 12);
    if (!cron.months.includes(month)) return inLaterMonth(year, month);
    const days = daysOf(year, month);
    const today = { year, month, day: now.getUTCDate() };
    if (days.includes(today.day)) {
      const hour = now.getUTCHours();
      if (cron.hours.includes(hour)) {
        const minute = now.getUTCMinutes();
        if (cron.minutes.includes(minute)) {
          const second = above(cron.seconds, now.getUTCSeconds());
          if (second !== undefined) return instant(today, hour, minute, second);
        }
        const later = above(cron.minutes, minute);
        if (later !== undefined) return instant(today, hour, later);
      }
      const later = above(cron.hours, hour);
      if (later !== undefined) return instant(today, later);
    }
    const later = above(days, today.day);
    return later === undefined ? inLaterMonth(year, month) : instant({ ...today, day: later });
  };
}

function laterMonth(
  cron: Cron,
  year: number,
  month: number,
): { readonly year: number; readonly month: number } | "none" | "crash" {
  const later = above(cron.months, month);
  if (later !== undefined) return { year, month: later };
  const laterYear = above(cron.years, year);
  if (laterYear === undefined) return "none";
  const first = cron.months[0];
  return first === undefined ? "crash" : { year: laterYear, month: first };
}

/** The first element above a value, of an ascending list. */
function above(list: readonly number[], value: number): number | undefined {
  return list.find((element) => element > value);
}

function rememberingLastMonth(
  compute: (year: number, month: number) => readonly number[],
): (year: number, month: number) => readonly number[] {
  let last: { year: number; month: number; days: readonly number[] } | undefined;
  return (year, month) => {
    if (last?.year !== year || last.month !== month) {
      last = { year, month, days: compute(year, month) };
    }
    return last.days;
  };
}

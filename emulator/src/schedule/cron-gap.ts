import { matchingDays } from "./cron-days.js";
import type { Cron } from "./cron-expression.js";

const SECONDS_A_DAY = 86_400;
const DAY_MS = 86_400_000;

/**
 * The shortest time between two runs by the clock on the wall, clock changes left out; undefined if
 * there are not two runs.
 */
export function shortestGapMs(cron: Cron): number | undefined {
  const times = cron.hours.flatMap((hour) =>
    cron.minutes.flatMap((minute) =>
      cron.seconds.map((second) => (hour * 60 + minute) * 60 + second),
    ),
  );
  const [first, last] = [times[0], times.at(-1)];
  const days = fewestDaysBetween(cron);
  if (first === undefined || last === undefined || days === "never") return undefined;
  const overnight = days === "once" ? Infinity : days * SECONDS_A_DAY - last + first;
  const within = smallestStep(times);
  const seconds = Math.min(overnight, within);
  return seconds === Infinity ? undefined : seconds * 1000;
}

/** Days from one matching day to the next, at the least. */
function fewestDaysBetween(cron: Cron): number | "once" | "never" {
  let previous: number | undefined;
  let fewest = Infinity;
  for (const year of cron.years) {
    for (const month of cron.months) {
      for (const day of matchingDays(cron.monthDays, cron.weekDays, year, month)) {
        const number = Date.UTC(year, month - 1, day) / DAY_MS;
        if (previous !== undefined) fewest = Math.min(fewest, number - previous);
        if (fewest === 1) return 1;
        previous = number;
      }
    }
  }
  if (previous === undefined) return "never";
  return fewest === Infinity ? "once" : fewest;
}

/** Infinity for fewer than two. */
function smallestStep(ascending: readonly number[]): number {
  let smallest = Infinity;
  ascending.forEach((value, index) => {
    const before = ascending[index - 1];
    if (before !== undefined) smallest = Math.min(smallest, value - before);
  });
  return smallest;
}

/** The shortest time between two runs of a cron expression, by the clock. */
import { daysIn } from "./days.js";
import type { CronSets } from "./grammar.js";

export type Gap = {
  readonly seconds: number;
  /** Times of day, `02:00:00`; the later one is on the next day where it is not larger. */
  readonly from: string;
  readonly to: string;
};

const day = 86_400;

/** The shortest gap; undefined where runs lie a day or more apart, or there are none. */
export function shortestGap(sets: CronSets): Gap | undefined {
  const { seconds } = sets;
  const minutes = sets.hours.flatMap((hour) => sets.minutes.map((minute) => hour * 60 + minute));
  const [firstSecond, lastSecond] = [seconds[0], seconds[seconds.length - 1]];
  const [firstMinute, lastMinute] = [minutes[0], minutes[minutes.length - 1]];
  if (firstSecond === undefined || lastSecond === undefined) return undefined;
  if (firstMinute === undefined || lastMinute === undefined) return undefined;

  const within = pairs(seconds).map(([a, b]): Span => [firstMinute * 60 + a, firstMinute * 60 + b]);
  const across = pairs(minutes).map(([a, b]): Span => [a * 60 + lastSecond, b * 60 + firstSecond]);
  const night: Span = [lastMinute * 60 + lastSecond, day + firstMinute * 60 + firstSecond];
  const best = shortest([...within, ...across]);
  // Only where two days in a row match does the night count.
  if (best !== undefined && length(best) <= length(night)) return told(best);
  if (length(night) < day && hasNeighbours(sets)) return told(night);
  return best === undefined ? undefined : told(best);
}

/** Seconds since midnight. */
type Span = readonly [from: number, to: number];

function pairs(values: readonly number[]): readonly Span[] {
  return values.slice(1).map((value, i): Span => [values[i] ?? value, value]);
}

function shortest(spans: readonly Span[]): Span | undefined {
  let best = spans[0];
  for (const span of spans) if (best !== undefined && length(span) < length(best)) best = span;
  return best;
}

function length([from, to]: Span): number {
  return to - from;
}

function told(span: Span): Gap {
  return { seconds: length(span), from: clockText(span[0]), to: clockText(span[1]) };
}

/** Whether two days in a row match, anywhere in the years. */
function hasNeighbours(sets: CronSets): boolean {
  let before: number | undefined;
  for (const year of sets.years) {
    for (const month of sets.months) {
      for (const date of daysIn(year, month, sets.days)) {
        const number = Date.UTC(year, month - 1, date) / 1000 / day;
        if (before === number - 1) return true;
        before = number;
      }
    }
  }
  return false;
}

/** `02:00:00`, of seconds since midnight; of the next day where there are more. */
function clockText(seconds: number): string {
  return new Date((seconds % day) * 1000).toISOString().slice(11, 19);
}

/** A cron expression as data, and the slowest way to find its runs: second by second. */

export type Span = { readonly from: number; readonly to: number; readonly step: number };

export type Special =
  | { readonly kind: "last" }
  | { readonly kind: "last-weekday" }
  | { readonly kind: "nearest"; readonly day: number }
  | { readonly kind: "last-of-week"; readonly day: number }
  | { readonly kind: "nth-of-week"; readonly day: number; readonly n: number };

export type PlainCron = {
  readonly seconds: readonly Span[];
  readonly minutes: readonly Span[];
  readonly hours: readonly Span[];
  /** Undefined: says nothing about days. */
  readonly daysOfMonth: readonly (Span | Special)[] | undefined;
  readonly months: readonly Span[];
  readonly daysOfWeek: readonly (Span | Special)[] | undefined;
};

export function textOf(cron: PlainCron): string {
  const list = (entries: readonly (Span | Special)[] | undefined, nothing: string): string =>
    entries === undefined ? nothing : entries.map(entryText).join(",");
  return [
    list(cron.seconds, "*"),
    list(cron.minutes, "*"),
    list(cron.hours, "*"),
    list(cron.daysOfMonth, "*"),
    list(cron.months, "*"),
    list(cron.daysOfWeek, "?"),
  ].join(" ");
}

/** The runs after `from` and up to `to`, in milliseconds, on a clock that is never changed. */
export function slowRuns(cron: PlainCron, from: number, to: number, offsetMs: number): number[] {
  const runs: number[] = [];
  let [date, dateFits] = [NaN, false];
  for (let at = Math.floor(from / 1000) * 1000 + 1000; at <= to; at += 1000) {
    const wall = (at + offsetMs) / 1000;
    if (!fits(cron.seconds, wall % 60)) continue;
    if (!fits(cron.minutes, Math.floor(wall / 60) % 60)) continue;
    if (!fits(cron.hours, Math.floor(wall / 3_600) % 24)) continue;
    const today = Math.floor(wall / 86_400);
    if (today !== date) [date, dateFits] = [today, dayFits(cron, new Date(wall * 1000))];
    if (dateFits) runs.push(at);
  }
  return runs;
}

function entryText(entry: Span | Special): string {
  if (!("kind" in entry)) {
    const { from, to, step } = entry;
    if (step > 1) return `${from}-${to}/${step}`;
    return from === to ? String(from) : `${from}-${to}`;
  }
  switch (entry.kind) {
    case "last":
      return "L";
    case "last-weekday":
      return "LW";
    case "nearest":
      return `${entry.day}W`;
    case "last-of-week":
      return `${entry.day}L`;
    case "nth-of-week":
      return `${entry.day}#${entry.n}`;
  }
}

function fits(spans: readonly Span[], value: number): boolean {
  return spans.some(
    ({ from, to, step }) => value >= from && value <= to && (value - from) % step === 0,
  );
}

function dayFits(cron: PlainCron, clock: Date): boolean {
  if (!fits(cron.months, clock.getUTCMonth() + 1)) return false;
  const { daysOfMonth, daysOfWeek } = cron;
  if (daysOfMonth === undefined && daysOfWeek === undefined) return true;
  const [date, weekday] = [clock.getUTCDate(), clock.getUTCDay()];
  const byDate = (entry: Span | Special): boolean =>
    "kind" in entry ? specialFits(entry, clock) : fits([entry], date);
  const byWeekday = (entry: Span | Special): boolean =>
    "kind" in entry ? specialFits(entry, clock) : fits([entry], weekday);
  return (daysOfMonth ?? []).some(byDate) || (daysOfWeek ?? []).some(byWeekday);
}

function specialFits(special: Special, clock: Date): boolean {
  const [year, month, date] = [clock.getUTCFullYear(), clock.getUTCMonth(), clock.getUTCDate()];
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const weekdayOf = (day: number): number => new Date(Date.UTC(year, month, day)).getUTCDay();
  const isWorkday = (day: number): boolean => weekdayOf(day) >= 1 && weekdayOf(day) <= 5;
  switch (special.kind) {
    case "last":
      return date === length;
    case "last-weekday":
      return isWorkday(date) && [...rangeOf(date + 1, length)].every((day) => !isWorkday(day));
    case "nearest": {
      if (special.day > length) return false;
      // The workday at the smallest distance within the month is the only one that near.
      const near = [0, -1, 1, 2, -2].map((by) => special.day + by);
      return date === near.find((day) => day >= 1 && day <= length && isWorkday(day));
    }
    case "last-of-week":
      return weekdayOf(date) === special.day && date + 7 > length;
    case "nth-of-week":
      return weekdayOf(date) === special.day && Math.ceil(date / 7) === special.n;
  }
}

function rangeOf(from: number, to: number): number[] {
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, i) => from + i);
}

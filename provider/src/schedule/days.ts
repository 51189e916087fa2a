/** The two day fields: which days of a month an expression names. */
import {
  ascending,
  dayOfMonthField,
  dayOfWeekField,
  type Entry,
  lowerCase,
  numbersOf,
  readEntries,
  type Refused,
  syntaxError,
} from "./fields.js";

export type DaysOfMonth = {
  /** False where the field holds a wildcard: then it says nothing about days. */
  readonly restricted: boolean;
  readonly days: readonly number[];
  /** `15W`: the weekday nearest to the day, within the month. */
  readonly nearest: readonly number[];
  readonly last: boolean;
  readonly lastWeekday: boolean;
};

export type DaysOfWeek = {
  readonly restricted: boolean;
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** `5L`: the last such day of the month. */
  readonly last: readonly number[];
  /** `5#2`: the second such day of the month. */
  readonly nth: readonly { readonly day: number; readonly n: number }[];
};

export type Days = { readonly ofMonth: DaysOfMonth; readonly ofWeek: DaysOfWeek };

/** The day-of-month field. */
export function readDaysOfMonth(text: string): DaysOfMonth | Refused {
  const entries = readEntries(text, dayOfMonthField);
  if ("refused" in entries) return entries;
  const nearest: number[] = [];
  let [last, lastWeekday] = [false, false];
  for (const entry of others(entries)) {
    const word = lowerCase(entry.text);
    const day = word.endsWith("w") ? dayOfMonthField.value(word.slice(0, -1)) : undefined;
    if (word === "l") last = true;
    else if (word === "lw") lastWeekday = true;
    else if (day !== undefined) nearest.push(day);
    else return syntaxError(dayOfMonthField, entry.text);
  }
  const days = ascending(entries.flatMap((entry) => numbersOf(entry, dayOfMonthField)));
  return { restricted: !hasWildcard(entries), days, nearest, last, lastWeekday };
}

/** The day-of-week field. */
export function readDaysOfWeek(text: string): DaysOfWeek | Refused {
  const entries = readEntries(text, dayOfWeekField);
  if ("refused" in entries) return entries;
  const last: number[] = [];
  const nth: { day: number; n: number }[] = [];
  for (const entry of others(entries)) {
    const [, name = "", end = ""] = /^(.+?)(l|#[1-5])$/.exec(lowerCase(entry.text)) ?? [];
    const day = dayOfWeekField.value(name);
    if (day === undefined) return syntaxError(dayOfWeekField, entry.text);
    if (end === "l") last.push(day);
    else nth.push({ day, n: Number(end.slice(1)) });
  }
  const days = ascending(entries.flatMap((entry) => numbersOf(entry, dayOfWeekField)));
  return { restricted: !hasWildcard(entries), days, last, nth };
}

/** The days of a month (1 is January) that match: either field's, where both restrict. */
export function daysIn(year: number, month: number, days: Days): readonly number[] {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const firstWeekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const { ofMonth, ofWeek } = days;
  if (!ofMonth.restricted && !ofWeek.restricted) return Array.from({ length }, (_, i) => i + 1);
  return ascending([
    ...(ofMonth.restricted ? byNumber(ofMonth, length, firstWeekday) : []),
    ...(ofWeek.restricted ? byWeekday(ofWeek, length, firstWeekday) : []),
  ]);
}

function byNumber(rule: DaysOfMonth, length: number, firstWeekday: number): readonly number[] {
  const weekday = (day: number): number => nearestWeekday(day, length, firstWeekday);
  const fits = (day: number): boolean => day <= length;
  return [
    ...rule.days.filter(fits),
    ...rule.nearest.filter(fits).map(weekday),
    ...(rule.last ? [length] : []),
    ...(rule.lastWeekday ? [weekday(length)] : []),
  ];
}

function byWeekday(rule: DaysOfWeek, length: number, firstWeekday: number): readonly number[] {
  const first = (day: number): number => 1 + ((day - firstWeekday + 7) % 7);
  const all = (day: number): readonly number[] =>
    [0, 1, 2, 3, 4].map((week) => first(day) + 7 * week).filter((date) => date <= length);
  return [
    ...rule.days.flatMap(all),
    ...rule.last.flatMap((day) => all(day).slice(-1)),
    ...rule.nth.flatMap(({ day, n }) => all(day).slice(n - 1, n)),
  ];
}

/** Saturday gives Friday, Sunday gives Monday; at the edges of the month the other way. */
function nearestWeekday(day: number, length: number, firstWeekday: number): number {
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === 6) return day > 1 ? day - 1 : day + 2;
  if (weekday === 0) return day < length ? day + 1 : day - 2;
  return day;
}

function others(entries: readonly Entry[]): readonly Entry[] {
  return entries.filter((entry) => entry.kind === "other");
}

function hasWildcard(entries: readonly Entry[]): boolean {
  return entries.some((entry) => entry.kind === "all");
}

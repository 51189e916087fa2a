import {
  addSpan,
  DAY_OF_MONTH,
  DAY_OF_WEEK,
  readEntries,
  syntaxError,
  type Parsed,
} from "./cron-fields.js";

/** The day-of-month field; undefined where a wildcard in it leaves days unrestricted. */
export type MonthDays = {
  readonly days: ReadonlySet<number>;
  /** `15W`: the weekday nearest to the 15th, within the month. */
  readonly nearWeekday: ReadonlySet<number>;
  /** `L` */
  readonly last: boolean;
  /** `LW` */
  readonly lastWeekday: boolean;
};

/** The day-of-week field, Sunday = 0; undefined where a wildcard in it leaves days unrestricted. */
export type WeekDays = {
  readonly days: ReadonlySet<number>;
  /** `5L`: the last Friday of the month. */
  readonly last: ReadonlySet<number>;
  /** `5#2`: the second Friday. */
  readonly nth: readonly { readonly day: number; readonly week: number }[];
};

export function readMonthDays(field: string): Parsed<MonthDays | undefined> {
  const entries = readEntries(field, DAY_OF_MONTH);
  if (!entries.ok) return entries;
  const days = new Set<number>();
  const nearWeekday = new Set<number>();
  let restricted = true;
  let last = false;
  let lastWeekday = false;
  const near = new RegExp(`^(${DAY_OF_MONTH.pattern})w$`);
  for (const entry of entries.value) {
    if (entry.kind === "all") restricted = false;
    else if (entry.kind === "span") addSpan(days, entry);
    else {
      const text = entry.text.toLowerCase();
      const day = near.exec(text)?.[1];
      if (text === "l") last = true;
      else if (text === "lw") lastWeekday = true;
      else if (day !== undefined) nearWeekday.add(DAY_OF_MONTH.value(day));
      else return syntaxError(DAY_OF_MONTH, entry.text);
    }
  }
  return { ok: true, value: restricted ? { days, nearWeekday, last, lastWeekday } : undefined };
}

export function readWeekDays(field: string): Parsed<WeekDays | undefined> {
  const entries = readEntries(field, DAY_OF_WEEK);
  if (!entries.ok) return entries;
  const days = new Set<number>();
  const last = new Set<number>();
  const nth: { day: number; week: number }[] = [];
  let restricted = true;
  const special = new RegExp(`^(${DAY_OF_WEEK.pattern})(?:l|#([1-5]))$`);
  for (const entry of entries.value) {
    if (entry.kind === "all") restricted = false;
    else if (entry.kind === "span") addSpan(days, entry);
    else {
      const found = special.exec(entry.text.toLowerCase());
      if (found?.[1] === undefined) return syntaxError(DAY_OF_WEEK, entry.text);
      const day = DAY_OF_WEEK.value(found[1]);
      if (found[2] === undefined) last.add(day);
      else nth.push({ day, week: Number(found[2]) });
    }
  }
  return { ok: true, value: restricted ? { days, last, nth } : undefined };
}

/**
 * The matching days of a month (1 = January), ascending. With both fields restricted a day that
 * matches either counts.
 */
export function matchingDays(
  monthDays: MonthDays | undefined,
  weekDays: WeekDays | undefined,
  year: number,
  month: number,
): readonly number[] {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const firstWeekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const weekdayOf = (day: number): number => (firstWeekday + day - 1) % 7;
  const near = monthDays && nearestWeekdays(monthDays, length, weekdayOf);
  const matches = (day: number): boolean => {
    if (!monthDays && !weekDays) return true;
    if (monthDays?.days.has(day) || (monthDays?.last && day === length)) return true;
    if (near?.has(day)) return true;
    if (!weekDays) return false;
    const weekday = weekdayOf(day);
    if (weekDays.days.has(weekday)) return true;
    if (day > length - 7 && weekDays.last.has(weekday)) return true;
    const week = Math.ceil(day / 7);
    return weekDays.nth.some((nth) => nth.day === weekday && nth.week === week);
  };
  return Array.from({ length }, (_, index) => index + 1).filter(matches);
}

function nearestWeekdays(
  monthDays: MonthDays,
  length: number,
  weekdayOf: (day: number) => number,
): ReadonlySet<number> {
  const wanted = [...monthDays.nearWeekday, ...(monthDays.lastWeekday ? [length] : [])];
  return new Set(
    wanted
      .filter((day) => day <= length)
      .map((day) => {
        if (weekdayOf(day) === 6) return day > 1 ? day - 1 : day + 2;
        if (weekdayOf(day) === 0) return day < length ? day + 1 : day - 2;
        return day;
      }),
  );
}

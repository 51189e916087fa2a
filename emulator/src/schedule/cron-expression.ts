import { readMonthDays, readWeekDays, type MonthDays, type WeekDays } from "./cron-days.js";
import * as fields from "./cron-fields.js";
import { readZone } from "./cron-zone.js";
import { cronSyntax, WRONG_FIELD_COUNT } from "./refusals.js";
import type { Refusal } from "./types.js";
import { asciiWords, trimUnicode, unicodeWords } from "./words.js";
import type { Zone } from "./zone.js";

/** The sets of a cron expression, each ascending. */
export type Cron = {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly monthDays: MonthDays | undefined;
  readonly months: readonly number[];
  readonly weekDays: WeekDays | undefined;
  readonly years: readonly number[];
};

export type CronReading =
  | {
      readonly ok: true;
      readonly cron: Cron;
      /** undefined: the instance's own. */
      readonly zone: Zone | undefined;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** A seventh word that matches this anywhere is a year, so `2026/Foo` is one; any other is a zone. */
const YEAR_WORD = /^\*$|^\?$|19[789][0-9]|20[0-9]{2}|^\*\/(\d+)$/;

/** The parser's own aliases. They are expanded wherever they stand, after the fields were counted. */
const ALIASES: Readonly<Record<string, string>> = {
  "@yearly": "0 0 0 1 1 * *",
  "@annually": "0 0 0 1 1 * *",
  "@monthly": "0 0 0 1 * * *",
  "@weekly": "0 0 0 * * 0 *",
  "@daily": "0 0 0 * * * *",
  "@hourly": "0 0 * * * * *",
};

/**
 * Reads `second minute hour day-of-month month day-of-week [year] [zone]` as the agent does: the zone
 * first, then the fields from left to right, the first error counts. Source: `agent/taskengine/
 * timermanager` and `thirdparty/cronexpr` of release v578, and the golden cases.
 */
export function readCron(expr: string, zoneNamed: (name: string) => Zone | undefined): CronReading {
  const words = unicodeWords(expr);
  const seventh = words[6] ?? "";
  if (words.length === 6) return readFields(`${trimUnicode(expr)} *`, undefined);
  if (words.length === 7 && YEAR_WORD.test(seventh)) {
    return readFields(trimUnicode(expr), undefined);
  }
  if (words.length !== 7 && words.length !== 8) return { ok: false, refusal: WRONG_FIELD_COUNT };
  const spelling = readZone(words.at(-1) ?? "", zoneNamed);
  if (spelling.refusal) return { ok: false, refusal: spelling.refusal };
  const year = words.length === 8 ? seventh : "*";
  return readFields([...words.slice(0, 6), year].join(" "), spelling.zone);
}

/**
 * The library's part. It takes the text apart anew, so odd white space leaves it with fewer than seven
 * fields: six lack the second, five the year too. More than seven are not looked at.
 */
function readFields(text: string, zone: Zone | undefined): CronReading {
  const words = asciiWords(expandAliases(text));
  if (words.length < 5) return { ok: false, refusal: cronSyntax("missing field(s)") };
  const [
    second = "0",
    minute = "",
    hour = "",
    monthDay = "",
    month = "",
    weekDay = "",
    year = "*",
  ] = words.length >= 7 ? words : ["0", ...words];
  const seconds = fields.readValues(second, fields.SECOND);
  if (!seconds.ok) return refused(seconds);
  const minutes = fields.readValues(minute, fields.MINUTE);
  if (!minutes.ok) return refused(minutes);
  const hours = fields.readValues(hour, fields.HOUR);
  if (!hours.ok) return refused(hours);
  const monthDays = readMonthDays(monthDay);
  if (!monthDays.ok) return refused(monthDays);
  const months = fields.readValues(month, fields.MONTH);
  if (!months.ok) return refused(months);
  const weekDays = readWeekDays(weekDay);
  if (!weekDays.ok) return refused(weekDays);
  const years = fields.readValues(year, fields.YEAR);
  if (!years.ok) return refused(years);
  const cron: Cron = {
    seconds: seconds.value,
    minutes: minutes.value,
    hours: hours.value,
    monthDays: monthDays.value,
    months: months.value,
    weekDays: weekDays.value,
    years: years.value,
  };
  return { ok: true, zone, cron };
}

function expandAliases(text: string): string {
  return text.replace(
    new RegExp(Object.keys(ALIASES).join("|"), "g"),
    (name) => ALIASES[name] ?? name,
  );
}

function refused(field: { readonly problem: string }): CronReading {
  return { ok: false, refusal: cronSyntax(field.problem) };
}

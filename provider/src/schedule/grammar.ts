/**
 * A whole cron expression as the agent takes it apart: six fields, then perhaps a year, then perhaps
 * a zone. Refused in the agent's own words.
 */
import { type Days, readDaysOfMonth, readDaysOfWeek } from "./days.js";
import {
  hourField,
  minuteField,
  monthField,
  readNumbers,
  type Refused,
  secondField,
  yearField,
} from "./fields.js";
import { agentZone, type Zone } from "./zone.js";

/** What the fields allow. Ascending; a list is empty where its ranges wrap. */
export type CronSets = {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  readonly days: Days;
};

export type Cron = {
  readonly sets: CronSets;
  /** Absent: the machine's own. */
  readonly zone: Zone | undefined;
};

/** Text and zone apart, the text with its year. */
type Parts = { readonly text: string; readonly zone: Zone | undefined };

// Go's unicode.IsSpace, by which the agent counts fields; and what its cron library splits at.
const anySpace = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const plainSpace = /[\t\n\f\r ]+/;

// Only the outer alternatives are anchored, so that `2026/Foo` is a year and not a zone.
const looksLikeYear = /^\*$|^\?$|19[789][0-9]|20[0-9]{2}|^\*\/(\d+)$/;

const aliases: Readonly<Record<string, string>> = {
  "@yearly": "0 0 0 1 1 * *",
  "@annually": "0 0 0 1 1 * *",
  "@monthly": "0 0 0 1 * * *",
  "@weekly": "0 0 0 * * 0 *",
  "@daily": "0 0 0 * * * *",
  "@hourly": "0 0 * * * * *",
};
const aliasNames = new RegExp(Object.keys(aliases).join("|"), "g");

/** Reads an expression with everything in it. */
export function readCron(expr: string): Cron | Refused {
  const parts = partsOf(expr);
  if ("refused" in parts) return parts;
  const sets = readSets(parts.text);
  return "refused" in sets ? sets : { sets, zone: parts.zone };
}

/** The fields of a text, as the agent counts them. */
export function splitFields(text: string): readonly string[] {
  return text.split(anySpace).filter((field) => field !== "");
}

/** Whether the agent takes a seventh field for a year; else it is a zone. */
export function isYearField(text: string): boolean {
  return looksLikeYear.test(text);
}

/** Whether the text is one of the aliases that the agent's library expands; it then counts fields. */
export function expandAliases(text: string): string {
  return text.replace(aliasNames, (name) => aliases[name] ?? name);
}

function partsOf(expr: string): Parts | Refused {
  const fields = splitFields(expr);
  const last = fields[fields.length - 1] ?? "";
  const trimmed = expr.replace(new RegExp(`^${anySpace.source}|${anySpace.source}$`, "g"), "");
  if (fields.length === 6) return { text: `${trimmed} *`, zone: undefined };
  if (fields.length === 7 && isYearField(last)) return { text: trimmed, zone: undefined };
  if (fields.length !== 7 && fields.length !== 8) return { refused: "InvalidCronExpression" };
  const zone = agentZone(last);
  if ("refused" in zone) return zone;
  const before = fields.slice(0, -1);
  return { text: [...before, ...(before.length === 6 ? ["*"] : [])].join(" "), zone };
}

function readSets(text: string): CronSets | Refused {
  const fields = expandAliases(text)
    .split(plainSpace)
    .filter((field) => field !== "");
  if (fields.length < 5) return { refused: "missing field(s)" };
  // A no-break space makes the agent count six fields and its library five: then there are no seconds.
  const all = fields.length >= 7 ? fields.slice(0, 7) : ["0", ...fields];
  const [second = "", minute = "", hour = "", day = "", month = "", weekday = "", year = "*"] = all;

  const seconds = readNumbers(second, secondField);
  if ("refused" in seconds) return seconds;
  const minutes = readNumbers(minute, minuteField);
  if ("refused" in minutes) return minutes;
  const hours = readNumbers(hour, hourField);
  if ("refused" in hours) return hours;
  const ofMonth = readDaysOfMonth(day);
  if ("refused" in ofMonth) return ofMonth;
  const months = readNumbers(month, monthField);
  if ("refused" in months) return months;
  const ofWeek = readDaysOfWeek(weekday);
  if ("refused" in ofWeek) return ofWeek;
  const years = readNumbers(year, yearField);
  if ("refused" in years) return years;
  return { seconds, minutes, hours, months, years, days: { ofMonth, ofWeek } };
}

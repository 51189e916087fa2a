/** The schedule that somebody meant who wrote a cron expression the agent does not read. */
import type { Schedule } from "../inputs.js";
import { cronFields, fromSundayOne, meantField } from "./meant-field.js";
import { isYearField, readCron } from "./grammar.js";
import { meantZones } from "./meant-zone.js";

/** Inputs to write instead, and why. */
export type Meant = {
  readonly write: Pick<Schedule, "cron" | "timezone" | "rate" | "boot">;
  readonly why: string;
};

const nicknames: Readonly<Record<string, string>> = {
  "@yearly": "0 0 0 1 1 ?",
  "@annually": "0 0 0 1 1 ?",
  "@monthly": "0 0 0 1 * ?",
  "@weekly": "0 0 0 ? * SUN",
  "@daily": "0 0 0 * * ?",
  "@midnight": "0 0 0 * * ?",
  "@hourly": "0 0 * * * ?",
};

/** The nearest schedule; undefined where none is near. */
export function meantCron(text: string): Meant | undefined {
  const plain = text.replace(/[\s\u0085\ufeff"'`]+/g, " ").trim();
  const wrapped = /^cron\s*\((.*)\)$/i.exec(plain)?.[1]?.trim();
  const [, prefix, rest] = /^(?:CRON_)?TZ=(\S+) (.*)$/.exec(wrapped ?? plain) ?? [];
  const body = rest ?? wrapped ?? plain;
  const nickname = nicknamed(body);
  if (nickname !== undefined) return nickname;

  const all = body.split(" ");
  const suffix = prefix === undefined ? zoneBehind(all) : undefined;
  const fields = suffix === undefined ? all : all.slice(0, -1);
  const [timezone] = meantZones(prefix ?? suffix ?? "");
  const six = inOrder(fields);
  if (six === undefined) return undefined;
  const cron = meantFields(six.fields).join(" ");
  if (!isUseful(cron)) return undefined;
  const write = timezone === undefined ? { cron } : { cron, timezone };
  const zoneApart = timezone === undefined ? [] : ["the zone has its own input"];
  const reasons = [...(six.why === undefined ? [] : [six.why]), ...zoneApart];
  return { write, why: reasons.length === 0 ? "that is what the agent reads" : reasons.join("; ") };
}

/** `write cron: "…", timezone: "…" (why)`. */
export function sayMeant(meant: Meant): string {
  const inputs = Object.entries(meant.write).map(([name, value]) => `${name}: "${value}"`);
  return `write ${inputs.join(", ")} (${meant.why})`;
}

/** Whether the fields stand in the order of AWS: no seconds, and the year last. */
export function isYearLast(fields: readonly string[]): boolean {
  const [, , day = "", , weekday = "", year = ""] = fields;
  if (fields.length !== 6) return false;
  if (/^(?:19|20)\d\d\b/.test(year)) return true;
  const dayName = /^(?:sun|mon|tue|wed|thu|fri|sat)/i;
  return /^[*?]$/.test(year) && (day === "?" || weekday === "?" || dayName.test(weekday));
}

function nicknamed(text: string): Meant | undefined {
  const lower = text.toLowerCase();
  const cron = Object.hasOwn(nicknames, lower) ? nicknames[lower] : undefined;
  if (cron !== undefined) return { write: { cron }, why: "nicknames are not known to the agent" };
  if (lower === "@reboot") return { write: { boot: "every" }, why: "that is a boot plan" };
  const [, rate] = /^@every (\d+[smhd])$/.exec(lower) ?? [];
  return rate === undefined ? undefined : { write: { rate }, why: "that is a rate" };
}

function zoneBehind(fields: readonly string[]): string | undefined {
  const last = fields[fields.length - 1] ?? "";
  const named = /^[a-z_]+\/[a-z_/+-]+/i.test(last) || /^(?:utc|gmt)(?:[+-].*)?$/i.test(last);
  return fields.length >= 6 && named ? last : undefined;
}

/** The fields from the seconds on. */
function inOrder(
  fields: readonly string[],
): { readonly fields: readonly string[]; readonly why: string | undefined } | undefined {
  if (fields.length === 5) {
    return { fields: withQuestion(["0", ...fields]), why: "the first field is the second" };
  }
  if (isYearLast(fields)) {
    const [minute = "", hour = "", day = "", month = "", weekday = "", year = ""] = fields;
    const six = withQuestion(["0", minute, hour, day, month, fromSundayOne(weekday)]);
    const why = "the first field is the second, and a year comes seventh";
    return { fields: /^[*?]$/.test(year) ? six : [...six, year], why };
  }
  const seventh = fields[6];
  if (fields.length === 6 || (fields.length === 7 && isYearField(seventh ?? ""))) {
    return { fields, why: undefined };
  }
  return undefined;
}

/** Of two day fields that say nothing, or one, a question mark says so. */
function withQuestion(fields: readonly string[]): readonly string[] {
  const [day, weekday] = [fields[3], fields[5]];
  if (day === "?" || weekday === "?") return fields;
  const at = weekday === "*" ? 5 : day === "*" ? 3 : undefined;
  return fields.map((field, i) => (i === at ? "?" : field));
}

function meantFields(fields: readonly string[]): readonly string[] {
  const meant = fields.map((text, i) => {
    const field = cronFields[i];
    return field === undefined || text === "?" ? text : meantField(text, field);
  });
  return fields[5] !== "*" && meant[5] === "*" ? withQuestion(meant) : meant;
}

/** Whether the agent reads the expression, and every list of it holds something. */
function isUseful(cron: string): boolean {
  const read = readCron(cron);
  if ("refused" in read) return false;
  const { seconds, minutes, hours, months, years, days } = read.sets;
  const { ofMonth, ofWeek } = days;
  const anyDay = !ofMonth.restricted && !ofWeek.restricted;
  const someDay = [ofMonth.days, ofMonth.nearest, ofWeek.days, ofWeek.last, ofWeek.nth];
  return (
    [seconds, minutes, hours, months, years].every((list) => list.length > 0) &&
    (anyDay || ofMonth.last || ofMonth.lastWeekday || someDay.some((list) => list.length > 0))
  );
}

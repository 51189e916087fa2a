/** `schedule.at`: one moment, in ISO 8601 with an offset. */
import { type Findings, nothingFound, type ScheduleRefusal, shown } from "./finding.js";
import { isoOfSeconds } from "./instant.js";
import { looksLikeMoment, readMoment } from "./moment.js";

const path = "schedule.at";
const allowed = "a moment in ISO 8601 with an offset, for example 2026-03-01T02:30:00+08:00";
/** Judges the moment. `now` is in seconds since 1970; absent, the past is not judged. */
export function judgeAt(given: string, now: number | undefined): Findings {
  const moment = readMoment(given);
  if (moment === undefined) return { problems: [unreadable(given)], warnings: [] };
  const iso = isoOfSeconds(moment.seconds);
  if (now !== undefined && moment.seconds < now) {
    const problem = `is in the past: it is ${iso}, and now it is ${isoOfSeconds(now)}`;
    const action = "write a later moment, or leave schedule out to run now";
    const late = { path, problem, given: shown(given), allowed: "a moment to come", action };
    return { problems: [late], warnings: [] };
  }
  if (!moment.fraction) return nothingFound;
  return {
    problems: [],
    warnings: [`${path}: the service counts whole seconds: it runs at ${iso}.`],
  };
}

function unreadable(given: string): ScheduleRefusal {
  const plain = given.trim().replace(/^at\s*\((.*)\)$/i, "$1");
  const [, date, time, zone = ""] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?(?:\.\d+)?)\s*(.*)$/i.exec(plain) ?? [];
  const offset = offsetMeant(zone);
  const meant = `${date ?? ""}T${time ?? ""}`;
  const base = { path, given: shown(given), allowed };
  if (date !== undefined && zone === "" && readMoment(`${meant}Z`) !== undefined) {
    const action = `write "${meant}Z" for UTC, or "${meant}+08:00" for China`;
    return { ...base, problem: "has no offset, so it is no moment yet", action };
  }
  if (date !== undefined && offset !== undefined && readMoment(meant + offset) !== undefined) {
    return { ...base, problem: "is not in ISO 8601", action: `write "${meant}${offset}"` };
  }
  const looksRight = looksLikeMoment(given);
  return {
    ...base,
    problem: looksRight ? "names a day or a time that does not exist" : "is not in ISO 8601",
    action: looksRight
      ? "write a day that its month has, and a time from 00:00:00 to 23:59:59"
      : 'write it like "2026-03-01T02:30:00Z"',
  };
}

function offsetMeant(zone: string): string | undefined {
  if (/^(?:z|utc|gmt)$/i.test(zone)) return "Z";
  const [, sign, hours, minutes = "00"] =
    /^(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d\d))?$/i.exec(zone) ?? [];
  if (sign === undefined || hours === undefined) return undefined;
  return `${sign}${hours.padStart(2, "0")}:${minutes}`;
}

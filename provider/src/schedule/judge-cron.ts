/** `schedule.cron`: refused where the agent would not read it, or the service not take it. */
import { DEFAULT_LIMITS } from "cloud-assistant-api";

import { cronWarnings } from "./cron-warnings.js";
import { readDaysOfMonth, readDaysOfWeek } from "./days.js";
import { type Finding, type Findings, nothingFound, shown, together } from "./finding.js";
import { type CronSets, isYearField, readCron, splitFields } from "./grammar.js";
import { hazardsOf } from "./hazards.js";
import { shortestGap } from "./interval.js";
import { isYearLast, meantCron, sayMeant } from "./meant-cron.js";
import { cronFields } from "./meant-field.js";
import { readNumbers } from "./fields.js";
import { utc, type Zone } from "./zone.js";

export type CronContext = {
  /** Absent where the zone is not known. */
  readonly zone: Zone | undefined;
  /** Seconds since 1970; absent, nothing that depends on it is judged. */
  readonly now: number | undefined;
  readonly timeoutSeconds: number | undefined;
  /** Seconds ahead in which a clock change that ends it is looked for. */
  readonly lookAhead: number;
};

const path = "schedule.cron";
const allowed = "six fields, second minute hour day-of-month month day-of-week, and perhaps a year";
const shortest = DEFAULT_LIMITS.cronMinimumGapSeconds.value;

/** Judges an expression without a zone in it. */
export function judgeCron(cron: string, context: CronContext): Findings {
  const sets = readServiceCron(cron);
  if ("problem" in sets) return { problems: [sets], warnings: [] };
  const { zone, now, timeoutSeconds } = context;
  const gap = judgeGap(cron, sets, timeoutSeconds);
  if (now === undefined) return gap;
  const place = { cron, sets, zone: zone ?? utc, now, lookAhead: context.lookAhead };
  const hazards = hazardsOf(place);
  const warnings = cronWarnings(place, hazards.problems);
  return together(gap, hazards, { problems: [], warnings });
}

/** What the fields allow; or the problem, where the service would refuse them. */
export function readServiceCron(cron: string): CronSets | Finding {
  const fields = splitFields(cron);
  const problem = countProblem(cron, fields) ?? fieldProblem(fields);
  const read = problem === undefined ? readCron(fields.join(" ")) : undefined;
  if (read !== undefined && !("refused" in read)) return read.sets;
  const meant = meantCron(cron);
  const action =
    meant === undefined ? 'write it like "0 30 2 * * ?": every day at 02:30:00' : sayMeant(meant);
  const reason = problem ?? (read !== undefined && "refused" in read ? read.refused : "");
  return { path, problem: reason, given: shown(cron), allowed, action };
}

function countProblem(cron: string, fields: readonly string[]): string | undefined {
  if (/[^\t\n\r\x20-\x7e]/.test(cron))
    return "holds characters that are no plain letters, digits or blanks";
  const last = fields[fields.length - 1] ?? "";
  if (fields.length === 0) return "is empty";
  if (fields.length === 6 || (fields.length === 7 && isYearField(last))) return undefined;
  if (fields.length === 7 || fields.length === 8) {
    return "holds something behind the year's place; a zone belongs in schedule.timezone";
  }
  const count = fields.length === 1 ? "1 field" : `${fields.length} fields`;
  return `has ${count}, and the agent reads six (InvalidCronExpression)`;
}

/** All fields that the agent would not read, in its own words. */
function fieldProblem(fields: readonly string[]): string | undefined {
  const refusals = fields.flatMap((text, i) => {
    const field = cronFields[i];
    if (field === undefined) return [];
    const read =
      field.name === "day-of-month"
        ? readDaysOfMonth(text)
        : field.name === "day-of-week"
          ? readDaysOfWeek(text)
          : readNumbers(text, field);
    return "refused" in read ? [read.refused] : [];
  });
  if (refusals.length === 0) return undefined;
  const order = isYearLast(fields) ? "; the year stands last, as in AWS" : "";
  return `is not read by the agent: ${refusals.join("; ")}${order}`;
}

function judgeGap(cron: string, sets: CronSets, timeoutSeconds: number | undefined): Findings {
  const gap = shortestGap(sets);
  if (gap === undefined) return nothingFound;
  const apart = `${gap.from} and ${gap.to} lie ${gap.seconds} s apart`;
  const base = { path, given: shown(cron) };
  if (gap.seconds < shortest) {
    const everySecond = splitFields(cron)[0] === "*";
    const action = everySecond
      ? `write "${["0", ...splitFields(cron).slice(1)].join(" ")}" (the first field is the second)`
      : `leave ${shortest} s or more between two runs`;
    const problem = `runs more often than the service allows: ${apart}`;
    return {
      problems: [{ ...base, problem, allowed: `${shortest} s or more between two runs`, action }],
      warnings: [],
    };
  }
  if (timeoutSeconds === undefined || gap.seconds >= timeoutSeconds) return nothingFound;
  const problem = `runs again before the time-out of ${timeoutSeconds} s is over: ${apart}`;
  const action = `run it less often, or lower timeout to ${gap.seconds}`;
  return {
    problems: [{ ...base, problem, allowed: `the time-out or more between two runs`, action }],
    warnings: [],
  };
}

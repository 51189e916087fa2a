/** A whole schedule: what the service or the agent would refuse, what is hazardous, what surprises. */
import type { Schedule } from "../inputs.js";
import { isUnknown } from "../unknown.js";
import {
  type Finding,
  type Findings,
  type Judgement,
  nothingFound,
  together,
  warningOf,
} from "./finding.js";
import { tenYears } from "./cron-in-place.js";
import { type InstantLike, readInstant, secondsOf } from "./instant.js";
import { judgeAt } from "./judge-at.js";
import { judgeCron } from "./judge-cron.js";
import { judgeRate } from "./judge-rate.js";
import { judgeShape } from "./judge-shape.js";
import { judgeZone } from "./judge-zone.js";

export type JudgeOptions = {
  /** When it would be armed. */
  readonly now: InstantLike;
  /** The command's time-out in seconds; absent, intervals are not compared with it. */
  readonly timeoutSeconds?: number | undefined;
  /** The machines' own zone, for `timezone: "instance"`. Absent, what depends on it is not judged. */
  readonly instanceZone?: string | undefined;
};

/**
 * Judges a schedule that is new or changed: every refusal at once, and the warnings. Hazards that
 * `schedule.allow` names are warnings. Values that are not known yet are not judged. Never throws.
 */
export function judgeSchedule(schedule: Schedule, options: JudgeOptions): Judgement {
  const { problems, warnings } = findingsOf(schedule, options, tenYears);
  const allow = allowedIn(schedule);
  const isAllowed = ({ hazard }: Finding): boolean =>
    hazard !== undefined && allow.includes(hazard);
  return {
    refusals: problems.filter((finding) => !isAllowed(finding)).map(withoutHazard),
    warnings: [...problems.filter(isAllowed).map(warningOf), ...warnings],
  };
}

/** The same, with hazards marked and none of them allowed; `lookAhead` as in `CronInPlace`. */
export function findingsOf(schedule: Schedule, options: JudgeOptions, lookAhead: number): Findings {
  const shape = judgeShape(schedule);
  if (!shape.whole) return shape.findings;
  const instant = readInstant(options.now);
  const now = instant === undefined ? undefined : secondsOf(instant);
  return together(shape.findings, judgeKind(schedule, { ...options, now, lookAhead }));
}

type Context = Omit<JudgeOptions, "now"> & {
  readonly now: number | undefined;
  readonly lookAhead: number;
};

function judgeKind(schedule: Schedule, context: Context): Findings {
  const { cron, timezone, rate, at } = schedule;
  const { now, timeoutSeconds, lookAhead } = context;
  if (isText(rate)) return judgeRate(rate, timeoutSeconds);
  if (isText(at)) return judgeAt(at, now);
  const judged = isText(timezone) ? judgeZone(timezone, context.instanceZone) : undefined;
  const zone = judged?.zone;
  const cronFindings = isText(cron)
    ? judgeCron(cron, { zone, now, timeoutSeconds, lookAhead })
    : nothingFound;
  return together(cronFindings, judged?.findings ?? nothingFound);
}

function allowedIn(schedule: unknown): readonly unknown[] {
  const { allow } = (schedule ?? {}) as { readonly allow?: unknown };
  return Array.isArray(allow) ? allow : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string" && !isUnknown(value);
}

function withoutHazard(finding: Finding): Finding {
  const { hazard: _hazard, ...refusal } = finding;
  return refusal;
}

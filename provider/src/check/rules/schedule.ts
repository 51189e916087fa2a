/** When it is run: `schedule`, and what does not go together with one. */
import { topOf } from "../../paths.js";
import { judgeSchedule, type ScheduleRefusal } from "../../schedule/index.js";
import { isKnown, isMap, type Rule } from "../kinds.js";
import { refuse, type Report } from "../report.js";
import { type Fields, shape } from "../shape.js";

type Raw = Readonly<Record<string, unknown>>;

const anything: Rule = () => undefined;

const fields: Fields = {
  cron: anything,
  timezone: anything,
  rate: anything,
  at: anything,
  boot: anything,
  suspend: anything,
  allow: anything,
};

/** The names alone. What they hold is judged below, by the code that knows what the agent does. */
export const scheduleRule = shape(fields, {
  allowed: "{ cron, timezone }, { rate }, { at } or { boot }",
  aliases: {
    timeZone: "schedule.timezone",
    tz: "schedule.timezone",
    frequency: "write schedule.cron, schedule.rate or schedule.at",
    expression: "schedule.cron",
    repeatMode:
      "write schedule.boot for next or every start; cron, rate and at say the rest themselves",
  },
});

export type ScheduleContext = {
  readonly nowMs: number;
  /** Seconds, where it is known. */
  readonly timeout: number | undefined;
};

/** What a schedule says. Names that are not known are left to `scheduleRule`. */
export function judgeMoment(given: unknown, context: ScheduleContext, report: Report): void {
  if (!isKnown(given) || !isMap(given)) return;
  const named = Object.entries(given).filter(([name]) => Object.hasOwn(fields, name));
  if (named.length === 0 && Object.keys(given).length > 0) return;
  const { refusals, warnings } = judgeSchedule(Object.fromEntries(named), {
    now: context.nowMs,
    timeoutSeconds: context.timeout,
  });
  const secret = report.secretPaths.some((path) => topOf(path) === "schedule");
  for (const refusal of refusals) report.problems.push(problemOf(refusal, secret));
  if (!secret) report.warnings.push(...warnings);
}

function problemOf(refusal: ScheduleRefusal, secret: boolean) {
  const { path, problem, given, allowed, action } = refusal;
  const property = topOf(path);
  if (!secret) return { property, path, wrong: problem, given, allowed, todo: action };
  return {
    property,
    path,
    wrong: "is refused, and the reason would show a part of what is marked as secret",
    given: "[secret]",
    allowed: "a schedule that the service and the machines accept",
    todo: "take the mark off to see the reason; a preview shows schedules anyway",
  };
}

/** What makes no sense beside a schedule. */
export function judgeBesideSchedule(raw: Raw, report: Report): void {
  if (!isKnown(raw.schedule)) return;
  if (isKnown(raw.triggers)) {
    refuse(report, "triggers", raw.triggers, {
      wrong: "is given beside schedule",
      allowed: "with a run now only",
      todo: "take triggers out; a schedule runs when its time comes",
    });
  }
  if (isKnown(raw.rollout)) {
    refuse(report, "rollout", raw.rollout, {
      wrong: "is given beside schedule, where all machines run at the same moment",
      allowed: "with a run now only",
      todo: "take rollout out, or use a schedule for each group of machines",
    });
  }
  const waitFor = isMap(raw.wait) ? raw.wait.for : undefined;
  if (waitFor === "completion") {
    refuse(report, "wait.for", waitFor, {
      wrong: "is given beside schedule, whose runs come later",
      allowed: '"acceptance", which is what a schedule is waited for',
      todo: "take it out",
    });
  }
}

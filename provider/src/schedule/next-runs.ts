/** The next runs of a resource's schedule. */
import type { Schedule } from "../inputs.js";
import { agentRuns, countOf, type Runs } from "./agent-runs.js";
import { deathOf } from "./clock-changes.js";
import { thirteenMonths } from "./cron-in-place.js";
import { type Finding, type Findings, lineOf, warningOf } from "./finding.js";
import { toAgentAt, toFrequency } from "./frequency.js";
import { type CronSets, readCron } from "./grammar.js";
import { tellDeath } from "./hazards.js";
import {
  type InstantLike,
  nanosPerMs,
  type Nanoseconds,
  readInstant,
  secondsOf,
} from "./instant.js";
import { findingsOf } from "./judge.js";
import { readMoment } from "./moment.js";
import { machineZone, utc, type Zone } from "./zone.js";

export type NextRunsOptions = {
  /** Runs after this instant are listed. */
  readonly from: InstantLike;
  /** How many. @default 12 */
  readonly count?: number | undefined;
  /** The machine's own zone, for `timezone: "instance"`. @default "UTC" */
  readonly instanceZone?: string | undefined;
  /** When the schedule was armed: the origin of a rate. @default from */
  readonly createdAt?: InstantLike | undefined;
};

/**
 * The next runs of a schedule as the service takes it and the agent runs it (observed on release
 * 2.2.3.578). Refused is what `judgeSchedule` refuses when the schedule is armed; hazards are
 * warnings here. A boot plan has no instants, a suspended schedule no runs. Never throws.
 */
export function nextRuns(schedule: Schedule, options: NextRunsOptions): Runs {
  const from = readInstant(options.from);
  const created = options.createdAt === undefined ? from : readInstant(options.createdAt);
  if (from === undefined) return { refused: "from is not an instant" };
  if (created === undefined) return { refused: "createdAt is not an instant" };

  const { instanceZone } = options;
  const judgedAt = (instant: Nanoseconds): Findings =>
    findingsOf(schedule, { now: msOf(instant), instanceZone }, thirteenMonths);
  const asArmed = judgedAt(created);
  const refusals = asArmed.problems.filter(({ hazard }) => hazard === undefined);
  if (refusals.length > 0) return { refused: refusals.map(lineOf).join("\n") };
  const still = stillOf(schedule);
  if (still !== undefined) return still;

  const now = created === from ? asArmed : judgedAt(from);
  const hazards = now.problems.filter(({ hazard }) => hazard !== undefined);
  const count = countOf(options.count);
  const runs = runsOfKind(schedule, { from, created, count, zoneName: instanceZone ?? "UTC" });
  if ("refused" in runs) return refusedNow(runs.refused, hazards);
  if (runs.then === "finished" && runs.runs.length === 0) return runs;
  const told = hazards.length > 0 ? hazards.map(warningOf) : runs.warnings;
  const died = diedSince(schedule, created, from, instanceZone);
  return { ...runs, warnings: [...told, ...now.warnings, ...died] };
}

type When = {
  readonly from: Nanoseconds;
  readonly created: Nanoseconds;
  readonly count: number;
  readonly zoneName: string;
};

/** What does not run by the clock. */
function stillOf(schedule: Schedule): Runs | undefined {
  if (schedule.suspend === true) {
    const warning = "schedule.suspend: is true: nothing runs until it is false.";
    return { runs: [], then: "finished", warnings: [warning] };
  }
  if (schedule.boot === undefined) return undefined;
  const when = schedule.boot === "next" ? "once, at the next start" : "at each start";
  const warning = `schedule.boot: runs ${when} of the machine, whenever that is; nothing here restarts it.`;
  return { runs: [], then: "more", warnings: [warning] };
}

function runsOfKind(schedule: Schedule, when: When): Runs {
  const { from, created, count, zoneName } = when;
  const task = { now: msOf(from), count, instanceZone: zoneName };
  if (schedule.rate !== undefined) {
    const expr = toFrequency(schedule) ?? "";
    return agentRuns({ ...task, repeat: "Rate", expr, creationTime: msOf(created) });
  }
  if (schedule.at !== undefined) {
    const seconds = readMoment(schedule.at)?.seconds ?? 0;
    const runs = agentRuns({ ...task, repeat: "At", expr: toAgentAt(seconds) });
    // It was to come when the schedule was armed, so it has run.
    return "then" in runs && runs.then === "expired"
      ? { ...runs, then: "finished", warnings: [] }
      : runs;
  }
  const expr = toFrequency(schedule) ?? "";
  const runs = agentRuns({ ...task, repeat: "Period", expr });
  if (!("refused" in runs) || created >= from) return runs;
  const first = agentRuns({ ...task, repeat: "Period", expr, now: msOf(created), count: 1 });
  return "refused" in first ? runs : { runs: [], then: "finished", warnings: [] };
}

function refusedNow(refused: string, hazards: readonly Finding[]): Runs {
  return { refused: hazards.length > 0 ? hazards.map(lineOf).join("\n") : refused };
}

/** A schedule armed long ago may have died since; only a new delivery of the task revives it. */
function diedSince(
  schedule: Schedule,
  created: Nanoseconds,
  from: Nanoseconds,
  instanceZone: string | undefined,
): readonly string[] {
  if (created >= from) return [];
  const cron = cronOf(schedule, instanceZone);
  if (cron === undefined) return [];
  const death = deathOf(cron.sets, cron.zone, secondsOf(created), secondsOf(from));
  if (death === undefined) return [];
  const told = tellDeath(cron.sets, cron.zone, death);
  return [`schedule.cron: ${told}, on every machine whose agent was not started since.`];
}

function cronOf(
  schedule: Schedule,
  instanceZone: string | undefined,
): { readonly sets: CronSets; readonly zone: Zone } | undefined {
  const expr = schedule.cron === undefined ? undefined : toFrequency(schedule);
  const read = expr === undefined ? undefined : readCron(expr);
  if (read === undefined || "refused" in read) return undefined;
  return { sets: read.sets, zone: read.zone ?? machineZone(instanceZone ?? "UTC") ?? utc };
}

function msOf(instant: Nanoseconds): number {
  return Number(instant / nanosPerMs);
}

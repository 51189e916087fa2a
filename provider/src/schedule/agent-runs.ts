/** What the agent on a machine does with a raw expression. */
import { atTimer, readAt } from "./at.js";
import type { Refused } from "./fields.js";
import { readCron } from "./grammar.js";
import { type InstantLike, nanosPerMs, type Nanoseconds, readInstant } from "./instant.js";
import { rateTimer, readRate } from "./rate.js";
import { cronTimer, observedRelease, runsOf, type Then, type Timer } from "./timer.js";
import { machineZone, utc } from "./zone.js";

export type AgentTask = {
  /** The type of the task decides how the expression is read, not its text. */
  readonly repeat: "Period" | "Rate" | "At";
  /** The expression exactly as it is sent. */
  readonly expr: string;
  /** The machine's own zone, which counts for cron expressions without one. */
  readonly instanceZone: string;
  /** The machine's clock when the task arrives. */
  readonly now: InstantLike;
  /** When the task was made, in milliseconds since 1970: the origin of a rate. @default now */
  readonly creationTime?: number | undefined;
  /** How many runs to list. @default 12 */
  readonly count?: number | undefined;
};

export type Runs =
  | {
      /** Instants in UTC, ISO 8601. */
      readonly runs: readonly string[];
      /** What follows the last one listed. */
      readonly then: Then;
      readonly warnings: readonly string[];
    }
  | {
      /** Nothing runs at all, and why. */
      readonly refused: string;
    };

const defaultCount = 12;
const largestCount = 100_000;

/**
 * The runs of a task on the genuine agent, as observed on release 2.2.3.578: its refusals in its own
 * words, what it does when the clock changes, and where it stops without a word. Never throws.
 */
export function agentRuns(task: AgentTask): Runs {
  const now = readInstant(task.now);
  if (now === undefined) return { refused: "now is not an instant" };
  const count = countOf(task.count);
  const zone = machineZone(task.instanceZone);
  const timer = timerOf(task, now);
  if ("refused" in timer) return timer;
  const { runs, then } = runsOf(timer.timer, now, count);
  // The agent computes the first run of a cron before it takes the task, and reports if there is none.
  if (task.repeat === "Period" && then === "finished" && runs.length === 0) {
    return { refused: "CronExpressionExpired" };
  }
  const unknownZone = `A machine does not know the zone ${task.instanceZone}: its agent counts in UTC.`;
  return {
    runs,
    then,
    warnings: [...(zone === undefined ? [unknownZone] : []), ...verdictOf(then, runs)],
  };
}

/** A sane number of runs to list. */
export function countOf(given: number | undefined): number {
  if (given === undefined || Number.isNaN(given)) return defaultCount;
  return Math.min(Math.max(Math.floor(given), 0), largestCount);
}

function timerOf(task: AgentTask, now: Nanoseconds): { readonly timer: Timer } | Refused {
  switch (task.repeat) {
    case "Period": {
      const cron = readCron(task.expr);
      if ("refused" in cron) return cron;
      return { timer: cronTimer(cron.sets, cron.zone ?? machineZone(task.instanceZone) ?? utc) };
    }
    case "Rate": {
      const rate = readRate(task.expr);
      if ("refused" in rate) return rate;
      const created = task.creationTime;
      const origin = created === undefined ? now : BigInt(Math.trunc(created)) * nanosPerMs;
      return { timer: rateTimer(rate.period, origin) };
    }
    case "At": {
      const moment = readAt(task.expr);
      return "refused" in moment ? moment : { timer: atTimer(moment.at, now) };
    }
  }
}

function verdictOf(then: Then, runs: readonly string[]): readonly string[] {
  const observed = `(observed on agent ${observedRelease})`;
  const last = runs[runs.length - 1];
  switch (then) {
    case "more":
    case "finished":
      return [];
    case "dead": {
      const when = last === undefined ? "It never runs" : `After ${last} it never runs again`;
      const why = "the next instant that the agent computes lies in the past";
      return [
        `${when}: ${why}; nothing is reported until the task is delivered again ${observed}.`,
      ];
    }
    case "expired":
      return [`The moment is past: the agent drops the task without a report ${observed}.`];
    case "crash":
      return [
        `The agent's process crashes on this expression, and nothing is reported ${observed}.`,
      ];
  }
}

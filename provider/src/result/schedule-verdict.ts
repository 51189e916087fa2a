import type { Row, Schedule } from "../inputs.js";
import { hasFired, isAlive } from "../plan/schedule-end.js";
import type { Ending, Verdict } from "./verdict.js";

/** What the rows of a schedule come to. */
export type ScheduleCounts = {
  readonly armed: number;
  /** Ended by themselves. */
  readonly fired: number;
  /** Accepted, and not past Pending yet. */
  readonly pending: number;
  /** Did not arm, or were stopped. */
  readonly failed: number;
  readonly notStarted: number;
  readonly unready: number;
  readonly unknown: number;
};

export function countSchedule(
  rows: Iterable<Row>,
  schedule: Schedule,
  over: boolean,
): ScheduleCounts {
  const counts = {
    armed: 0,
    fired: 0,
    pending: 0,
    failed: 0,
    notStarted: 0,
    unready: 0,
    unknown: 0,
  };
  for (const row of rows) {
    const kind = standingOfArmed(row, schedule, over);
    if (kind !== "aside") counts[kind] += 1;
  }
  return counts;
}

/** What a row of a schedule means. */
export function standingOfArmed(
  row: Row,
  schedule: Schedule,
  over: boolean,
): keyof ScheduleCounts | "aside" {
  if (row.status === "Pending" || row.status === "Stopping") return "pending";
  if (isAlive(row.status)) return "armed";
  if (hasFired(schedule, row.status, over)) return "fired";
  switch (row.status) {
    case "NotStarted":
      // What was not armed in time never runs.
      return over ? "failed" : "notStarted";
    case "Unready":
      return "unready";
    case "Unknown":
      return "unknown";
    case "Skipped":
    case "Gone":
    case "Dropped":
      return "aside";
    default:
      return "failed";
  }
}

/**
 * How an operation on a schedule ended. What its runs come to is no matter of it: `Scheduled` says
 * that it is armed.
 */
export function scheduleVerdictOf(
  counts: ScheduleCounts,
  ending: Ending,
  options: {
    readonly suspended: boolean;
    readonly unreadyBudget: number;
    /** Whether the next `up` arms what did not (`retry.onNextUp`). */
    readonly retryOnNextUp: boolean;
  },
): Verdict {
  if (ending.kind === "held" || ending.kind === "budget") {
    return { status: "Held", red: true, holdReason: "stop" };
  }
  if (ending.kind === "interrupted" || counts.pending > 0) {
    return { status: "Interrupted", red: true };
  }
  if (options.suspended) return { status: "Suspended", red: false };
  if (counts.unknown > 0) return { status: "Failed", red: true, holdReason: "unknown" };
  if (counts.failed > 0) {
    return options.retryOnNextUp
      ? { status: "Failed", red: true }
      : { status: "Held", red: true, holdReason: "failures" };
  }
  if (counts.notStarted > 0 || counts.unready > options.unreadyBudget) {
    return { status: "Interrupted", red: true };
  }
  return { status: counts.armed === 0 && counts.fired > 0 ? "Finished" : "Scheduled", red: false };
}

import type { Row, RowStatus } from "../inputs.js";

/** What a row's status means for the run. */
export type Standing = "succeeded" | "failed" | "living" | "not-started" | "aside" | "unknown";

/** Every status of a row, and what it means. A status that the service adds later is not here. */
export const standings: Readonly<Record<RowStatus, Standing>> = {
  Pending: "living",
  Running: "living",
  Stopping: "living",
  Scheduled: "living",
  Success: "succeeded",
  Failed: "failed",
  Error: "failed",
  Timeout: "failed",
  Invalid: "failed",
  Aborted: "failed",
  Cancelled: "failed",
  Terminated: "failed",
  NotStarted: "not-started",
  Unready: "aside",
  Skipped: "aside",
  Gone: "aside",
  Dropped: "aside",
  Unknown: "unknown",
};

export function standingOf(row: Row): Standing {
  return standings[row.status];
}

/** Whether the service is done with it. */
export function isFinished(row: Row): boolean {
  const standing = standingOf(row);
  return standing !== "living" && standing !== "not-started";
}

/** A status as the service sends it; one that is not known here is taken as still living. */
export function statusFromService(status: string | undefined): RowStatus {
  return status !== undefined && Object.hasOwn(standings, status)
    ? (status as RowStatus)
    : "Running";
}

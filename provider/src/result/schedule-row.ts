import type { Observation, Row, Schedule } from "../inputs.js";
import { isAlive } from "../plan/schedule-end.js";
import { observed } from "./ledger.js";

/**
 * The row of a schedule after an observation. A boot plan's row says when its machine fired last;
 * what the runs of other schedules come to is no part of the state: it would never stand still.
 */
export function observedSchedule(
  row: Row,
  seen: Observation,
  schedule: Schedule,
  successExitCodes: readonly number[] = [0],
): Row {
  return settledRow(observed(row, seen, successExitCodes), schedule);
}

/** A row as it is saved: one that is armed says nothing that moves by itself. */
export function settledRow(row: Row, schedule: Schedule): Row {
  if (!isAlive(row.status) || row.status === "Pending") return row;
  const { batch, attempt, invocationId } = row;
  const armed: Row = {
    status: "Scheduled",
    ...(batch === undefined ? {} : { batch }),
    attempt,
    ...(invocationId === undefined ? {} : { invocationId }),
  };
  if (schedule.boot === undefined) return armed;
  const { exitCode, dropped, errorCode, errorInfo, startedAt, finishedAt } = row;
  return {
    ...armed,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(dropped === undefined ? {} : { dropped }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(errorInfo === undefined ? {} : { errorInfo }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}

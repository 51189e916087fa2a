import type { Ledger, Row, Schedule } from "../../inputs.js";
import { isLiving } from "../../plan/rows.js";
import { canEnd, hasFired, isOver } from "../../plan/schedule-end.js";
import type { FoundSchedule } from "../../plan/schedule-wanted.js";
import type { Home } from "../../plan/schedule-plan.js";
import { observedSchedule } from "../../result/schedule-row.js";
import type { LedgerBook } from "../../result/ledger.js";
import { statusFromService } from "../../result/status.js";

export type Truth = {
  readonly schedule: Schedule;
  readonly over: boolean;
  readonly successExitCodes: readonly number[];
};

/** Rows of a ledger, as the service shows them now. What has ended in it has ended. */
export function rowsNow(
  rows: Ledger,
  found: ReadonlyMap<string, FoundSchedule>,
  truth: Truth,
): Ledger {
  return Object.fromEntries(
    Object.entries(rows).map(([id, row]) => [id, isLiving(row) ? rowNow(id, row) : row]),
  );

  function rowNow(id: string, row: Row): Row {
    const { schedule, over, successExitCodes } = truth;
    const seen = found
      .get(row.invocationId ?? "")
      ?.members.find((member) => member.instanceId === id);
    if (seen !== undefined) return observedSchedule(row, seen, schedule, successExitCodes);
    const { batch, attempt } = row;
    // Without a record it is not armed. Whether it has run nobody can say, where it could end.
    return canEnd(schedule, over)
      ? { ...row, status: "Unknown" }
      : { status: "NotStarted", ...(batch === undefined ? {} : { batch }), attempt };
  }
}

/** The row of a member that is armed where the ledger does not say so: taken over. */
export function rowAtHome(
  id: string,
  before: Row | undefined,
  home: Home,
  found: FoundSchedule,
  truth: Truth,
): Row {
  const row: Row = {
    status: "Pending",
    batch: home.shard,
    attempt: (before?.attempt ?? 0) + 1,
    invocationId: home.invokeId,
  };
  const seen = found.members.find((member) => member.instanceId === id);
  return seen === undefined
    ? row
    : observedSchedule(row, seen, truth.schedule, truth.successExitCodes);
}

/**
 * Takes into the ledger what an invocation shows by now: between the read that an operation decides
 * by and its stop a machine may have started, or the moment may have come.
 *
 * @param schedule the one that the invocation was made with
 * @returns the members that have fired, and are done
 */
export function takeIn(
  found: FoundSchedule,
  book: LedgerBook,
  given: Pick<Truth, "schedule" | "successExitCodes">,
  nowMs: number,
): ReadonlySet<string> {
  const { schedule, successExitCodes } = given;
  const over = isOver(schedule, nowMs);
  const fired = new Set<string>();
  for (const seen of found.members) {
    const { instanceId } = seen;
    const row = book.get(instanceId);
    if (row?.invocationId !== found.invokeId || row.status === "Dropped") continue;
    // Where a new run begins its attempts are set back already.
    const counted = { ...row, attempt: Math.max(1, row.attempt) };
    book.set(instanceId, observedSchedule(counted, seen, schedule, successExitCodes));
    if (hasFired(schedule, statusFromService(seen.status), over)) fired.add(instanceId);
  }
  return fired;
}

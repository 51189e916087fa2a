import type { CommandInvocationState, Ledger, Row } from "../inputs.js";
import type { Change } from "./change.js";

/** What an update does with the ledger of the current run when no new run is asked for. */
export type Continuation = {
  /** Members to try, in the order of the ledger. */
  readonly toRun: readonly string[];
  /** Invocations with rows that are still living, and those rows' members. */
  readonly toWatch: ReadonlyMap<string, readonly string[]>;
  readonly dropped: readonly string[];
};

const livingStatuses: readonly Row["status"][] = ["Pending", "Running", "Stopping", "Scheduled"];
const failedStatuses: readonly Row["status"][] = [
  "Failed",
  "Error",
  "Timeout",
  "Invalid",
  "Aborted",
  "Cancelled",
  "Terminated",
];

export function isLiving(row: Row): boolean {
  return livingStatuses.includes(row.status);
}

export function isFailed(row: Row): boolean {
  return failedStatuses.includes(row.status);
}

/**
 * Only the rows in question. After a failure above the budget the failed ones are run again; after
 * an interruption what was not reached is run, and what still runs is watched; newcomers are run
 * alone. Nothing that succeeded is touched.
 *
 * @param overBudget whether more have failed than the inputs now allow
 */
export function continuationOf(
  state: CommandInvocationState,
  change: Change,
  overBudget: boolean,
): Continuation {
  const removed = new Set(change.removed);
  const held = change.unfinished === "held";
  const retries = !held && (change.unfinished === "retry" || overBudget);
  const toRun: string[] = [];
  const toWatch = new Map<string, string[]>();
  const setAside = new Set(state.setAside ?? []);
  for (const [id, row] of Object.entries(state.results)) {
    if (removed.has(id) || setAside.has(id)) continue;
    if (isLiving(row) && row.invocationId !== undefined) {
      const members = toWatch.get(row.invocationId) ?? [];
      members.push(id);
      toWatch.set(row.invocationId, members);
    } else if (!held && (row.status === "NotStarted" || isUnreadyToTry(row, change)))
      toRun.push(id);
    else if (retries && isFailed(row)) toRun.push(id);
  }
  toRun.push(...change.added);
  return { toRun, toWatch, dropped: droppedOf(state.results, removed) };
}

/** What fell out of readiness in a run that was cut short is tried again. */
function isUnreadyToTry(row: Row, change: Change): boolean {
  return row.status === "Unready" && change.unfinished === "continue";
}

function droppedOf(results: Ledger, removed: ReadonlySet<string>): readonly string[] {
  return Object.keys(results).filter((id) => removed.has(id) && results[id]?.status !== "Dropped");
}

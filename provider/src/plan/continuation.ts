import type { CommandInvocationState, Ledger, Row } from "../inputs.js";
import { isFailed, isLiving } from "./rows.js";
import type { Change } from "./change.js";

export { isFailed, isLiving };

/** What an update does with the ledger of the current run when no new run is asked for. */
export type Continuation = {
  /** Members to try: what failed first, then what was not reached, in the order of the ledger. */
  readonly toRun: readonly string[];
  /** Members that are new to the run: tried behind the others, and in calls of their own. */
  readonly newcomers: readonly string[];
  /** Invocations with rows that are still living, and those rows' members. */
  readonly toWatch: ReadonlyMap<string, readonly string[]>;
  readonly dropped: readonly string[];
};

/**
 * Only the rows in question. After a failure above the budget the failed ones are run again; after
 * an interruption what was not reached is run, and what still runs is watched; newcomers are run
 * alone. Nothing that succeeded is touched. While a hold is in force nothing is run at all.
 *
 * @param options.released whether an operator releases the hold: then unknown rows are run again too
 * @param options.ready unready members that are ready by now
 */
export function continuationOf(
  state: Pick<CommandInvocationState, "results" | "setAside">,
  change: Pick<Change, "added" | "removed" | "unfinished">,
  options: { readonly released: boolean; readonly ready?: ReadonlySet<string> },
): Continuation {
  const { released, ready } = options;
  const removed = new Set(change.removed);
  const held = change.unfinished === "held" && !released;
  const failed: string[] = [];
  const unreached: string[] = [];
  const toWatch = new Map<string, string[]>();
  const setAside = new Set(state.setAside ?? []);
  for (const [id, row] of Object.entries(state.results)) {
    if (removed.has(id) || setAside.has(id)) continue;
    if (isLiving(row) && row.invocationId !== undefined) {
      const members = toWatch.get(row.invocationId) ?? [];
      members.push(id);
      toWatch.set(row.invocationId, members);
    } else if (held) continue;
    else if (isFailed(row) && (released || change.unfinished === "retry")) failed.push(id);
    else if (row.status === "Unknown" && released) failed.push(id);
    else if (isUnreached(row, change, released) || ready?.has(id) === true) unreached.push(id);
  }
  return {
    toRun: [...failed, ...unreached],
    newcomers: held ? [] : change.added,
    toWatch,
    dropped: droppedOf(state.results, removed),
  };
}

/** What fell out of readiness in a run that was cut short is tried again. */
function isUnreached(row: Row, change: Pick<Change, "unfinished">, released: boolean): boolean {
  const goesOn = released || change.unfinished === "continue" || change.unfinished === "retry";
  if (row.status === "NotStarted") return goesOn;
  return row.status === "Unready" && change.unfinished === "continue";
}

function droppedOf(results: Ledger, removed: ReadonlySet<string>): readonly string[] {
  return Object.keys(results).filter((id) => removed.has(id) && results[id]?.status !== "Dropped");
}

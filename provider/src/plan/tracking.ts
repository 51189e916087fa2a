import type {
  CommandInvocationInputs,
  CommandInvocationState,
  Ledger,
  Row,
  TrackedMembers,
} from "../inputs.js";
import { selects } from "./targets.js";

type Followed = Pick<CommandInvocationInputs, "targets" | "schedule">;

/**
 * Whether selected members are resolved anew at each preview and `up`. Unless the program says
 * otherwise, what happens once is pinned, and what repeats follows its machines.
 */
export function tracks({ targets, schedule }: Followed): boolean {
  if (!selects(targets)) return false;
  if (targets.membership !== undefined) return targets.membership === "track";
  return schedule?.cron !== undefined || schedule?.rate !== undefined || schedule?.boot === "every";
}

/** Who joined and who left since the ledger was written. */
export type Moves = { readonly joined: readonly string[]; readonly left: readonly string[] };

/** @param selected who matches the selectors now, without who is declared */
export function movesOf(
  results: Ledger,
  declared: ReadonlySet<string>,
  selected: readonly string[],
): Moves {
  const now = new Set(selected);
  return {
    joined: selected.filter((id) => isNewcomer(results[id])),
    left: Object.entries(results)
      .filter(([id, row]) => !declared.has(id) && !now.has(id) && isMember(row))
      .map(([id]) => id),
  };
}

/** One that returns within a run is not run again; one that never was is run after all. */
function isNewcomer(row: Row | undefined): boolean {
  return row === undefined || (row.status === "Dropped" && row.attempt === 0);
}

function isMember(row: Row): boolean {
  return row.status !== "Dropped" && row.status !== "Gone";
}

/** Members that wait to be found ready. They are no failures and do not stop anything. */
export function pendingOf(inputs: Followed, results: Ledger): readonly string[] {
  if (!tracks(inputs)) return [];
  return Object.entries(results)
    .filter(([, row]) => row.status === "Unready")
    .map(([id]) => id);
}

/**
 * What a plan remembers of the selected members, so that the next check, which does not see the
 * ledger, knows who joined.
 *
 * @param before of the same run; undefined when a new run begins
 */
export function trackedAfter(
  before: TrackedMembers | undefined,
  selected: readonly string[],
): TrackedMembers {
  const now = new Set(selected);
  const known = [...(before?.selected ?? []), ...(before?.left ?? [])];
  return { selected, left: known.filter((id) => !now.has(id)).sort() };
}

/** Who joined since the plan before; undefined where that plan tracked nobody. */
export function joinedSince(
  before: TrackedMembers | undefined,
  selected: readonly string[],
): readonly string[] | undefined {
  if (before === undefined) return undefined;
  const known = new Set([...before.selected, ...before.left]);
  return selected.filter((id) => !known.has(id));
}

/** The same from the ledger, for a plan that was read back from the state. */
export function trackedIn(
  state: Followed & Pick<CommandInvocationState, "results">,
): TrackedMembers | undefined {
  if (!tracks(state)) return undefined;
  const declared = new Set(state.targets.instanceIds ?? []);
  const selected: string[] = [];
  const left: string[] = [];
  for (const [id, row] of Object.entries(state.results)) {
    if (declared.has(id)) continue;
    (isMember(row) ? selected : left).push(id);
  }
  return { selected: selected.sort(), left: left.sort() };
}

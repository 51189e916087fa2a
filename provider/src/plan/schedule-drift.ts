import type { CommandInvocationState, Row, RowStatus } from "../inputs.js";
import { named } from "./targets.js";
import { hasFired, isAlive } from "./schedule-end.js";
import { editsOf, type Edit, type FoundSchedule, type Wanted } from "./schedule-wanted.js";

/** What the service shows that the state does not say. */
export type Drift = {
  /** Members that the ledger holds as armed, and the service does not. */
  readonly stopped: readonly string[];
  /** Living invocations that were changed from elsewhere. */
  readonly edited: readonly { readonly invokeId: string; readonly edits: readonly Edit[] }[];
  /** Machines that a living invocation of ours is armed for, and the ledger does not know. */
  readonly extra: readonly { readonly invokeId: string; readonly ids: readonly string[] }[];
  /** Living invocations of this owner that the ledger does not know. */
  readonly unknown: readonly string[];
};

export const noDrift: Drift = { stopped: [], edited: [], extra: [], unknown: [] };

export function hasDrifted(drift: Drift): boolean {
  return (
    drift.stopped.length > 0 ||
    drift.edited.length > 0 ||
    drift.extra.length > 0 ||
    drift.unknown.length > 0
  );
}

/**
 * Compares a ledger with what was found.
 *
 * @param found invocations of the owner: the living ones at least
 * @param statusOf what became of a member that is not armed any more; undefined: not known
 */
export function driftOf(
  state: CommandInvocationState,
  found: readonly FoundSchedule[],
  wanted: Wanted,
  over: boolean,
): Drift {
  const { schedule = {} } = state;
  const known = new Set(state.invocationIds);
  const living = found.filter((one) => one.alive.size > 0);
  const byId = new Map(found.map((one) => [one.invokeId, one]));
  const suspended = schedule.suspend === true;
  const stopped = suspended
    ? []
    : Object.entries(state.results).flatMap(([id, row]) =>
        isAlive(row.status) && isStopped(id, row) ? [id] : [],
      );
  const ours = living.filter((one) => known.has(one.invokeId));
  const extra = ours.flatMap(({ invokeId, alive }) => {
    const ids = [...alive].filter((id) => suspended || !holds(state.results[id], invokeId));
    return ids.length === 0 ? [] : [{ invokeId, ids }];
  });
  const edited = ours.flatMap((one) => {
    const edits = suspended || over ? [] : editsOf(one, wanted);
    return edits.length === 0 ? [] : [{ invokeId: one.invokeId, edits }];
  });
  const unknown = living.filter((one) => !known.has(one.invokeId)).map((one) => one.invokeId);
  return { stopped, edited, extra, unknown };

  function isStopped(id: string, row: Row): boolean {
    const one = byId.get(row.invocationId ?? "");
    if (one?.alive.has(id) === true) return false;
    const seen = one?.members.find((member) => member.instanceId === id);
    return !hasFired(schedule, (seen?.status ?? "Unknown") as RowStatus, over);
  }
}

/** Whether a row is of this invocation; what was dropped is not. */
function holds(row: Row | undefined, invokeId: string): boolean {
  return row !== undefined && row.status !== "Dropped" && row.invocationId === invokeId;
}

const editWords: Readonly<Record<Edit, string>> = {
  frequency: "the frequency",
  parameters: "the parameters",
  content: "the script",
  enableParameter: "whether parameters are filled in",
  command: "the command",
};

/** A drift for people: one line for each kind. */
export function describeDrift(drift: Drift): readonly string[] {
  return [
    ...(drift.stopped.length > 0 ? [`not armed any more: ${named(drift.stopped)}`] : []),
    ...drift.edited.map(
      ({ invokeId, edits }) =>
        `changed from elsewhere: ${edits.map((edit) => editWords[edit]).join(" and ")} of ${invokeId}`,
    ),
    ...drift.extra.map(
      ({ invokeId, ids }) => `armed, and not to be: ${named(ids)} (by ${invokeId})`,
    ),
    ...(drift.unknown.length > 0
      ? [`armed by an operation that was cut off: ${named(drift.unknown)}`]
      : []),
  ];
}

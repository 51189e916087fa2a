import type { CommandInvocationInputs, CommandInvocationState } from "../../inputs.js";
import type { OperatorSettings } from "../../client/configuration.js";
import { changeOf, isNothing, releaseOf, type Change } from "../../plan/change.js";
import { continuationOf } from "../../plan/continuation.js";
import { named } from "../../plan/targets.js";

export type DiffEnd = {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  /** What only the ledger knows, for people. */
  readonly lines: readonly string[];
  /** What the ledger asks for where the inputs ask for nothing. */
  readonly action?: "continue" | "held";
};

/**
 * Whether there is something to do. It alone sees the ledger, so it announces what that wants. Of
 * the plan it looks at nothing but the members that are tracked.
 *
 * @param ready members that waited to be ready, and are by now
 */
export function diff(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  operator: Pick<OperatorSettings, "resume" | "abandon">,
  ready: ReadonlySet<string> = new Set(),
): DiffEnd {
  const change = changeOf(state, news, news.plan?.tracked?.selected);
  if (change.replaces.length > 0) return { changes: true, replaces: change.replaces, lines: [] };
  if (change.runs.length > 0) {
    const what = `${change.runs.join(", ")} changed`;
    // After an update that failed Pulumi has the old inputs, so that its plan sees no change.
    const unplanned = news.plan?.action === "nothing";
    const line = unplanned
      ? `runs anew on all members: ${what} in an update that failed, and is taken back`
      : `runs anew: ${what}`;
    return { changes: true, replaces: [], lines: [line] };
  }
  const release = releaseOf(state, operator);
  // A hold keeps the resource red until it is released, so it stays a change.
  const strays = state.strays ?? [];
  const changes = !isNothing(change) || ready.size > 0 || strays.length > 0;
  const stale = staleReleases(state, operator, release !== undefined);
  if (!changes) return { changes, replaces: [], lines: stale };
  if (release === "abandon") {
    const lines = [`hold ${state.holdId} is abandoned: left as it is`];
    return { changes, replaces: [], lines, action: "continue" };
  }
  const released = release === "resume";
  if (strays.length > 0 && (change.unfinished !== "held" || released)) {
    const lines = [...stale, `runs anew, since ${leftBehind(strays)}, which is set aside`];
    return { changes, replaces: [], lines, action: "continue" };
  }
  const continuation = continuationOf(state, change, { released, ready });
  const { toRun, toWatch, dropped } = continuation;
  const newcomers = continuation.newcomers.filter((id) => isCalled(id, state, news));
  const again = toRun.filter((id) => !ready.has(id));
  const watched = [...toWatch.values()].flat();
  const retried = released || change.unfinished === "retry";
  const lines = [
    ...waitingLines(state, change, release),
    ...stale,
    ...(released ? [`hold ${state.holdId} is released`] : []),
    ...line(retried ? "failed or not reached before, runs again" : "goes on", again),
    ...line(
      "ready by now, goes on",
      toRun.filter((id) => ready.has(id)),
    ),
    ...line("still running, is watched", watched),
    ...line("added, runs alone", newcomers),
    ...line("dropped", dropped),
  ];
  const holds = change.unfinished === "held" || change.unfinished === "to-be-held";
  const waits = holds && !released;
  const action = waits ? "held" : toRun.length + watched.length > 0 ? "continue" : undefined;
  return { changes, replaces: [], lines, ...(action === undefined ? {} : { action }) };
}

/** An id that is added and excluded by its tags is no member. Only the plan knows the tags. */
function isCalled(
  id: string,
  { targets, results }: CommandInvocationState,
  { plan }: CommandInvocationInputs,
): boolean {
  const isNew = results[id] === undefined && targets.instanceIds?.includes(id) !== true;
  const calls: unknown = plan?.calls;
  if (!isNew || !Array.isArray(calls)) return true;
  return calls.some((call) => String(call).split(" ").includes(id));
}

/** Names what an interrupted update made and never saved. */
export function leftBehind(invokeIds: readonly string[]): string {
  return `an interrupted update left ${named(invokeIds)}`;
}

function line(what: string, ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? [] : [`${what}: ${named(ids, 20)}`];
}

/** Who waits for an operator. */
function waitingLines(
  state: CommandInvocationState,
  change: Change,
  release: "resume" | "abandon" | undefined,
): readonly string[] {
  if (release !== undefined) return [];
  if (change.unfinished === "held") {
    return [`held (${state.holdId}): nothing is called until it is released`];
  }
  if (change.unfinished === "to-be-held") {
    return ["more failed than may, and retry.onNextUp is false: held, and nothing is called"];
  }
  const unknown = Object.entries(state.results)
    .filter(([id, row]) => row.status === "Unknown" && !change.removed.includes(id))
    .map(([id]) => id);
  if (state.holdReason !== "unknown" || unknown.length === 0) return [];
  return [
    `nobody can say how it ended, not run until ${state.holdId} is released: ${named(unknown)}`,
  ];
}

/** A release works once, and only on the hold that it names: else it is one line. */
export function staleReleases(
  state: CommandInvocationState,
  operator: Pick<OperatorSettings, "resume" | "abandon">,
  works: boolean,
): readonly string[] {
  const given = operator.abandon ?? operator.resume;
  if (given === undefined || works) return [];
  if (state.releasedHolds.includes(given)) {
    return [`hold ${given} was released before: to release it again has no effect`];
  }
  if (state.holdId === "") return [];
  return [`the release that was given is of another hold than ${state.holdId}, and has no effect`];
}

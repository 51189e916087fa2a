import type { CommandInvocationInputs, CommandInvocationState } from "../../inputs.js";
import type { OperatorSettings } from "../../client/configuration.js";
import { budgetOf } from "../../plan/batches.js";
import { changeOf, isNothing, releaseOf } from "../../plan/change.js";
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

/** Whether there is something to do. It alone sees the ledger, so it announces what that wants. */
export function diff(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  operator: Pick<OperatorSettings, "resume" | "abandon">,
): DiffEnd {
  const change = changeOf(state, news);
  if (change.replaces.length > 0) return { changes: true, replaces: change.replaces, lines: [] };
  if (change.runs.length > 0) {
    return { changes: true, replaces: [], lines: [`runs anew: ${change.runs.join(", ")} changed`] };
  }
  const release = releaseOf(state, operator);
  const allowed = budgetOf(news.rollout?.maxFailures, state.membersAtStart);
  const overBudget = state.status === "PartialFailed" && state.summary.failed > allowed;
  const held = change.unfinished === "held";
  // A hold keeps the resource red until it is released, so it stays a change.
  const changes = !isNothing(change) || held || overBudget;
  const stale = staleReleases(state, operator, release !== undefined);
  if (!changes) return { changes, replaces: [], lines: stale };
  if (release === "abandon") {
    const lines = [`hold ${state.holdId} is abandoned: left as it is`];
    return { changes, replaces: [], lines, action: "continue" };
  }
  const wanted = release === "resume" ? { ...change, unfinished: "retry" as const } : change;
  const { toRun, toWatch, dropped } = continuationOf(state, wanted, overBudget);
  const again = toRun.filter((id) => !change.added.includes(id));
  const watched = [...toWatch.values()].flat();
  const retried = wanted.unfinished === "retry" || overBudget;
  const lines = [
    ...(held && release === undefined
      ? [`held (${state.holdId}): nothing is called until it is released`]
      : []),
    ...stale,
    ...(release === "resume" ? [`hold ${state.holdId} is released`] : []),
    ...(again.length > 0
      ? [`${retried ? "failed or not reached before, runs again" : "goes on"}: ${named(again, 20)}`]
      : []),
    ...(watched.length > 0 ? [`still running, is watched: ${named(watched, 20)}`] : []),
    ...(change.added.length > 0 ? [`added, runs alone: ${named(change.added, 20)}`] : []),
    ...(dropped.length > 0 ? [`dropped: ${named(dropped, 20)}`] : []),
  ];
  const waits = held && release === undefined;
  const action = waits ? "held" : again.length + watched.length > 0 ? "continue" : undefined;
  return { changes, replaces: [], lines, ...(action === undefined ? {} : { action }) };
}

/** A release works once, and only on the hold that it names: else it is one line. */
function staleReleases(
  state: CommandInvocationState,
  operator: Pick<OperatorSettings, "resume" | "abandon">,
  works: boolean,
): readonly string[] {
  const given = operator.abandon ?? operator.resume;
  if (given === undefined || works) return [];
  if (state.releasedHolds.includes(given)) {
    return [`hold ${given} was released before: to release it again has no effect`];
  }
  if (state.status !== "Held") return [];
  return [`the release that was given is of another hold than ${state.holdId}, and has no effect`];
}

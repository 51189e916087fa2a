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
  if (!changes) return { changes, replaces: [], lines: [] };
  if (release === "abandon") {
    return { changes, replaces: [], lines: [`hold ${state.holdId} is abandoned: left as it is`] };
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
    ...(held && release === undefined && (operator.resume ?? operator.abandon) !== undefined
      ? [`the release that was given is of another hold than ${state.holdId}, and has no effect`]
      : []),
    ...(release === "resume" ? [`hold ${state.holdId} is released`] : []),
    ...(again.length > 0
      ? [`${retried ? "failed or not reached before, runs again" : "goes on"}: ${named(again, 20)}`]
      : []),
    ...(watched.length > 0 ? [`still running, is watched: ${named(watched, 20)}`] : []),
    ...(change.added.length > 0 ? [`added, runs alone: ${named(change.added, 20)}`] : []),
    ...(dropped.length > 0 ? [`dropped: ${named(dropped, 20)}`] : []),
  ];
  return { changes, replaces: [], lines };
}

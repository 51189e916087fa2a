import type {
  CommandInvocationInputs,
  CommandInvocationState,
  HoldReason,
  Row,
} from "../inputs.js";
import { budgetOf } from "./batches.js";
import { isFailed } from "./rows.js";

/**
 * Whether a hold is still in force once members were dropped: what it was made for is judged again
 * without them. Raising a budget releases nothing, so the smaller one counts.
 *
 * @param rows the ledger's, with the dropped ones marked
 */
export function holdStands(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  rows: readonly Row[],
): boolean {
  const before = budgetOf(state.rollout?.maxFailures, state.membersAtStart);
  const after = budgetOf(news.rollout?.maxFailures, state.membersAtStart);
  const overBudget = rows.filter(isFailed).length > Math.min(before, after);
  const reason: HoldReason | undefined = state.holdReason;
  switch (reason) {
    case "budget":
    case "failures":
      return overBudget;
    case "canary": {
      // The canary is the first batch of a run.
      const canaries = rows.filter((row) => row.batch === 1);
      const allowed = budgetOf(state.rollout?.canary?.maxFailures, canaries.length);
      return overBudget || canaries.filter(isFailed).length > allowed;
    }
    case "stop":
    case "unknown":
    case undefined:
      return true;
  }
}

import type { HoldReason, ResourceStatus, Row, Wait } from "../inputs.js";
import { isAwaited } from "../plan/rows.js";
import { summaryOf } from "./ledger.js";

/** Why a run stopped making calls. */
export type Ending =
  /** Every member that could be reached was reached. */
  | { readonly kind: "complete" }
  /** The failure budget was exceeded; what was not reached is NotStarted. */
  | {
      readonly kind: "budget";
      /** Whose budget: the run's, or the canary's own. */
      readonly by: "budget" | "canary";
      readonly where: string;
    }
  /** Somebody stopped it, or a hold is in force. */
  | { readonly kind: "held"; readonly reason: string }
  /** Killed, deadline, quota, throttled, credentials, signal: the next `up` goes on by itself. */
  | { readonly kind: "interrupted"; readonly reason: string };

export type Verdict = {
  readonly status: ResourceStatus;
  /** Whether Pulumi is to show the resource as failed. */
  readonly red: boolean;
  /** Set where the ledger waits for an operator. */
  readonly holdReason?: HoldReason;
};

/**
 * The table of resources.md 1.4 as one pure function.
 *
 * @param budget how many members may fail
 * @param retryOnNextUp whether the next `up` runs what failed (`retry.onNextUp`)
 */
export function verdictOf(
  rows: Iterable<Row>,
  ending: Ending,
  options: {
    readonly budget: number;
    readonly unreadyBudget?: number;
    readonly retryOnNextUp: boolean;
    /** How far members are waited for. Default: to their end. */
    readonly wait?: Wait | undefined;
  },
): Verdict {
  const all = [...rows];
  const counts = summaryOf(all);
  if (ending.kind === "held") return held("stop");
  if (ending.kind === "budget") return held(ending.by);
  const awaited = all.some((row) => isAwaited(row, options.wait));
  if (ending.kind === "interrupted" || awaited) return { status: "Interrupted", red: true };
  const over = counts.failed > options.budget;
  if (over && counts.notStarted > 0) return held("budget");
  if (counts.unknown > 0) return { status: "Failed", red: true, holdReason: "unknown" };
  if (over) return options.retryOnNextUp ? { status: "Failed", red: true } : held("failures");
  // Members that fell out of readiness on the way are tried again by the next `up`.
  const unready = counts.unready > (options.unreadyBudget ?? counts.unready);
  if (counts.notStarted > 0 || unready) return { status: "Interrupted", red: true };
  return { status: counts.failed > 0 ? "PartialFailed" : "Success", red: false };
}

function held(holdReason: HoldReason): Verdict {
  return { status: "Held", red: true, holdReason };
}

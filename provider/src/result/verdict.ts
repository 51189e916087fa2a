import type { ResourceStatus, Row } from "../inputs.js";
import { summaryOf } from "./ledger.js";

/** Why a run stopped making calls. */
export type Ending =
  /** Every member that could be reached was reached. */
  | { readonly kind: "complete" }
  /** The failure budget was exceeded; what was not reached is NotStarted. */
  | { readonly kind: "budget"; readonly where: string }
  /** Somebody stopped it, or a hold is in force. */
  | { readonly kind: "held"; readonly reason: string }
  /** Killed, deadline, quota, throttled, credentials, signal: the next `up` goes on by itself. */
  | { readonly kind: "interrupted"; readonly reason: string };

export type Verdict = {
  readonly status: ResourceStatus;
  /** Whether Pulumi is to show the resource as failed. */
  readonly red: boolean;
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
  },
): Verdict {
  const counts = summaryOf(rows);
  if (ending.kind === "held" || ending.kind === "budget") return { status: "Held", red: true };
  if (ending.kind === "interrupted" || counts.running > 0) {
    return { status: "Interrupted", red: true };
  }
  const over = counts.failed > options.budget;
  if (over && counts.notStarted > 0) return { status: "Held", red: true };
  if (counts.unknown > 0) return { status: "Failed", red: true };
  if (over) return { status: options.retryOnNextUp ? "Failed" : "Held", red: true };
  // Members that fell out of readiness on the way are tried again by the next `up`.
  const unready = counts.unready > (options.unreadyBudget ?? counts.unready);
  if (counts.notStarted > 0 || unready) return { status: "Interrupted", red: true };
  return { status: counts.failed > 0 ? "PartialFailed" : "Success", red: false };
}

import { describeHold, type HoldFound } from "../../plan/hold.js";
import { isFailed } from "../../plan/continuation.js";
import type { Row } from "../../inputs.js";
import type { LedgerBook } from "../../result/ledger.js";
import type { World } from "../world.js";
import type { Conclusion } from "./conclude.js";
import type { Outcome } from "./outcome.js";
import type { RunEnd } from "./run.js";

/** Whether an operation that has found these holds may call anything. */
export function mayCall(found: HoldFound): boolean {
  return found.kind === "none" || found.kind === "resumed";
}

/**
 * Members that a new run still has to try, once what it adopts is in the ledger. What a hold had
 * stopped that this operation releases counts as failed, and is tried again.
 */
export function untriedOf(
  members: readonly string[],
  book: LedgerBook,
  found: HoldFound,
): readonly string[] {
  if (!mayCall(found)) return [];
  return members.filter((id) => {
    const row = book.get(id);
    if (row === undefined) return false;
    return row.status === "NotStarted" || (found.kind === "resumed" && wasTriedAndFailed(row));
  });
}

function wasTriedAndFailed(row: Parameters<typeof isFailed>[0]): boolean {
  return isFailed(row) && row.invocationId !== undefined;
}

/** How holds, found before the run and in it, bear on what is saved. */
export function concludingHolds(
  end: RunEnd,
  found: HoldFound,
  releasedHolds: readonly string[],
  world: World,
): Pick<Conclusion, "ending" | "holdId" | "releasedHolds"> {
  const released = found.kind === "resumed" ? [...releasedHolds, found.hold.id] : releasedHolds;
  if (found.kind === "in-force" && end.hold === undefined) {
    return {
      ending: { kind: "held", reason: `${describeHold(found.hold)} is in force` },
      holdId: found.hold.id,
      releasedHolds: released,
    };
  }
  return {
    ending: found.kind === "abandoned" ? { kind: "complete" } : end.ending,
    holdId: end.hold?.id ?? `${end.runId}.${world.randomId(8)}`,
    releasedHolds: released,
  };
}

/** Keeps the ledger and ends it green: an operator has said that it is to be left as it is. */
export function leftAsItIs(outcome: Outcome, holdId: string): Outcome {
  const { state } = outcome;
  return {
    id: outcome.id,
    state: {
      ...state,
      status: "Abandoned",
      setAside: Object.entries<Row>(state.results)
        .filter(([, row]) => row.status !== "Success" && row.status !== "Dropped")
        .map(([id]) => id),
      holdId: "",
      releasedHolds: [...state.releasedHolds, holdId],
    },
  };
}

import type { Row } from "../../inputs.js";
import type { PastInvocation } from "../../plan/history.js";
import { named } from "../../plan/targets.js";
import { observed, type LedgerBook } from "../../result/ledger.js";
import { standingOf } from "../../result/status.js";
import type { World } from "../world.js";
import type { AcceptedCall } from "./follow.js";

/**
 * Takes over invocations that the ledger does not know: their members, by the invocation's own
 * list, take its outcome as an attempt and are not called again for it.
 *
 * @returns them as calls, to be watched first: what has ended is read once, for its output
 */
export function adopt(
  name: string,
  past: readonly PastInvocation[],
  book: LedgerBook,
  successExitCodes: readonly number[],
  world: World,
): readonly AcceptedCall[] {
  if (past.length === 0) return [];
  const taken = new Set<string>();
  const calls = past.map((one) => {
    for (const seen of one.members) {
      const before = book.get(seen.instanceId);
      const row = {
        status: "Pending" as const,
        attempt: (before?.attempt ?? 0) + 1,
        invocationId: one.invokeId,
      };
      const after = observed(row, seen, successExitCodes);
      if (before !== undefined && taken.has(seen.instanceId) && isLater(before, after)) {
        book.set(seen.instanceId, { ...before, attempt: row.attempt });
        continue;
      }
      taken.add(seen.instanceId);
      // A machine that is no target any more has its outcome kept, aside.
      const left = before === undefined || before.status === "Dropped";
      book.set(seen.instanceId, left ? { ...after, status: "Dropped" } : after);
    }
    world.emit({
      event: "call",
      outcome: "adopted",
      invokeId: one.invokeId,
      runId: one.runId,
      members: one.members.map(({ instanceId }) => ({
        instanceId,
        attempt: book.get(instanceId)?.attempt ?? 1,
      })),
    });
    return {
      invokeId: one.invokeId,
      members: one.members.map((seen) => seen.instanceId),
      acceptedAt: world.clock.now(),
    };
  });
  world.print(
    name,
    `takes over ${named(past.map((one) => one.invokeId))}: accepted before, not run again ` +
      `(--replace runs it anew)`,
  );
  return calls;
}

/**
 * Whether one attempt came after another. The service tells times by the second only; but within a
 * run nothing follows a success, and what still runs is the last there is.
 */
function isLater(one: Row, other: Row): boolean {
  const rank = { living: 2, succeeded: 1, failed: 0, "not-started": 0, aside: 0, unknown: 0 };
  return rank[standingOf(one)] > rank[standingOf(other)];
}

import type { CommandInvocationInputs } from "../../inputs.js";
import type { Batch } from "../../plan/batches.js";
import { summaryOf, type LedgerBook } from "../../result/ledger.js";
import { standingOf } from "../../result/status.js";
import { nameOf, type World } from "../world.js";

/** One line a batch, for people who watch. */
export function reportBatch(
  inputs: CommandInvocationInputs,
  batch: Batch,
  of: number,
  last: boolean,
  book: LedgerBook,
  world: World,
): void {
  const counts = { succeeded: 0, failed: 0, living: 0 };
  for (const id of batch.calls.flat()) {
    const row = book.get(id);
    const standing = row === undefined ? undefined : standingOf(row);
    if (standing === "succeeded" || standing === "failed" || standing === "living") {
      counts[standing] += 1;
    }
  }
  const parts = [
    `${counts.succeeded} succeeded`,
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.living > 0 ? [`${counts.living} still running`] : []),
  ];
  const total = summaryOf([...book.entries()].map(([, row]) => row));
  world.print(
    nameOf(inputs.resourceUrn),
    `${batch.canary ? "canary " : ""}batch ${batch.number} of ${of}: ${parts.join(", ")}` +
      (of > 1 ? `; ${total.succeeded} of ${total.members} done` : "") +
      (last ? "" : " (Ctrl-C twice stops here)"),
  );
}

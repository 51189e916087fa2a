import type { CommandInvocationInputs } from "../../inputs.js";
import { budgetOf, type Batch } from "../../plan/batches.js";
import { unreadyBudget, type Standing } from "../../plan/readiness.js";
import { judgeMembership, named } from "../../plan/targets.js";
import { containsUnknown } from "../../unknown.js";
import { whenLines } from "../schedule/preview.js";
import type { World } from "../world.js";
import { otherContent } from "./adopt-given.js";
import { waitMs } from "./limits-of-time.js";
import { batchesOf } from "./preview-plan.js";
import { type Reads, takesOver, atStart } from "./preview-reads.js";
import { isSkipped } from "./ready.js";

/** What moves with time: at most ten lines a resource. */
export function linesOf(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  reads: Reads & { readonly quota: readonly string[] },
  world: World,
): readonly string[] {
  const { toRun, membership } = reads;
  const lines: string[] = [];
  const where = whereOf(reads);
  if (takesOver(olds, inputs)) {
    const ids = inputs.adoptInvocationIds ?? [];
    const shown = containsUnknown(ids) ? "what is not known yet" : named(ids);
    lines.push(`takes over ${shown}, and runs nothing${where}`);
    if (reads.command !== undefined) {
      lines.push(...otherContent(reads.given ?? [], reads.command.contentHash));
    }
  } else if (toRun !== undefined && membership !== undefined) {
    const batches = batchesOf(olds, inputs, reads, world);
    const calls = batches.reduce((sum, batch) => sum + batch.calls.length, 0);
    if (calls > 0 || inputs.schedule === undefined) {
      lines.push(
        `${inputs.schedule === undefined ? "runs" : "arms"} on ${toRun.length} ` +
          `machine${toRun.length === 1 ? "" : "s"} in ${calls} call${calls === 1 ? "" : "s"}${where}`,
      );
    }
    if (membership.missing.length > 0) {
      lines.push(`does not exist, and will count as failed: ${named(membership.missing)}`);
    }
    for (const refusal of judgeMembership(inputs.targets, membership, world.operator)) {
      lines.push(`warning: ${refusal.text}`);
    }
    if (reads.command !== undefined && batches.length > 0 && inputs.schedule === undefined) {
      const seconds = longestSeconds(inputs, batches, reads.command.timeout);
      lines.push(`takes at most ${seconds} s, if every batch is waited for to its end`);
    }
    if (inputs.schedule === undefined) {
      lines.push(...overshootLine(inputs, batches, atStart(olds, inputs, membership)));
    }
  } else if (containsUnknown(inputs.targets)) {
    const verb = inputs.schedule === undefined ? "runs" : "arms";
    lines.push(`${verb} on machines that are not known yet${where}`);
  }
  lines.push(...whenLines(olds, inputs, world.clock.now()));
  lines.push(...standingLines(inputs, reads, atStart(olds, inputs, membership)));
  lines.push(...reads.quota);
  if (reads.rename !== undefined) lines.push(reads.rename);
  lines.push(...reads.failures);
  return lines.slice(0, 10);
}

/** Who is not ready right now, and why. */
function standingLines(
  inputs: CommandInvocationInputs,
  { standings = new Map<string, Standing>() }: Reads,
  membersAtStart: number,
): readonly string[] {
  const skipped: string[] = [];
  const unready: string[] = [];
  for (const [id, standing] of standings) {
    if (standing.kind === "ready" || standing.kind === "gone") continue;
    (isSkipped(standing, inputs) ? skipped : unready).push(`${id} ${standing.reason}`);
  }
  const allowed = unreadyBudget(inputs.readiness, membersAtStart);
  return [
    ...(skipped.length > 0 ? [`offline now, and skipped: ${named(skipped, 3)}`] : []),
    ...(unready.length > 0
      ? [`not ready now (${unready.length}, and ${allowed} may be): ${named(unready, 3)}`]
      : []),
  ];
}

/** The worst case: every batch waited for to its end, every retry used, every pause. */
function longestSeconds(
  inputs: CommandInvocationInputs,
  batches: readonly Batch[],
  timeout: number,
): number {
  const tries = batches.length * (inputs.retry?.attempts ?? 1);
  const pauses = (batches.length - 1) * (inputs.rollout?.pauseBetweenBatches ?? 0);
  const soak = inputs.rollout?.canary?.soak ?? 0;
  return Math.ceil((tries * waitMs(inputs, timeout)) / 1_000) + pauses + soak;
}

/** How far failures may go beyond the budget before the run stops: by the batch in flight. */
function overshootLine(
  inputs: CommandInvocationInputs,
  batches: readonly Batch[],
  members: number,
): readonly string[] {
  const largest = Math.max(0, ...batches.map((batch) => batch.calls.flat().length));
  if (batches.length < 2 || largest < 2) return [];
  const budget = budgetOf(inputs.rollout?.maxFailures, members);
  return [
    `stops when more than ${budget} failed; with the batch in flight up to ${budget + largest} may`,
  ];
}

function whereOf({ api, accountId }: Reads): string {
  const parts = [
    ...(accountId === undefined ? [] : [`account ${accountId}`]),
    ...(api === undefined ? [] : [`region ${api.region}`]),
    ...(api?.localEmulator === true ? ["LOCAL EMULATOR"] : []),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

import type { CommandInvocationInputs, CommandType } from "../../inputs.js";
import { budgetOf, type Batch } from "../../plan/batches.js";
import { defaultReadinessWait, unreadyBudget, type Standing } from "../../plan/readiness.js";
import { powerCodesOf } from "../../plan/retry.js";
import { judgeMembership, named } from "../../plan/targets.js";
import { containsUnknown } from "../../unknown.js";
import { whenLines } from "../schedule/preview.js";
import type { World } from "../world.js";
import { accountRefusal } from "../account.js";
import { otherContent } from "./adopt-given.js";
import { waitMs } from "./limits-of-time.js";
import { batchesOf } from "./preview-plan.js";
import { type Reads, takesOver, atStart } from "./preview-reads.js";
import { isSkipped } from "./ready.js";

/** At most so many lines a resource in one check. */
const mostLines = 10;

/**
 * Cuts lines to what a preview has room for. What is not known and what is warned of stays; the
 * least important goes, and is counted.
 */
export function mostImportant(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines) return lines;
  const headline = lines.find((line) => !isWarning(line));
  const rank = (line: string): number => {
    if (line.includes(": not known (")) return 0;
    if (line === headline) return 1;
    return isWarning(line) ? 2 : 3;
  };
  const kept = new Set(
    lines
      .map((line, at) => ({ at, rank: rank(line) }))
      .sort((a, b) => a.rank - b.rank)
      .slice(0, mostLines - 1)
      .map(({ at }) => at),
  );
  return [...lines.filter((_, at) => kept.has(at)), `and ${lines.length - kept.size} more lines`];
}

function isWarning(line: string): boolean {
  return line.startsWith("warning: ");
}

/** What moves with time. */
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
    // After an update that failed nobody may be left for a plan: what is left, only the ledger knows.
    const nobodyLeft = toRun.length === 0 && olds !== undefined;
    if (calls > 0 || (inputs.schedule === undefined && !nobodyLeft)) {
      lines.push(
        `${inputs.schedule === undefined ? "runs" : "arms"} on ${toRun.length} ` +
          `machine${toRun.length === 1 ? "" : "s"} in ${calls} call${calls === 1 ? "" : "s"}${where}`,
      );
    }
    if (membership.missing.length > 0) {
      lines.push(`warning: does not exist, and will count as failed: ${named(membership.missing)}`);
    }
    for (const refusal of judgeMembership(inputs.targets, membership, world.operator)) {
      lines.push(`warning: ${refusal.text}`);
    }
    if (reads.command !== undefined && batches.length > 0 && inputs.schedule === undefined) {
      const { timeout, type } = reads.command;
      const coming = comingUpSeconds(inputs, reads.standings);
      const seconds = coming + longestSeconds(inputs, batches, timeout, type);
      lines.push(
        `takes at most ${seconds} s, if every batch is waited for to its end` +
          (coming === 0 ? "" : `; up to ${coming} s of them for machines that are not ready`),
      );
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
  const refusal = accountRefusalOf(inputs, reads, world);
  if (refusal !== undefined) lines.push(`warning: ${refusal}`);
  if (reads.rename !== undefined) lines.push(reads.rename);
  lines.push(...reads.failures.map(({ line }) => line));
  return lines;
}

/** Credentials that create and update would refuse. */
function accountRefusalOf(
  { connection }: CommandInvocationInputs,
  { accountId }: Reads,
  world: World,
): string | undefined {
  if (accountId === undefined || containsUnknown(connection)) return undefined;
  return accountRefusal(accountId, world.operator.allowedAccountIds, connection?.accountId);
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

/** Seconds that the sweep may wait for machines, before the first call. */
function comingUpSeconds(
  inputs: CommandInvocationInputs,
  standings: ReadonlyMap<string, Standing> | undefined,
): number {
  const { wait = defaultReadinessWait, start, install } = inputs.readiness ?? {};
  const mayCome = (standing: Standing): boolean => {
    if (standing.kind === "stopped") return start === true;
    if (standing.kind === "no-client" && install !== undefined) return true;
    if (isSkipped(standing, inputs)) return false;
    return ["coming", "offline", "no-client"].includes(standing.kind);
  };
  // Where nobody could be looked at, anybody may be waited for.
  return standings === undefined || [...standings.values()].some(mayCome) ? wait : 0;
}

/** The worst case: every batch waited for to its end, every retry used, every pause. */
function longestSeconds(
  inputs: CommandInvocationInputs,
  batches: readonly Batch[],
  timeout: number,
  type: CommandType,
): number {
  const codes = powerCodesOf(type);
  const settles = [codes.powerOff, codes.reboot].some((code) =>
    inputs.successExitCodes?.includes(code),
  );
  // A machine that powers off or reboots is waited for as long as its command.
  const waits = settles ? 2 : 1;
  const tries = batches.length * (inputs.retry?.attempts ?? 1);
  const pauses = (batches.length - 1) * (inputs.rollout?.pauseBetweenBatches ?? 0);
  const soak = inputs.rollout?.canary?.soak ?? 0;
  return Math.ceil((tries * waits * waitMs(inputs, timeout)) / 1_000) + pauses + soak;
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

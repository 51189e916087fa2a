import { listInvocations } from "../../client/invocations.js";
import type { CallOptions, CloudApi } from "../../client/port.js";
import type { CommandInvocationState, Row } from "../../inputs.js";
import type { PastInvocation } from "../../plan/history.js";
import { isLiving } from "../../plan/rows.js";
import { standings, statusFromService } from "../../result/status.js";
import { pastFrom } from "./history.js";

/** Members that still run, by their invocation. */
export type StillRunning = ReadonlyMap<string, readonly string[]>;

/**
 * What still runs of these invocations, as the service shows it. A row does not always say: a member
 * that was dropped while it ran has the status of a dropped one, and one that returned has no row of
 * its earlier attempt at all. Schedules are left out.
 *
 * @param past what the service has listed of the owner; what it does not show is asked for by its id
 * @param wanted the invocations in question
 */
export async function stillRunning(
  api: CloudApi,
  state: Pick<CommandInvocationState, "results">,
  past: readonly PastInvocation[],
  wanted: readonly string[],
  options: CallOptions,
): Promise<StillRunning> {
  const shown = new Map(past.map((one) => [one.invokeId, one]));
  const running = new Map<string, readonly string[]>();
  for (const invokeId of new Set(wanted)) {
    const found = shown.get(invokeId) ?? (await recordOf(api, invokeId, options));
    const members =
      found === undefined ? livingIn(state, invokeId) : found.scheduled ? [] : livingOf(found);
    if (members.length > 0) running.set(invokeId, members);
  }
  return running;
}

/** Invocations of the ledger with rows that do not say that they have ended. */
export function openInvocations({
  results,
}: Pick<CommandInvocationState, "results">): readonly string[] {
  return Object.values<Row>(results).flatMap((row) =>
    row.invocationId !== undefined && isOpen(row) ? [row.invocationId] : [],
  );
}

function isOpen(row: Row): boolean {
  const neverSeenToEnd = row.finishedAt === undefined && row.exitCode === undefined;
  return isLiving(row) || row.status === "Unknown" || (row.status === "Dropped" && neverSeenToEnd);
}

async function recordOf(
  api: CloudApi,
  invokeId: string,
  options: CallOptions,
): Promise<PastInvocation | undefined> {
  const found = await listInvocations(api, { invokeId }, options);
  const record = found.find((one) => one.invokeId === invokeId);
  return record === undefined ? undefined : pastFrom(record);
}

function livingOf({ members }: PastInvocation): readonly string[] {
  return members
    .filter((seen) => standings[statusFromService(seen.status)] === "living")
    .map((seen) => seen.instanceId);
}

/** Where no read shows it, the ledger is all that there is. */
function livingIn(
  { results }: Pick<CommandInvocationState, "results">,
  invokeId: string,
): readonly string[] {
  return Object.entries<Row>(results)
    .filter(([, row]) => row.invocationId === invokeId && isLiving(row))
    .map(([id]) => id);
}

import { readHistory, readResults } from "../../client/invocations.js";
import type { CallOptions, CloudApi, InvocationResultFound } from "../../client/port.js";
import type { Hash } from "../../plan/hash.js";
import type { FoundSchedule } from "../../plan/schedule-wanted.js";
import { observed } from "../../result/ledger.js";
import type { ScheduleRun } from "../../result/schedule-runs.js";
import { findOfOwner, type Owned } from "./found.js";

export type RunsRequest = Owned & {
  /** Of the state: what is asked for where no tag tells. */
  readonly invocationIds: readonly string[];
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly successExitCodes: readonly number[];
};

/**
 * What a schedule has run since a moment, the newest first: of all its invocations that the service
 * still knows, renewed ones included.
 */
export async function readRuns(
  api: CloudApi,
  request: RunsRequest,
  hash: Hash,
  options: CallOptions,
): Promise<readonly ScheduleRun[]> {
  const { sinceMs, successExitCodes } = request;
  const past = await findOfOwner(api, request, request.invocationIds, hash, options);
  const runs: ScheduleRun[] = [];
  for (const one of past) {
    if (!one.scheduled || hasEndedBefore(one, sinceMs)) continue;
    const found = await resultsOf(api, one, sinceMs, options);
    for (const result of found) runs.push(runOf(one.invokeId, result, successExitCodes));
  }
  return runs.sort(newestFirst);
}

/** Everything of it was stopped before that moment. */
function hasEndedBefore({ alive, members, stoppedMs }: FoundSchedule, sinceMs: number): boolean {
  if (alive.size > 0) return false;
  return members.every(({ instanceId }) => (stoppedMs.get(instanceId) ?? Infinity) < sinceMs);
}

/** The service has a history of what repeats, and one result of a next-boot. */
async function resultsOf(
  api: CloudApi,
  { invokeId, repeatMode }: FoundSchedule,
  sinceMs: number,
  options: CallOptions,
): Promise<readonly InvocationResultFound[]> {
  if (repeatMode !== "NextRebootOnly") return readHistory(api, invokeId, sinceMs, options);
  const results = await readResults(api, invokeId, options);
  return results.filter((one) => (Date.parse(one.startTime ?? "") || -Infinity) >= sinceMs);
}

function runOf(
  invocationId: string,
  result: InvocationResultFound,
  successExitCodes: readonly number[],
): ScheduleRun {
  const instanceId = result.instanceId ?? "";
  const row = observed(
    { status: "Running", attempt: 1 },
    {
      instanceId,
      status: result.invocationStatus,
      exitCode: result.exitCode,
      dropped: undefined,
      errorCode: result.errorCode,
      errorInfo: result.errorInfo,
      startedAt: result.startTime,
      finishedAt: result.finishedTime,
    },
    successExitCodes,
  );
  const { status, startedAt = "", finishedAt, exitCode, errorCode, errorInfo } = row;
  return {
    instanceId,
    invocationId,
    status,
    startedAt,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(errorInfo === undefined ? {} : { errorInfo }),
  };
}

function newestFirst(a: ScheduleRun, b: ScheduleRun): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? 1 : -1;
  return a.instanceId < b.instanceId ? -1 : 1;
}

import { listInvocations } from "../../client/invocations.js";
import type { CommandInvocationState } from "../../inputs.js";
import { isLiving } from "../../plan/continuation.js";
import { LedgerBook, observed, summaryOf } from "../../result/ledger.js";
import { mustBeAccount } from "../account.js";
import { readSchedule } from "../schedule/read.js";
import type { World } from "../world.js";
import { rowsOf } from "./run.js";

/**
 * Brings rows that were still alive up to date. A finished run stays as it is, also when the
 * service has forgotten it: nothing is asked about it.
 */
export async function read(
  state: CommandInvocationState,
  world: World,
): Promise<CommandInvocationState> {
  if (state.schedule !== undefined) return readSchedule(state, world);
  const invokeIds = new Set(
    Object.values(state.results).flatMap((row) =>
      isLiving(row) && row.invocationId !== undefined ? [row.invocationId] : [],
    ),
  );
  if (invokeIds.size === 0) return state;
  const api = world.apiFor(state.region, state.connection);
  await mustBeAccount(api, state, { signal: world.signal });
  const book = new LedgerBook(state.results);
  for (const invokeId of invokeIds) {
    const found = await listInvocations(api, { invokeId }, { signal: world.signal });
    for (const seen of found.flatMap((item) => item.invokeInstances?.invokeInstance ?? [])) {
      const id = seen.instanceId ?? "";
      const row = book.get(id);
      if (row === undefined || row.invocationId !== invokeId || !isLiving(row)) continue;
      const observation = {
        instanceId: id,
        status: seen.invocationStatus,
        exitCode: seen.exitCode,
        dropped: seen.dropped,
        errorCode: seen.errorCode,
        errorInfo: seen.errorInfo,
        startedAt: seen.startTime,
        finishedAt: seen.finishTime,
      };
      book.set(id, observed(row, observation, state.successExitCodes ?? [0]));
    }
  }
  return { ...state, results: book.toLedger(), summary: summaryOf(rowsOf(book)) };
}

import { listInvocations } from "../../client/invocations.js";
import type { CloudApi } from "../../client/port.js";
import type { CommandInvocationState } from "../../inputs.js";
import { isLiving } from "../../plan/continuation.js";
import { historyAtUpdate } from "../../plan/history.js";
import { LedgerBook, observed, summaryOf } from "../../result/ledger.js";
import { redactor, secretValues } from "../../result/redact.js";
import { isFinished } from "../../result/status.js";
import { mustBeAccount } from "../account.js";
import { readSchedule } from "../schedule/read.js";
import { nameOf, type World } from "../world.js";
import { captureOutput, reportCut, startCapture } from "./capture.js";
import { leftBehind } from "./diff.js";
import { historyOf, observationsOf } from "./history.js";
import { rowsOf } from "./run.js";

/**
 * What a refresh finds: rows that were still alive are brought up to date, and what an interrupted
 * update left is named and saved. A finished run stays as it is, also when the service has forgotten
 * it. Nothing is changed at the service.
 */
export async function read(
  state: CommandInvocationState,
  world: World,
): Promise<CommandInvocationState> {
  if (state.schedule !== undefined) return readSchedule(state, world);
  const invokeIds = livingInvocations(state);
  if (invokeIds.size === 0 && state.ownership === "none") return state;
  const api = world.apiFor(state.region, state.connection);
  await mustBeAccount(api, state, { signal: world.signal });
  return findStrays(await readRows(state, invokeIds, api, world), api, world);
}

function livingInvocations({ results }: CommandInvocationState): ReadonlySet<string> {
  return new Set(
    Object.values(results).flatMap((row) =>
      isLiving(row) && row.invocationId !== undefined ? [row.invocationId] : [],
    ),
  );
}

async function readRows(
  state: CommandInvocationState,
  invokeIds: ReadonlySet<string>,
  api: CloudApi,
  world: World,
): Promise<CommandInvocationState> {
  if (invokeIds.size === 0) return state;
  const book = new LedgerBook(state.results);
  const ended = new Map<string, string[]>();
  for (const invokeId of invokeIds) {
    const found = await listInvocations(api, { invokeId }, { signal: world.signal });
    for (const seen of found.flatMap(observationsOf)) {
      const id = seen.instanceId;
      const row = book.get(id);
      if (row === undefined || row.invocationId !== invokeId || !isLiving(row)) continue;
      const now = observed(row, seen, state.successExitCodes ?? [0]);
      book.set(id, now);
      if (isFinished(now)) ended.set(invokeId, [...(ended.get(invokeId) ?? []), id]);
    }
  }
  const calls = [...ended].map(([invokeId, members]) => ({ invokeId, members }));
  const redact = redactor(secretValues(state, state.secretInputs ?? []));
  const capture = startCapture(state.output, redact);
  await captureOutput(api, calls, book, capture, { signal: world.signal }, () => undefined);
  reportCut(capture, state, world);
  return { ...state, results: book.toLedger(), summary: summaryOf(rowsOf(book)) };
}

/** One read of what the owner has. An id that the ledger does not know may be an update's that died. */
async function findStrays(
  state: CommandInvocationState,
  api: CloudApi,
  world: World,
): Promise<CommandInvocationState> {
  if (state.ownership === "none") return state;
  const { strays, marked } = historyAtUpdate(
    await historyOf(api, state.owner, { signal: world.signal }),
    {
      savedRunId: state.runId,
      wantedRunId: state.runId,
      known: new Set(state.invocationIds),
    },
    world.hash,
  );
  const { strays: _before, ...rest } = state;
  const ids = [...strays, ...marked].map((one) => one.invokeId);
  if (ids.length === 0) return rest;
  world.print(
    nameOf(state.resourceUrn),
    `${leftBehind(ids)}: the next \`pulumi up\` sets it aside, and runs anew`,
  );
  return { ...rest, strays: ids };
}

import type { CommandInvocationState } from "../../inputs.js";
import { continuationOf } from "../../plan/continuation.js";
import { historyAtUpdate, type PastInvocation } from "../../plan/history.js";
import { describeHold, judgeHolds } from "../../plan/hold.js";
import { inputHashOf, nextRunId } from "../../plan/identity.js";
import { named } from "../../plan/targets.js";
import { LedgerBook } from "../../result/ledger.js";
import { redactor, secretValues } from "../../result/redact.js";
import { armAfterRun } from "../schedule/after-run.js";
import { stoppedForRun, stopStrays } from "../schedule/before-run.js";
import { nameOf, type World } from "../world.js";
import { adopt } from "./adopt.js";
import { startCapture } from "./capture.js";
import { conclude, type Identity } from "./conclude.js";
import { startingRows } from "./create.js";
import { leftBehind } from "./diff.js";
import { follow } from "./follow.js";
import { markSuperseded, refuseForeign } from "./history.js";
import { untriedOf } from "./holds.js";
import { waitMs } from "./limits-of-time.js";
import type { Outcome } from "./outcome.js";
import { reporting, startedBook } from "./report.js";
import { settleMembers } from "./settle.js";
import {
  type UpdateContext,
  unchanged,
  pastOf,
  idsOf,
  callsToWatch,
  execute,
  concluded,
} from "./update-context.js";

/** Runs on all members anew, after what the earlier run left going has ended. */
export async function newRun(given: UpdateContext, world: World): Promise<Outcome> {
  const context: UpdateContext =
    given.state.schedule === undefined
      ? given
      : { ...given, state: await stoppedForRun(given.state, given.api, given.options, world) };
  const { api, state, inputs, command, options } = context;
  const past = given.state.schedule === undefined ? given.past : await pastOf(context);
  const inputHash = await inputHashOf(inputs, command, state.owner, world.hash);
  const runId = nextRunId(state.runId, inputHash, world.hash);
  const membership = await settleMembers(api, inputs, world, options);
  const known = new Set(state.invocationIds);
  const history = historyAtUpdate(
    past,
    { savedRunId: state.runId, wantedRunId: runId, known },
    world.hash,
  );
  refuseForeign(history);
  const earlier = [...state.invocationIds, ...idsOf(history.mark), ...idsOf(history.strays)];
  const left = [...history.strays, ...history.marked];
  sayLeft(context, left, world);
  // First stopped, then marked: a mark would hide from the next `up` what still fires.
  await stopStrays(state, history.strays, api, options, world);
  if (state.ownership !== "none") {
    await markSuperseded(api, state.owner, earlier, world, options);
  }
  const awaited = left.filter((one) => !one.scheduled);
  const interrupted = await awaitEarlier(context, awaited, world);
  if (interrupted !== undefined) return interrupted;

  const identity: Identity = {
    ...context.identity,
    runId: history.adopt.at(-1)?.runId ?? runId,
    inputHash,
    contentHash: command.contentHash,
  };
  const told = reporting(world, inputs, identity);
  // A hold of the earlier run holds nothing of this one.
  const renewed: UpdateContext = {
    ...context,
    identity,
    released: false,
    releasedHolds: [...new Set([...context.releasedHolds, ...holdOfState(state)])],
  };
  if (inputs.schedule !== undefined) {
    const { members } = membership;
    return armAfterRun({ ...renewed, identity: { ...identity, runId }, members }, told);
  }
  const book = startedBook(startingRows(membership), told);
  const codes = inputs.successExitCodes ?? [0];
  const adopted = adopt(nameOf(inputs.resourceUrn), history.adopt, book, codes, told);
  const found = judgeHolds(history.adopt, renewed.releasedHolds, world.operator);
  const end = await execute(renewed, book, told, {
    untried: untriedOf(membership.members, book, found),
    toWatch: adopted,
    membersAtStart: book.ids().length,
    found,
  });
  if (end.accepted.length + adopted.length === 0 && end.firstRefusal !== undefined) {
    throw end.firstRefusal;
  }
  return concluded(renewed, book, end, world, {
    earlier: adopted.map((call) => call.invokeId),
    membersAtStart: book.ids().length,
    found,
  });
}

/** Where the inputs ask for a new run; where they do not, it was said why there is one. */
function sayLeft(
  { state, change }: UpdateContext,
  left: readonly PastInvocation[],
  world: World,
): void {
  if (left.length === 0 || change.runs.length === 0) return;
  world.print(nameOf(state.resourceUrn), `${leftBehind(idsOf(left))}; it is set aside`);
}

function holdOfState(state: CommandInvocationState): readonly string[] {
  return state.holdId === "" ? [] : [state.holdId];
}

/**
 * Rows of the earlier run that still run are awaited, within their own `wait.timeout`, and so are
 * strays. An outcome is returned only when the wait was cut short.
 */
async function awaitEarlier(
  context: UpdateContext,
  strays: readonly PastInvocation[],
  world: World,
): Promise<Outcome | undefined> {
  const { api, state, command, options } = context;
  const book = new LedgerBook(state.results);
  const living = continuationOf(state, context.change, { released: false }).toWatch;
  const calls = [
    ...callsToWatch(living, world),
    ...strays.map((one) => ({
      invokeId: one.invokeId,
      members: one.members.map((seen) => seen.instanceId),
      acceptedAt: world.clock.now(),
    })),
  ];
  const open = calls.filter(
    (call) =>
      living.has(call.invokeId) ||
      strays.some((one) => one.invokeId === call.invokeId && one.living),
  );
  if (open.length === 0) return undefined;
  world.print(
    nameOf(state.resourceUrn),
    `waits for what still runs of the earlier run: ${named(open.map((call) => call.invokeId))}`,
  );
  for (const call of open) {
    for (const id of call.members) {
      const row = book.get(id);
      if (living.has(call.invokeId) || row === undefined) continue;
      book.set(id, { status: "Running", attempt: row.attempt + 1, invocationId: call.invokeId });
    }
  }
  const redact = redactor(secretValues(state, state.secretInputs ?? []));
  const capture = startCapture(state.output, redact);
  const end = await follow(
    api,
    open,
    book,
    {
      owner: state.owner,
      runId: state.runId,
      ownership: "none",
      successExitCodes: state.successExitCodes ?? [0],
      waitMs: waitMs(state, state.timeout ?? command.timeout),
      deadlineMs: options.deadlineMs,
      capture,
      holds: () => false,
    },
    world,
  );
  if (end.kind === "done") return undefined;
  // The earlier inputs are kept, so that the next `up` sees the change again.
  return conclude(state, context.identity, book, {
    ...unchanged(state, state),
    ending: end.kind === "held" ? { kind: "held", reason: describeHold(end.hold) } : end,
  });
}

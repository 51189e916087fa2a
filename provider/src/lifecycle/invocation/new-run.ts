import type { CommandInvocationState } from "../../inputs.js";
import { historyAtUpdate, type PastInvocation } from "../../plan/history.js";
import { judgeHolds } from "../../plan/hold.js";
import { inputHashOf, nextRunId } from "../../plan/identity.js";
import { armAfterRun } from "../schedule/after-run.js";
import { stoppedForRun, stopStrays } from "../schedule/before-run.js";
import { nameOf, type World } from "../world.js";
import { adopt } from "./adopt.js";
import { awaitEarlier } from "./await-earlier.js";
import type { Identity } from "./conclude.js";
import { startingRows } from "./create.js";
import { leftBehind } from "./diff.js";
import { markSuperseded, refuseForeign } from "./history.js";
import { untriedOf } from "./holds.js";
import type { Outcome } from "./outcome.js";
import { reporting, startedBook } from "./report.js";
import { settleMembers } from "./settle.js";
import { openInvocations, stillRunning } from "./still-running.js";
import { type UpdateContext, pastOf, idsOf, execute, concluded } from "./update-context.js";

/**
 * Runs on all members anew, after what the earlier run left going has ended. Whatever may refuse it
 * comes before the mark: what is marked would not be taken over any more by who goes back.
 */
export async function newRun(given: UpdateContext, world: World): Promise<Outcome> {
  const membership = await settleMembers(given.api, given.inputs, world, given.options);
  const context: UpdateContext =
    given.state.schedule === undefined
      ? given
      : { ...given, state: await stoppedForRun(given.state, given.api, given.options, world) };
  const { api, state, inputs, command, options } = context;
  const past = given.state.schedule === undefined ? given.past : await pastOf(context);
  const inputHash = await inputHashOf(inputs, command, state.owner, world.hash);
  const runId = nextRunId(state.runId, inputHash, world.hash);
  const known = new Set(state.invocationIds);
  const history = historyAtUpdate(
    past,
    { savedRunId: state.runId, wantedRunId: runId, known },
    world.hash,
  );
  refuseForeign(history);
  const left = [...history.strays, ...history.marked];
  sayLeft(context, left, world);
  // First stopped, then marked: a mark would hide from the next `up` what still fires.
  await stopStrays(state, history.strays, api, options, world);
  const ours = past.filter(({ invokeId }) => known.has(invokeId)).concat(left);
  const running = await stillRunning(
    api,
    state,
    past,
    [...openInvocations(state), ...idsOf(ours)],
    options,
  );
  const interrupted = await awaitEarlier(context, running, world);
  if (interrupted !== undefined) return interrupted;
  const earlier = [...state.invocationIds, ...idsOf(history.mark), ...idsOf(history.strays)];
  const markEarlier = async (): Promise<void> => {
    if (state.ownership === "none") return;
    await markSuperseded(api, state.owner, earlier, world, options);
  };

  const identity: Identity = {
    ...context.identity,
    runId,
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
    await markEarlier();
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
    beforeCalls: markEarlier,
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

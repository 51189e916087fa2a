import { findByIds } from "../../client/fleet.js";
import { CloudAssistantError } from "../../errors.js";
import type { Row } from "../../inputs.js";
import { continuationOf, isLiving } from "../../plan/continuation.js";
import { historyAtUpdate } from "../../plan/history.js";
import { judgeHolds } from "../../plan/hold.js";
import { deniedAmong, refusalOfDenied } from "../../plan/targets.js";
import { LedgerBook } from "../../result/ledger.js";
import { nameOf, type World } from "../world.js";
import { adopt } from "./adopt.js";
import { awaitEarlier } from "./await-earlier.js";
import { leftBehind } from "./diff.js";
import { markSuperseded, refuseForeign } from "./history.js";
import { mayCall } from "./holds.js";
import { newRun } from "./new-run.js";
import type { Outcome } from "./outcome.js";
import { reportRows } from "./report.js";
import { openInvocations, stillRunning } from "./still-running.js";
import {
  type UpdateContext,
  returned,
  drop,
  idsOf,
  callsToWatch,
  execute,
  concluded,
} from "./update-context.js";

/** Goes on with the current run: only the rows in question. */
export async function continueRun(context: UpdateContext, world: World): Promise<Outcome> {
  const { api, state, inputs, change, options, past } = context;
  const history = historyAtUpdate(
    past,
    { savedRunId: state.runId, wantedRunId: state.runId, known: new Set(state.invocationIds) },
    world.hash,
  );
  refuseForeign(history);
  const left = [...history.strays, ...history.marked];
  if (left.length > 0) {
    world.print(
      nameOf(inputs.resourceUrn),
      `${leftBehind(idsOf(left))}; it is set aside, and this runs anew`,
    );
    return newRun(context, world);
  }
  const interrupted = await awaitReturning(context, world);
  if (interrupted !== undefined) return interrupted;
  await markSuperseded(api, state.owner, idsOf(history.mark), world, options);
  const book = new LedgerBook(state.results);
  reportRows(book, world);
  const codes = inputs.successExitCodes ?? [0];
  const before = new Set(
    history.adopt.flatMap((one) => one.members.map((seen) => seen.instanceId)),
  );
  for (const id of change.added) book.set(id, returned(book, id));
  const adopted = adopt(nameOf(inputs.resourceUrn), history.adopt, book, codes, world);
  const current = past.filter((one) => !one.superseded && !history.mark.includes(one));
  const found = judgeHolds(current, context.releasedHolds, world.operator);
  const released = context.released || found.kind === "resumed";
  const plan = continuationOf(state, change, { released, ready: context.ready });
  drop(book, plan.dropped);
  const open = (ids: readonly string[]): readonly string[] =>
    mayCall(found) ? ids.filter((id) => !before.has(id)) : [];
  const untried = open(plan.toRun);
  const newcomers = open(plan.newcomers);
  await refuseDenied(api, [...untried, ...newcomers], world, options);
  const end = await execute(context, book, world, {
    untried,
    newcomers,
    toWatch: [...callsToWatch(plan.toWatch, world), ...adopted],
    membersAtStart: state.membersAtStart,
    attemptsBefore: (id) => attemptsForgiven(state.results[id], released),
    found,
  });
  return concluded(context, book, end, world, {
    earlier: [...state.invocationIds, ...adopted.map((call) => call.invokeId)],
    membersAtStart: state.membersAtStart,
    setAside: state.setAside?.filter((id) => !change.added.includes(id)),
    found,
  });
}

/** Who was dropped while it ran, and comes back: it is not run beside what still runs of it. */
async function awaitReturning(context: UpdateContext, world: World): Promise<Outcome | undefined> {
  const { api, state, change, past, options } = context;
  const returning = new Set(change.added.filter((id) => state.results[id] !== undefined));
  if (returning.size === 0) return undefined;
  const wanted = [
    ...idsOf(past.filter((one) => state.invocationIds.includes(one.invokeId))),
    ...openInvocations(state),
  ];
  const running = [...(await stillRunning(api, state, past, wanted, options))].flatMap(
    ([invokeId, members]) => {
      const theirs = members.filter((id) => returning.has(id));
      return theirs.length === 0 ? [] : [[invokeId, theirs] as const];
    },
  );
  return awaitEarlier(context, new Map(running), world);
}

/**
 * Machines may have come to carry a tag that the operator forbids to touch.
 * @throws CloudAssistantError `TargetsRefused`
 */
async function refuseDenied(
  api: UpdateContext["api"],
  ids: readonly string[],
  world: World,
  options: UpdateContext["options"],
): Promise<void> {
  const { denyTags } = world.operator;
  if (Object.keys(denyTags).length === 0 || ids.length === 0) return;
  const denied = deniedAmong(ids, await findByIds(api, ids, options), denyTags);
  if (denied.length === 0) return;
  throw new CloudAssistantError("TargetsRefused", refusalOfDenied(denied, denyTags));
}

/** What is still in flight has one try of its allowance; what had ended is forgiven. */
function attemptsForgiven(row: Row | undefined, released: boolean): number {
  if (row === undefined) return 0;
  return isLiving(row) && !released ? row.attempt - 1 : row.attempt;
}

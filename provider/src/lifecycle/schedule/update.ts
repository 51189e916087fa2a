import { findTargets } from "../../client/fleet.js";
import type { CloudApi } from "../../client/port.js";
import type { CommandInvocationInputs, CommandInvocationState, Row } from "../../inputs.js";
import { releaseOf } from "../../plan/change.js";
import { chainOf, historyAtUpdate } from "../../plan/history.js";
import { describeHold, judgeHolds, type HoldFound } from "../../plan/hold.js";
import { inputHashOf, nextRunId } from "../../plan/identity.js";
import { scheduleChangeOf, type ScheduleChange } from "../../plan/schedule-change.js";
import { driftOf, type Drift } from "../../plan/schedule-drift.js";
import { isOver } from "../../plan/schedule-end.js";
import { wantedOf, type FoundSchedule, type Wanted } from "../../plan/schedule-wanted.js";
import { membershipOf } from "../../plan/targets.js";
import { pendingOf, tracks } from "../../plan/tracking.js";
import { mustBeAccount, mustBeAllowed } from "../account.js";
import type { Identity } from "../invocation/conclude.js";
import { leftBehind } from "../invocation/diff.js";
import { refuseForeign } from "../invocation/history.js";
import { deadlineMs, waitMs } from "../invocation/limits-of-time.js";
import type { Outcome } from "../invocation/outcome.js";
import { lookAt } from "../invocation/ready.js";
import { refuseMembership, settleCommand, type SettledCommand } from "../invocation/settle.js";
import { nameOf, type World } from "../world.js";
import { abandonedState, bring } from "./bring.js";
import { concludeSchedule } from "./conclude.js";
import { settledPast } from "./settled.js";

type Options = { readonly deadlineMs: number; readonly signal: AbortSignal };

/** Brings a schedule to what is asked for: in place, renewed, healed, or its members alone. */
export async function updateSchedule(
  id: string,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Outcome> {
  const change = scheduleChangeOf(state, inputs);
  const asked = [...change.renews, ...change.modifies];
  const release = releaseOf(state, world.operator);
  const identity = identityOf(id, state);
  const suspends = inputs.schedule?.suspend === true && state.schedule?.suspend !== true;
  if (state.holdId !== "" && release !== "resume" && asked.length === 0 && !suspends) {
    const left = asItIs(identity, state, inputs, world);
    if (release !== "abandon") return left;
    // Who joins or leaves at the same time is no part of what was given up on.
    const { targets } = state;
    return updateSchedule(
      id,
      { ...abandonedState(left.state, world.clock.now()), targets },
      inputs,
      world,
    );
  }

  const api = world.apiFor(state.region, inputs.connection);
  const options: Options = {
    deadlineMs: deadlineMs(inputs.deadline?.update, world),
    signal: world.signal,
  };
  await mustBeAccount(api, state, options);
  mustBeAllowed(state.accountId, world.operator.allowedAccountIds, inputs.connection?.accountId);
  const command = await settleCommand(api, inputs, world.hash, options);
  const inputHash = await inputHashOf(inputs, command, state.owner, world.hash);
  const wanted = wantedOf(inputs, command.contentHash, inputHash);
  const patienceMs = waitMs(state, state.timeout ?? command.timeout);
  const past = await settledPast(api, state, patienceMs, options, world);
  const known = new Set(state.invocationIds);
  const ledgers = past.filter((one) => known.has(one.invokeId));
  const nowMs = world.clock.now();
  const wasOver = isOver(state.schedule ?? {}, nowMs);
  const over = isOver(inputs.schedule ?? {}, nowMs);
  const drift = driftOf(state, ledgers, wantedBefore(state), wasOver);
  const newRun =
    !over &&
    inputs.schedule?.suspend !== true &&
    (asked.length > 0 || release === "resume" || isToBeHealed(state, drift, ledgers));
  const runId = newRun ? nextRunId(state.runId, inputHash, world.hash) : state.runId;

  const history = historyAtUpdate(
    // Current is what is alive; what came to its end is of another time.
    past.map((one) => ({ ...one, superseded: one.alive.size === 0 })),
    { savedRunId: state.runId, wantedRunId: runId, known },
    world.hash,
  );
  refuseForeign(history);
  const byId = new Map(past.map((one) => [one.invokeId, one]));
  const foundOf = (ids: readonly { readonly invokeId: string }[]): readonly FoundSchedule[] =>
    ids.flatMap(({ invokeId }) => byId.get(invokeId) ?? []);
  const [adopted, strays] = [foundOf(history.adopt), foundOf(history.strays)];
  sayStrays(strays, inputs, world);
  const releasedHolds = [
    ...state.releasedHolds,
    ...(release === "resume" || asked.length > 0 || suspends ? holdsOf(state, ledgers, asked) : []),
  ];
  const found: HoldFound = suspends
    ? { kind: "none" }
    : judgeHolds([...ledgers, ...adopted], releasedHolds, world.operator);
  const whole = newRun && asked.length > 0 && ledgers.every((one) => one.alive.size === 0);
  const members = await membersOf(
    api,
    state,
    inputs,
    change,
    newRun && asked.length > 0,
    world,
    options,
  );
  if (found.kind === "resumed") {
    world.print(nameOf(inputs.resourceUrn), `${describeHold(found.hold)} is released`);
  }
  return bring(
    {
      api,
      inputs,
      state,
      command,
      wanted,
      identity: {
        ...identity,
        runId: adopted.at(-1)?.runId ?? runId,
        inputHash,
        contentHash: command.contentHash,
      },
      runIds: chainOf(
        runId,
        past.filter((one) => one.alive.size === 0),
        world.hash,
      ),
      newRun,
      whole,
      rearms: asked.length > 0,
      modifies: change.renews.length > 0 ? [] : change.modifies,
      members,
      past,
      ours: [...ledgers, ...adopted],
      adopted,
      strays,
      ready: await readyNow(api, state, inputs, members, command, options),
      found,
      releasedHolds: [...new Set(releasedHolds)],
      waitMs: waitMs(inputs, command.timeout),
      patienceMs,
      options,
    },
    world,
  );
}

export function identityOf(id: string, state: CommandInvocationState): Identity {
  return {
    id,
    owner: state.owner,
    runId: state.runId,
    inputHash: state.inputHash,
    contentHash: state.commandContentHash,
    accountId: state.accountId,
    region: state.region,
  };
}

/** What the state says that its invocations look like. */
export function wantedBefore(state: CommandInvocationState): Wanted {
  return wantedOf(state, state.commandContentHash, state.inputHash);
}

/** Held: nothing is called, and the new inputs are saved beside the old rows. */
function asItIs(
  identity: Identity,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  world: World,
): Outcome {
  const { added, removed } = scheduleChangeOf(state, inputs);
  const rows: Record<string, Row> = { ...state.results };
  for (const id of removed) {
    const row = rows[id];
    if (row !== undefined) rows[id] = { ...row, status: "Dropped" };
  }
  // Who joins waits like everybody else.
  for (const id of added) rows[id] = { status: "NotStarted", attempt: rows[id]?.attempt ?? 0 };
  const outcome = concludeSchedule(inputs, identity, rows, {
    ending: { kind: "held", reason: `hold ${state.holdId} is in force` },
    holdId: state.holdId,
    releasedHolds: state.releasedHolds,
    membersAtStart: state.membersAtStart,
    setAside: state.setAside ?? [],
    invocationIds: state.invocationIds,
    nowMs: world.clock.now(),
  });
  const { status, holdReason } = state;
  return {
    ...outcome,
    state: { ...outcome.state, status, ...(holdReason === undefined ? {} : { holdReason }) },
  };
}

/** Whether what was armed has to be armed anew, or was changed from elsewhere. */
function isToBeHealed(
  state: CommandInvocationState,
  drift: Drift,
  ledgers: readonly FoundSchedule[],
): boolean {
  const stopped = Object.values(state.results).some(
    ({ status }) => status === "Cancelled" || status === "Terminated",
  );
  const stale = ledgers.some(
    (one) => one.alive.size > 0 && one.inputHash !== "" && one.inputHash !== state.inputHash,
  );
  const rests = state.status === "Suspended" || state.status === "Stopped";
  return rests || stopped || stale || drift.stopped.length > 0 || drift.edited.length > 0;
}

/** Holds that a new arming leaves behind. */
function holdsOf(
  state: CommandInvocationState,
  ledgers: readonly FoundSchedule[],
  asked: readonly string[],
): readonly string[] {
  const found = asked.length > 0 ? ledgers.flatMap((one) => one.hold?.id ?? []) : [];
  return state.holdId === "" ? found : [state.holdId, ...found];
}

/**
 * Who is to be armed. Pinned members stay, but for those who are named now or no longer, and who is
 * named is judged with the others; a new run and tracked members are resolved anew.
 */
async function membersOf(
  api: CloudApi,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  change: ScheduleChange,
  newRun: boolean,
  world: World,
  options: Options,
): Promise<readonly string[]> {
  const stays = !tracks(inputs) && !newRun;
  const removed = new Set(change.removed);
  const pinned = Object.entries(state.results)
    .filter(([id, row]) => row.status !== "Dropped" && !removed.has(id))
    .map(([id]) => id);
  if (stays && change.added.length === 0) return pinned;
  const membership = membershipOf(inputs.targets, await findTargets(api, inputs.targets, options));
  if (stays) {
    const added = change.added.filter((id) => membership.members.includes(id));
    if (added.length > 0) refuseMembership(inputs, membership, world);
    return [...new Set([...pinned, ...added])];
  }
  const joins = membership.members.some((id) => {
    const row = state.results[id];
    return row === undefined || row.status === "Dropped";
  });
  if (newRun || joins) refuseMembership(inputs, membership, world);
  return membership.members;
}

/** Members that waited to be ready, and are. */
async function readyNow(
  api: CloudApi,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  members: readonly string[],
  command: SettledCommand,
  options: Options,
): Promise<ReadonlySet<string>> {
  const wanted = new Set(members);
  const pending = pendingOf(inputs, state.results).filter((id) => wanted.has(id));
  if (pending.length === 0) return new Set();
  const standings = await lookAt(api, pending, command.type, options);
  return new Set(pending.filter((id) => standings.get(id)?.kind === "ready"));
}

function sayStrays(
  strays: readonly FoundSchedule[],
  inputs: CommandInvocationInputs,
  world: World,
): void {
  if (strays.length === 0) return;
  world.print(
    nameOf(inputs.resourceUrn),
    `${leftBehind(strays.map((one) => one.invokeId))}; it is stopped`,
  );
}

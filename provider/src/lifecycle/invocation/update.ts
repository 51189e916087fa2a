import { findByIds } from "../../client/fleet.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, CommandInvocationState, Row } from "../../inputs.js";
import { changeOf, releaseOf, type Change } from "../../plan/change.js";
import { continuationOf, isLiving } from "../../plan/continuation.js";
import { historyAtUpdate, type PastInvocation } from "../../plan/history.js";
import { describeHold, judgeHolds, type HoldFound } from "../../plan/hold.js";
import { holdStands } from "../../plan/hold-stands.js";
import { inputHashOf, nextRunId } from "../../plan/identity.js";
import { deniedAmong, named, refusalOfDenied } from "../../plan/targets.js";
import { tracks } from "../../plan/tracking.js";
import { LedgerBook } from "../../result/ledger.js";
import { redactor, secretValues } from "../../result/redact.js";
import { mustBeAccount, mustBeAllowed } from "../account.js";
import { armAfterRun } from "../schedule/after-run.js";
import { stoppedForRun, stopStrays } from "../schedule/before-run.js";
import { updateSchedule } from "../schedule/update.js";
import { nameOf, type World } from "../world.js";
import { adopt } from "./adopt.js";
import { reportCut, startCapture } from "./capture.js";
import { conclude, type Identity } from "./conclude.js";
import { notStarted, startingRows } from "./create.js";
import { follow, type AcceptedCall } from "./follow.js";
import { historyOf, markSuperseded, refuseForeign } from "./history.js";
import { concludingHolds, leftAsItIs, mayCall, untriedOf } from "./holds.js";
import { deadlineMs, waitMs } from "./limits-of-time.js";
import type { Outcome } from "./outcome.js";
import { prepareRun } from "./prepare.js";
import { reporting, reportRows, reportVerdict, startedBook } from "./report.js";
import { runMembers, type RunEnd } from "./run.js";
import { settleCommand, settleMembers, type SettledCommand } from "./settle.js";
import { settleTracked } from "./tracked.js";

/** Brings what exists to what is asked for: a new run, the rows in question, or nothing. */
export async function update(
  id: string,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Outcome> {
  return reportVerdict(await bring(id, state, inputs, reporting(world, inputs, state)), world);
}

async function bring(
  id: string,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Outcome> {
  if (inputs.schedule !== undefined && state.schedule !== undefined) {
    return updateSchedule(id, state, inputs, world);
  }
  const change = changeOf(state, inputs);
  const release = releaseOf(state, world.operator);
  const identity = identityOf(id, state);
  if (change.runs.length === 0) {
    if (release === "abandon") {
      const left = abandoned(identity, state, inputs, state.holdId);
      // Who joins at the same time is no part of what was given up on.
      const joins = change.added.length > 0 || tracks(inputs);
      return joins ? bring(id, { ...left.state, targets: state.targets }, inputs, world) : left;
    }
    if (!tracks(inputs) && callsNothing(change, release)) {
      return saveOnly(identity, state, inputs, change, world);
    }
  }

  const api = world.apiFor(state.region, inputs.connection);
  const deadline = deadlineMs(inputs.deadline?.update, world);
  const options = { deadlineMs: deadline, signal: world.signal };
  await mustBeAccount(api, state, options);
  mustBeAllowed(state.accountId, world.operator.allowedAccountIds, inputs.connection?.accountId);
  const command = await settleCommand(api, inputs, world.hash, options);
  const moves =
    change.runs.length === 0 && tracks(inputs)
      ? await settleTracked(api, state, inputs, command.type, world, options)
      : undefined;
  if (moves !== undefined && moves.ready.size === 0 && callsNothing(moves.change, release)) {
    return saveOnly(identity, state, inputs, moves.change, world);
  }
  const past = state.ownership === "none" ? [] : await historyOf(api, state.owner, options);
  const releasedHolds =
    release === "resume" ? [...state.releasedHolds, state.holdId] : state.releasedHolds;
  const context: UpdateContext = {
    api,
    identity,
    state,
    inputs,
    change: moves?.change ?? change,
    ready: moves?.ready ?? new Set(),
    command,
    past,
    options,
    released: release === "resume",
    releasedHolds,
  };
  return change.runs.length > 0 ? newRun(context, world) : continueRun(context, world);
}

type UpdateContext = {
  readonly api: ReturnType<World["apiFor"]>;
  readonly identity: Identity;
  readonly state: CommandInvocationState;
  readonly inputs: CommandInvocationInputs;
  readonly change: Change;
  /** Members that waited to be ready, and are. */
  readonly ready: ReadonlySet<string>;
  readonly command: SettledCommand;
  readonly past: readonly PastInvocation[];
  readonly options: { readonly deadlineMs: number; readonly signal: AbortSignal };
  /** An operator releases the hold of the state. */
  readonly released: boolean;
  /** Every hold that was released, that one included. */
  readonly releasedHolds: readonly string[];
};

function identityOf(id: string, state: CommandInvocationState): Identity {
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

/** Whether the ledger is only saved: there is nothing to do, or nothing may be done. */
function callsNothing(change: Change, release: ReturnType<typeof releaseOf>): boolean {
  if (change.unfinished === "held") return release === undefined;
  const wanted = change.unfinished === "retry" || change.unfinished === "continue";
  return !wanted && change.added.length === 0 && release === undefined;
}

/** The ledger as it is, with dropped members taken out and judged by the new inputs. */
function saveOnly(
  identity: Identity,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  change: Change,
  world: World,
): Outcome {
  const book = new LedgerBook(state.results);
  drop(book, change.removed);
  // Under a hold, who joins waits like everybody else.
  for (const id of change.added) book.set(id, returned(book, id));
  const rows = Object.values(book.toLedger());
  const held =
    change.unfinished === "held" &&
    (change.removed.length === 0 || holdStands(state, inputs, rows));
  return conclude(inputs, identity, book, {
    ...unchanged(state, inputs),
    holdId: state.holdId === "" ? `${state.runId}.${world.randomId(8)}` : state.holdId,
    ending: held
      ? { kind: "held", reason: `hold ${state.holdId} is in force` }
      : { kind: "complete" },
    heldFor: held ? state.holdReason : undefined,
  });
}

function abandoned(
  identity: Identity,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  holdId: string,
): Outcome {
  const outcome = conclude(inputs, identity, new LedgerBook(state.results), {
    ...unchanged(state, inputs),
    ending: { kind: "complete" },
  });
  return leftAsItIs(outcome, holdId);
}

/** One that comes back keeps counting: the same attempt would be answered with the old invocation. */
function returned(book: LedgerBook, id: string): Row {
  return { ...notStarted, attempt: book.get(id)?.attempt ?? 0 };
}

function unchanged(
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
): Omit<Parameters<typeof conclude>[3], "ending"> {
  return {
    holdId: state.holdId,
    releasedHolds: state.releasedHolds,
    membersAtStart: state.membersAtStart,
    earlierInvocationIds: state.invocationIds,
    setAside: state.setAside,
    accepted: [],
    redact: redactor(secretValues(inputs, inputs.secretInputs ?? [])),
    outputCut: false,
  };
}

function drop(book: LedgerBook, ids: readonly string[]): void {
  for (const id of ids) {
    const row = book.get(id);
    if (row !== undefined) book.set(id, { ...row, status: "Dropped" });
  }
}

/** Runs on all members anew, after what the earlier run left going has ended. */
async function newRun(given: UpdateContext, world: World): Promise<Outcome> {
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
  if (state.ownership !== "none") {
    await markSuperseded(api, state.owner, earlier, world, options);
  }
  await stopStrays(state, history.strays, api, options, world);
  const awaited = history.strays.filter((one) => !one.scheduled);
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

/** What the service knows of the owner, once the schedule before was stopped and marked. */
function pastOf({ api, state, options }: UpdateContext): Promise<readonly PastInvocation[]> {
  return state.ownership === "none" ? Promise.resolve([]) : historyOf(api, state.owner, options);
}

function holdOfState(state: CommandInvocationState): readonly string[] {
  return state.holdId === "" ? [] : [state.holdId];
}

function idsOf(past: readonly PastInvocation[]): readonly string[] {
  return past.map((one) => one.invokeId);
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

/** Goes on with the current run: only the rows in question. */
async function continueRun(context: UpdateContext, world: World): Promise<Outcome> {
  const { api, state, inputs, change, options, past } = context;
  const history = historyAtUpdate(
    past,
    { savedRunId: state.runId, wantedRunId: state.runId, known: new Set(state.invocationIds) },
    world.hash,
  );
  refuseForeign(history);
  if (history.strays.length > 0) {
    world.print(
      nameOf(inputs.resourceUrn),
      `an interrupted update left ${named(idsOf(history.strays))}; it is set aside, and this runs anew`,
    );
    return newRun(context, world);
  }
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
  const left = (ids: readonly string[]): readonly string[] =>
    mayCall(found) ? ids.filter((id) => !before.has(id)) : [];
  const untried = left(plan.toRun);
  const newcomers = left(plan.newcomers);
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

function callsToWatch(
  calls: ReadonlyMap<string, readonly string[]>,
  world: World,
): readonly AcceptedCall[] {
  return [...calls].map(([invokeId, members]) => ({
    invokeId,
    members,
    acceptedAt: world.clock.now(),
  }));
}

async function execute(
  context: UpdateContext,
  book: LedgerBook,
  world: World,
  what: {
    readonly untried: readonly string[];
    readonly newcomers?: readonly string[];
    readonly toWatch: readonly AcceptedCall[];
    readonly membersAtStart: number;
    readonly attemptsBefore?: (instanceId: string) => number;
    readonly found: HoldFound;
  },
): Promise<RunEnd & { readonly outputCut: boolean }> {
  const { api, inputs, identity, command, options } = context;
  const groups = { toRun: what.untried, newcomers: what.newcomers ?? [] };
  const { membersAtStart } = what;
  const who = { ...groups, membersAtStart };
  const prepared = await prepareRun(api, inputs, command.type, who, book, world, options);
  const redact = redactor(secretValues(inputs, inputs.secretInputs ?? []));
  const capture = startCapture(inputs.output, redact);
  const released = new Set(context.releasedHolds);
  const end = await runMembers(
    api,
    {
      inputs,
      identity,
      runnable: command.runnable,
      type: command.type,
      ...prepared,
      toWatch: what.toWatch,
      ...(what.attemptsBefore === undefined ? {} : { attemptsBefore: what.attemptsBefore }),
      retryWatched: context.released || what.found.kind === "resumed",
      maxPerCall: world.operator.maxInstancesPerCall,
      membersAtStart,
      superseded: new Set(context.past.filter((one) => one.superseded).map((one) => one.invokeId)),
      waitMs: waitMs(inputs, command.timeout),
      deadlineMs: options.deadlineMs,
      capture,
      holds: (holdId) => !released.has(holdId) && holdId !== world.operator.resume,
    },
    book,
    world,
  );
  reportCut(capture, inputs, world);
  return { ...end, outputCut: capture.cut };
}

function concluded(
  context: UpdateContext,
  book: LedgerBook,
  end: RunEnd & { readonly outputCut: boolean },
  world: World,
  which: {
    readonly earlier: readonly string[];
    readonly membersAtStart: number;
    readonly setAside?: readonly string[] | undefined;
    readonly found: HoldFound;
  },
): Outcome {
  const { inputs, identity } = context;
  const conclusion = concludingHolds(end, which.found, context.releasedHolds, world);
  const outcome = conclude(inputs, { ...identity, runId: end.runId }, book, {
    ...conclusion,
    membersAtStart: which.membersAtStart,
    setAside: which.setAside,
    earlierInvocationIds: which.earlier,
    accepted: end.accepted,
    redact: redactor(secretValues(inputs, inputs.secretInputs ?? [])),
    outputCut: end.outputCut,
  });
  return which.found.kind === "abandoned" ? leftAsItIs(outcome, which.found.hold.id) : outcome;
}

import type { CloudApi } from "../../client/port.js";
import type { CommandInvocationInputs, CommandInvocationState, Ledger } from "../../inputs.js";
import { describeHold, type HoldFound } from "../../plan/hold.js";
import { hasFired, isOver } from "../../plan/schedule-end.js";
import { isNew, membersToArm } from "../../plan/schedule-members.js";
import { planSchedule, type SchedulePlan } from "../../plan/schedule-plan.js";
import type { FoundSchedule, Wanted } from "../../plan/schedule-wanted.js";
import type { Shard } from "../../plan/shards.js";
import { named } from "../../plan/targets.js";
import type { LedgerBook } from "../../result/ledger.js";
import { standingOfArmed } from "../../result/schedule-verdict.js";
import type { Ending } from "../../result/verdict.js";
import type { Identity } from "../invocation/conclude.js";
import { mayCall } from "../invocation/holds.js";
import { markSuperseded } from "../invocation/history.js";
import type { Outcome } from "../invocation/outcome.js";
import { checkQuota } from "../invocation/quota.js";
import { sweep } from "../invocation/ready.js";
import { reporting, startedBook } from "../invocation/report.js";
import type { SettledCommand } from "../invocation/settle.js";
import { nameOf, type World } from "../world.js";
import { concludeSchedule } from "./conclude.js";
import { converge, refusalOf, type ConvergeEnd } from "./converge.js";
import { cutBy, engineGone, type Cut, type Ground } from "./ground.js";
import { retag } from "./in-place.js";
import { rowAtHome, rowsNow, type Truth } from "./truth.js";

/** Everything that was read and decided before a schedule is brought to what is wanted. */
export type Bringing = {
  readonly api: CloudApi;
  readonly inputs: CommandInvocationInputs;
  /** Undefined at create, and where a run now becomes a schedule. */
  readonly state: CommandInvocationState | undefined;
  readonly command: SettledCommand;
  readonly wanted: Wanted;
  readonly identity: Identity;
  /** The run ids that this operation continues or makes. */
  readonly runIds: ReadonlySet<string>;
  readonly newRun: boolean;
  /** The run before is over everywhere, so that the new one is on all members. */
  readonly whole: boolean;
  /** Whether the inputs ask for another arming; then the old ones are kept while it is not done. */
  readonly rearms: boolean;
  readonly modifies: readonly string[];
  readonly members: readonly string[];
  /** Everything of this owner. */
  readonly past: readonly FoundSchedule[];
  /** Of them: the ledger's, and those taken over. */
  readonly ours: readonly FoundSchedule[];
  readonly adopted: readonly FoundSchedule[];
  readonly strays: readonly FoundSchedule[];
  readonly ready: ReadonlySet<string>;
  readonly found: HoldFound;
  readonly releasedHolds: readonly string[];
  readonly waitMs: number;
  /** How long the end of what the earlier inputs run is waited for. */
  readonly patienceMs: number;
  readonly options: { readonly deadlineMs: number; readonly signal: AbortSignal };
};

/** Arms everyone who is to be armed, as wanted, and nobody else. */
export async function bring(given: Bringing, world: World): Promise<Outcome> {
  const { inputs, identity, state } = given;
  const told = reporting(world, inputs, identity);
  const { schedule = {} } = inputs;
  const over = state !== undefined && isOver(schedule, world.clock.now());
  const truth: Truth = { schedule, over, successExitCodes: inputs.successExitCodes ?? [0] };
  const byId = new Map(given.ours.map((one) => [one.invokeId, one]));
  const before = state?.schedule ?? schedule;
  const wasOver = state !== undefined && isOver(before, world.clock.now());
  const rows = rowsNow(state?.results ?? {}, byId, { ...truth, schedule: before, over: wasOver });
  const members = new Set(given.members);
  const book = startedBook(rows, told);
  for (const [id, row] of Object.entries(rows)) {
    if (!members.has(id)) book.set(id, { ...row, status: "Dropped" });
  }
  for (const id of given.members) {
    if (book.get(id) === undefined) book.set(id, { status: "NotStarted", attempt: 0 });
  }
  sayAdopted(given, told);

  const ground = groundOf(given, book, told);
  const first = decide(given, book.toLedger(), over, world);
  for (const [id, home] of first.homes) {
    const row = book.get(id);
    const one = byId.get(home.invokeId);
    if (one === undefined) continue;
    if (row?.invocationId === home.invokeId && row.status !== "Dropped") continue;
    book.set(id, rowAtHome(id, row, home, one, truth));
  }
  const aside = setAsideBy(given, rows, truth);
  const mayGo = mayCall(given.found) || given.found.kind === "abandoned";
  const plan = mayGo ? await prepare(given, first, book, told) : nothingOf(first);
  const done = mayGo
    ? await converge(
        {
          plan,
          strays: given.strays,
          found: byId,
          before: state ?? inputs,
          patienceMs: given.patienceMs,
          pending: pendingCalls(book, plan, told),
          formerly: (shard) => formerly(shard, rows, byId),
        },
        ground,
      )
    : { accepted: [], modified: [], touched: false };
  if (done.cut !== undefined && !done.touched && given.adopted.length === 0) {
    const held = done.cut.kind === "ending" && done.cut.ending.kind === "held";
    if (!held) throw refusalOf(done.cut);
  }
  if (schedule.suspend === true && done.cut === undefined) unarm(book, truth);
  const cut = done.cut ?? (await tidy(given, done, book, ground));
  return conclude(given, { ...done, ...(cut === undefined ? {} : { cut }) }, aside, book, ground);
}

/** Whether what is armed is left as it is, since an operator has said so. */
function isAbandoned({ state, rearms, found }: Bringing): boolean {
  return found.kind === "abandoned" || (state?.status === "Abandoned" && !rearms);
}

/** Whom an operator gave up on: they count no more, and nothing is called for them. */
function setAsideBy(given: Bringing, rows: Ledger, truth: Truth): readonly string[] {
  // A suspension arms everybody when it ends.
  if (given.rearms || given.found.kind === "resumed" || truth.schedule.suspend === true) return [];
  if (given.found.kind === "abandoned") return asideOf(rows, truth);
  return given.state?.setAside ?? [];
}

/** Members that are neither armed nor done, without those who have only just come. */
function asideOf(rows: Ledger, { schedule, over }: Pick<Truth, "schedule" | "over">): string[] {
  return Object.entries(rows).flatMap(([id, row]) => {
    const standing = standingOfArmed(row, schedule, over);
    const rests = standing === "armed" || standing === "fired" || standing === "aside";
    return rests || isNew(row) ? [] : [id];
  });
}

function sayAdopted({ adopted, inputs }: Bringing, world: World): void {
  if (adopted.length === 0) return;
  for (const one of adopted) {
    world.emit({
      event: "call",
      outcome: "adopted",
      invokeId: one.invokeId,
      members: one.members.map(({ instanceId }) => ({ instanceId, attempt: 1 })),
    });
  }
  world.print(
    nameOf(inputs.resourceUrn),
    `takes over ${named(adopted.map((one) => one.invokeId))}: armed before, not armed again ` +
      `(--replace arms it anew)`,
  );
}

function groundOf(given: Bringing, book: LedgerBook, world: World): Ground {
  const { identity, past, releasedHolds } = given;
  const released = new Set(releasedHolds);
  return {
    api: given.api,
    inputs: given.inputs,
    identity: { owner: identity.owner, runId: identity.runId, inputHash: identity.inputHash },
    runnable: given.command.runnable,
    type: given.command.type,
    options: given.options,
    // An invocation of a schedule is of another time once nothing of it is alive.
    superseded: new Set(
      past.filter((one) => one.superseded || one.alive.size === 0).map((one) => one.invokeId),
    ),
    book,
    wanted: given.wanted,
    waitMs: given.waitMs,
    maxPerCall: world.operator.maxInstancesPerCall,
    holds: (holdId) =>
      !released.has(holdId) &&
      holdId !== world.operator.resume &&
      holdId !== world.operator.abandon,
    world,
  };
}

function decide(given: Bringing, rows: Ledger, over: boolean, world: World): SchedulePlan {
  const { inputs, state, members } = given;
  const { toArm, again } = membersToArm({
    rows,
    members,
    schedule: inputs.schedule ?? {},
    over,
    newRun: given.newRun,
    whole: given.whole,
    continues: state?.status === "Interrupted",
    retries: inputs.retry?.onNextUp !== false,
    abandoned: isAbandoned(given),
    setAside: new Set(given.rearms ? [] : (state?.setAside ?? [])),
    ready: given.ready,
  });
  return planSchedule({
    rows,
    invocations: given.ours,
    wanted: given.wanted,
    savedHash: state?.inputHash ?? given.wanted.hash,
    modifies: given.modifies,
    members,
    toArm,
    again,
    suspended: inputs.schedule?.suspend === true,
    over,
    abandoned: isAbandoned(given),
    maxPerCall: world.operator.maxInstancesPerCall,
  });
}

function nothingOf(plan: SchedulePlan): SchedulePlan {
  return { homes: plan.homes, stops: [], modifies: [], renews: [], additions: [], arms: [] };
}

/**
 * Readiness and quota, before anything is stopped or called. Attempts of a new run begin anew.
 * @throws CloudAssistantError `NotReady` or `QuotaExceeded`
 */
async function prepare(
  given: Bringing,
  plan: SchedulePlan,
  book: LedgerBook,
  world: World,
): Promise<SchedulePlan> {
  const { api, inputs, command, options, newRun, runIds } = given;
  const runOf = new Map(given.ours.map((one) => [one.invokeId, one.runId]));
  const shards = [
    ...plan.renews.flatMap((one) => one.arms),
    ...plan.additions.map((one) => one.shard),
    ...plan.arms,
  ];
  const ids = shards.flatMap(({ members }) => members);
  if (ids.length === 0) return plan;
  for (const id of ids) {
    const row = book.get(id);
    if (row === undefined || !newRun || inputs.ownership === "none") continue;
    const ofThisRun = runIds.has(runOf.get(row.invocationId ?? "") ?? "");
    if (!ofThisRun && row.attempt > 0) book.set(id, { ...row, attempt: 0 });
  }
  const membersAtStart = membersAtStartOf(given);
  const batches = new Map(ids.map((id) => [id, book.get(id)?.batch]));
  const swept = await sweep(
    api,
    inputs,
    command.type,
    { ids, membersAtStart },
    book,
    world,
    options,
  );
  const ready = new Set(swept.ready);
  for (const id of ids) {
    const row = book.get(id);
    const batch = batches.get(id);
    // Who is left out keeps its place.
    if (!ready.has(id) && row !== undefined && batch !== undefined) book.set(id, { ...row, batch });
  }
  const fit = (shard: Shard): Shard => ({
    number: shard.number,
    members: shard.members.filter((id) => ready.has(id)),
  });
  const some = (shard: Shard): boolean => shard.members.length > 0;
  const prepared: SchedulePlan = {
    ...plan,
    renews: plan.renews.map((one) => ({ ...one, arms: one.arms.map(fit).filter(some) })),
    additions: plan.additions
      .map((one) => ({ ...one, shard: fit(one.shard) }))
      .filter((one) => some(one.shard)),
    arms: plan.arms.map(fit).filter(some),
  };
  const calls = prepared.arms.length + prepared.renews.flatMap((one) => one.arms).length;
  if (calls > 0) await checkQuota(api, inputs, calls, world, options);
  return prepared;
}

function membersAtStartOf({ newRun, state, members }: Bringing): number {
  return newRun || state === undefined ? members.length : state.membersAtStart;
}

/** Members whose call was accepted, and that were not past Pending when they were last seen. */
function pendingCalls(book: LedgerBook, plan: SchedulePlan, world: World) {
  const pending = new Map<string, string[]>();
  const renewed = new Set(plan.renews.map((one) => one.invokeId));
  for (const [id, { invokeId }] of plan.homes) {
    if (book.get(id)?.status !== "Pending" || renewed.has(invokeId)) continue;
    pending.set(invokeId, [...(pending.get(invokeId) ?? []), id]);
  }
  const acceptedAt = world.clock.now();
  return [...pending].map(([invokeId, members]) => ({ invokeId, members, acceptedAt }));
}

/** The invocation that most of a shard was armed by. */
function formerly(
  shard: Shard,
  rows: Ledger,
  found: ReadonlyMap<string, FoundSchedule>,
): FoundSchedule | undefined {
  for (const id of shard.members) {
    const one = found.get(rows[id]?.invocationId ?? "");
    if (one !== undefined && one.stoppedMs.has(id)) return one;
  }
  return undefined;
}

/** Nothing is armed any more, and everything else is kept: who has fired once and for all is done. */
function unarm(book: LedgerBook, { schedule, over }: Truth): void {
  for (const [id, { status, batch, attempt }] of [...book.entries()]) {
    if (hasFired(schedule, status, over)) continue;
    if (status === "Dropped" || status === "Gone" || status === "Skipped") continue;
    book.set(id, { status: "NotStarted", ...(batch === undefined ? {} : { batch }), attempt });
  }
}

/**
 * The end of an operation that came to its end: what was changed in place says so by its tags, and
 * what is replaced is marked, last of all.
 */
async function tidy(
  given: Bringing,
  end: ConvergeEnd,
  book: LedgerBook,
  ground: Ground,
): Promise<Cut | undefined> {
  const { api, inputs, past, options, strays } = given;
  if (inputs.ownership === "none" || given.found.kind === "in-force") return undefined;
  const named = new Set([...book.entries()].map(([, row]) => row.invocationId));
  const kept = new Set([...end.accepted, ...end.modified]);
  const stray = new Set(strays.map((one) => one.invokeId));
  const replaced = past.filter(
    ({ invokeId, superseded }) =>
      !superseded && !kept.has(invokeId) && (stray.has(invokeId) || !named.has(invokeId)),
  );
  const ids = replaced.map((one) => one.invokeId);
  if (end.modified.length + ids.length > 0 && !(await ground.world.presence())) return engineGone;
  try {
    await retag(end.modified, ground);
    await markSuperseded(api, given.identity.owner, ids, ground.world, options);
    return undefined;
  } catch (reason) {
    return cutBy(reason);
  }
}

function conclude(
  given: Bringing,
  end: ConvergeEnd,
  aside: readonly string[],
  book: LedgerBook,
  ground: Ground,
): Outcome {
  const { inputs, identity, state, found, adopted, rearms } = given;
  const { world } = ground;
  const released =
    found.kind === "resumed" || found.kind === "abandoned"
      ? [...given.releasedHolds, found.hold.id]
      : given.releasedHolds;
  const rows = book.toLedger();
  // While the old arming still stands somewhere, the next `up` has to see the change again.
  const unfinished = end.cut !== undefined && rearms && state !== undefined;
  const referred = Object.values(rows).flatMap((row) => row.invocationId ?? []);
  const conclusion = {
    ending: endingOf(end, found),
    refusal: end.cut?.kind === "refused" ? end.cut.error.message : undefined,
    holdId: holdIdOf(end, found) ?? `${ground.identity.runId}.${world.randomId(8)}`,
    releasedHolds: [...new Set(released)],
    membersAtStart: membersAtStartOf(given),
    setAside: aside,
    invocationIds: [
      ...new Set([
        ...(end.cut === undefined && found.kind !== "in-force" ? [] : (state?.invocationIds ?? [])),
        ...adopted.filter((one) => referred.includes(one.invokeId)).map((one) => one.invokeId),
        ...referred,
        ...end.accepted,
      ]),
    ],
    nowMs: world.clock.now(),
  };
  return unfinished
    ? concludeSchedule(
        state,
        {
          ...identity,
          runId: state.runId,
          inputHash: state.inputHash,
          contentHash: state.commandContentHash,
        },
        rows,
        conclusion,
      )
    : concludeSchedule(inputs, { ...identity, runId: ground.identity.runId }, rows, conclusion);
}

/** The state once an operator has said that what is held is left as it is. */
export function abandonedState(
  { holdReason: _reason, ...state }: CommandInvocationState,
  nowMs: number,
): CommandInvocationState {
  const { schedule = {}, results, releasedHolds, holdId } = state;
  return {
    ...state,
    status: "Abandoned",
    setAside: asideOf(results, { schedule, over: isOver(schedule, nowMs) }),
    holdId: "",
    releasedHolds: [...new Set([...releasedHolds, holdId])],
  };
}

function endingOf(end: ConvergeEnd, found: HoldFound): Ending {
  if (found.kind === "in-force") {
    return { kind: "held", reason: `${describeHold(found.hold)} is in force` };
  }
  return end.cut?.kind === "ending" ? end.cut.ending : { kind: "complete" };
}

function holdIdOf(end: ConvergeEnd, found: HoldFound): string | undefined {
  if (found.kind === "in-force") return found.hold.id;
  return end.cut?.kind === "ending" ? end.cut.holdId : undefined;
}

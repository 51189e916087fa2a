import type { CloudApi } from "../../client/port.js";
import { checkCommandInvocation, type KnownCommand } from "../../check/index.js";
import { CloudAssistantError } from "../../errors.js";
import type { EventBody, PlanEvent } from "../../events.js";
import type { CommandInvocationInputs, Plan, Problem, TrackedMembers } from "../../inputs.js";
import { budgetOf, planBatches, taggedCanaries, type Batch } from "../../plan/batches.js";
import { runMakingChanges } from "../../plan/change.js";
import { nothingToDo, planOf } from "../../plan/plan-of.js";
import { standingsFor, unreadyBudget, type Standing } from "../../plan/readiness.js";
import {
  judgeMembership,
  memberLimit,
  membershipOf,
  named,
  type Membership,
} from "../../plan/targets.js";
import { joinedSince, trackedAfter, tracks } from "../../plan/tracking.js";
import { containsUnknown, isUnknown, unknown } from "../../unknown.js";
import { accountOf } from "../account.js";
import {
  armsAll,
  asksForArming,
  scheduleStands,
  whenLines,
  withArmed,
} from "../schedule/preview.js";
import { nameOf, type World } from "../world.js";
import { adoptsGiven, coveredBy, findGiven, otherContent, type Given } from "./adopt-given.js";
import { waitMs } from "./limits-of-time.js";
import { isSkipped, standingsAmong } from "./ready.js";
import { earlierRuns } from "./earlier-runs.js";
import { reporting } from "./report.js";
import { findTargetsFor, settleCommand, type SettledCommand } from "./settle.js";

export type CheckEnd = {
  readonly problems: readonly Problem[];
  readonly inputs: CommandInvocationInputs | undefined;
};

/** Trouble that passes is not waited out for long: a preview says "not known" instead. */
const patienceMs = 8_000;

/**
 * Judges the inputs, and says what will happen: `plan` among the inputs, which is stable, and
 * printed lines for what moves with time. Reads only; a read that fails makes a line say "not
 * known", never an error, unless the operator requires a known plan.
 */
export async function check(
  olds: CommandInvocationInputs | undefined,
  raw: Readonly<Record<string, unknown>>,
  world: World,
): Promise<CheckEnd> {
  const stands = scheduleStands(olds, raw);
  const first = checkCommandInvocation(raw, { nowMs: world.clock.now(), scheduleStands: stands });
  if (first.inputs === undefined) return { problems: first.problems, inputs: undefined };
  const inputs = withArmed(first.inputs);
  const known = isUnknown(inputs.resourceUrn) ? "resource" : nameOf(inputs.resourceUrn);
  const said: string[] = [];
  const say = (line: string): void => {
    said.push(line);
    world.print(known, line);
  };
  const planned = (plan: Plan | undefined, accountId?: string, region?: string): void => {
    if (isUnknown(inputs.resourceUrn)) return;
    reporting(world, inputs, region === undefined ? {} : { region }).emit(
      planEvent(plan, accountId, said),
    );
  };

  const still = olds === undefined ? undefined : await unchangedPlan(olds, inputs, world);
  if (still !== undefined) {
    const problems = unknownPlan(still.failures, world);
    if (problems.length > 0) return { problems, inputs: undefined };
    for (const line of still.failures) say(line);
    planned(still.plan);
    return { problems: [], inputs: { ...inputs, plan: still.plan } };
  }

  for (const warning of first.warnings) say(`warning: ${warning}`);
  const reads = await readWorld(olds, inputs, world);
  const problems = [
    ...judgeAgain(raw, reads.command, stands, world),
    ...unknownPlan(reads.failures, world),
  ];
  if (problems.length > 0) return { problems, inputs: undefined };
  for (const line of linesOf(olds, inputs, reads, world)) say(line);
  const whole = withPlan(olds, inputs, reads, world);
  planned(whole.plan, reads.accountId, reads.api?.region);
  return { problems: [], inputs: whole };
}

function planEvent(
  plan: Plan | undefined,
  accountId: string | undefined,
  lines: readonly string[],
): EventBody {
  return {
    event: "plan",
    action: plan?.action ?? "run",
    ...(accountId === undefined ? {} : { accountId }),
    ...(plan === undefined ? {} : { command: commandOf(plan) }),
    ...(plan === undefined || containsUnknown(plan.counts) ? {} : { counts: plan.counts }),
    lines,
  };
}

/** Without the content, which may be secret. */
function commandOf({
  command: { name, type, contentHash },
}: Plan): NonNullable<PlanEvent["command"]> {
  return { ...(name === undefined ? {} : { name }), type, contentHash };
}

/**
 * The old plan where nothing that makes a call has changed. Under `track` it costs one resolution of
 * the members, and is given up when somebody joined.
 */
async function unchangedPlan(
  olds: CommandInvocationInputs,
  news: CommandInvocationInputs,
  world: World,
): Promise<{ readonly plan: Plan; readonly failures: readonly string[] } | undefined> {
  // An id may stand for new content; only a read can tell.
  const sameCommand =
    news.commandId === olds.commandId &&
    (news.script === undefined) === (olds.script === undefined);
  if (!sameCommand) return undefined;
  if (containsUnknown(news.targets) || isAskedFor(olds, news)) return undefined;
  const before = new Set(olds.targets.instanceIds ?? []);
  const added = (news.targets.instanceIds ?? []).some((id) => !before.has(id));
  const plan = nothingToDo(olds);
  if (added || plan === undefined) return undefined;
  if (!tracks(news)) return { plan, failures: [] };
  const known = notKnown();
  const api = await known.attempt("the plan", () => apiOf(olds, news, world));
  const membership =
    api === undefined
      ? undefined
      : await known.attempt("the members", () => find(api, news, world));
  const { failures } = known;
  if (membership === undefined) return { plan, failures };
  const selected = [...membership.selected];
  if ((joinedSince(knownOf(news, plan), selected) ?? []).length > 0) return undefined;
  return { plan: { ...plan, tracked: trackedAfter(plan.tracked, selected) }, failures };
}

/** Whether more is asked for than other members. */
function isAskedFor(olds: CommandInvocationInputs, news: CommandInvocationInputs): boolean {
  return news.schedule === undefined
    ? runMakingChanges(olds, news).length > 0
    : asksForArming(olds, news);
}

/** Who was a member when the plan before was made. Who returns to a schedule is armed again. */
function knownOf(
  { schedule }: CommandInvocationInputs,
  plan: Plan | undefined,
): TrackedMembers | undefined {
  if (plan?.tracked === undefined || schedule === undefined) return plan?.tracked;
  return { ...plan.tracked, left: [] };
}

/** The region of what exists beats every configuration; only the program itself moves it. */
async function apiOf(
  olds: CommandInvocationInputs | undefined,
  news: CommandInvocationInputs,
  world: World,
): Promise<CloudApi> {
  if (containsUnknown(news.connection)) throw new Error("the connection is not known yet");
  const recorded = news.connection?.region === undefined ? olds?.plan?.region : undefined;
  return Promise.resolve(world.apiForChecks(news.connection, recorded));
}

async function find(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Membership> {
  const options = { patienceMs, signal: world.signal };
  return membershipOf(inputs.targets, await findTargetsFor(api, inputs, options));
}

/** A read that fails is a line that says so, and nothing else. */
function notKnown(): {
  readonly failures: readonly string[];
  readonly attempt: <T>(what: string, read: () => Promise<T>) => Promise<T | undefined>;
} {
  const failures: string[] = [];
  return {
    failures,
    attempt: async (what, read) => {
      try {
        return await read();
      } catch (reason) {
        failures.push(
          `${what}: not known (${firstLine(CloudAssistantError.from(reason).message)})`,
        );
        return undefined;
      }
    },
  };
}

type Reads = {
  readonly api: CloudApi | undefined;
  readonly command: SettledCommand | undefined;
  readonly membership: Membership | undefined;
  /** Whom this will run on: all members, or the added ones alone. */
  readonly toRun: readonly string[] | undefined;
  readonly standings: ReadonlyMap<string, Standing> | undefined;
  readonly accountId: string | undefined;
  /** Invocations that a create takes over; undefined where it runs. */
  readonly given: readonly Given[] | undefined;
  /** Says that this may be a rename. */
  readonly rename: string | undefined;
  readonly failures: readonly string[];
};

async function readWorld(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Reads> {
  const { failures, attempt } = notKnown();
  const options = { patienceMs, signal: world.signal };
  const api = await attempt("the plan", () => apiOf(olds, inputs, world));
  if (api === undefined) return { ...nothingRead, failures };
  const commandKnown =
    !containsUnknown([inputs.script, inputs.commandId]) &&
    !containsUnknown(inputs.command === undefined ? [] : { ...inputs.command, commandId: "" });
  const command = commandKnown
    ? await attempt("the command", () => settleCommand(api, inputs, world.hash, options))
    : undefined;
  const membership = containsUnknown(inputs.targets)
    ? undefined
    : await attempt("the members", () => find(api, inputs, world));
  const wanted = membership === undefined ? undefined : whoRuns(olds, inputs, membership);
  const accountId = await attempt("the account", () => accountOf(api, options));
  const standings =
    membership === undefined ||
    wanted === undefined ||
    wanted.length === 0 ||
    membership.members.length > memberLimit
      ? undefined
      : await attempt("readiness", () =>
          standingsAmong(api, wanted, membership.instances, command?.type, options).then(
            (standings) => standingsFor(inputs.schedule, standings),
          ),
        );
  const given =
    !takesOver(olds, inputs) || containsUnknown(inputs.adoptInvocationIds)
      ? undefined
      : await attempt("what is taken over", () => findGiven(api, inputs, world, options));
  const earlier =
    command === undefined ||
    accountId === undefined ||
    inputs.ownership === "none" ||
    inputs.schedule?.suspend === true ||
    containsUnknown(inputs)
      ? undefined
      : await attempt("earlier runs", () =>
          earlierRuns(api, inputs, command, accountId, world, options),
        );
  const able =
    wanted === undefined || standings === undefined
      ? wanted
      : whoCanRun(inputs, wanted, standings, atStart(olds, inputs, membership));
  const toRun = able?.filter((id) => earlier?.reached.has(id) !== true);
  const rename = olds === undefined ? earlier?.rename : undefined;
  return { api, command, membership, toRun, standings, accountId, given, rename, failures };
}

const nothingRead = {
  api: undefined,
  command: undefined,
  membership: undefined,
  toRun: undefined,
  standings: undefined,
  accountId: undefined,
  given: undefined,
  rename: undefined,
} as const;

/** Without those that are sure to be left out: skipped ones, and systems that do not fit. */
function whoCanRun(
  inputs: CommandInvocationInputs,
  wanted: readonly string[],
  standings: ReadonlyMap<string, Standing>,
  membersAtStart: number,
): readonly string[] {
  const unfit = wanted.filter((id) => standings.get(id)?.kind === "unfit");
  const within = unfit.length <= unreadyBudget(inputs.readiness, membersAtStart);
  return wanted.filter((id) => {
    const standing = standings.get(id);
    if (standing === undefined) return true;
    return !isSkipped(standing, inputs) && !(within && standing.kind === "unfit");
  });
}

/** Whether this is a create that takes over what exists, and runs nothing. */
function takesOver(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
): boolean {
  return olds === undefined && adoptsGiven(inputs);
}

/** Whether a new run is on all members, so that percentages are of them. */
function isNewRun(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
): olds is undefined {
  if (olds === undefined) return true;
  return inputs.schedule === undefined
    ? runMakingChanges(olds, inputs).length > 0
    : armsAll(olds, inputs);
}

/** What percentages are of: the members that the run begins, or began, with. */
function atStart(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  membership: Membership | undefined,
): number {
  const now = membership?.members.length ?? 0;
  return isNewRun(olds, inputs) ? now : (olds.plan?.membersAtStart ?? now);
}

/** A new run is on all members; who is added, or joins under `track`, is run alone. */
function whoRuns(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  membership: Membership,
): readonly string[] {
  if (takesOver(olds, inputs)) return [];
  if (inputs.schedule?.suspend === true) return [];
  const exist = membership.members.filter((id) => membership.instances.has(id));
  if (isNewRun(olds, inputs)) return exist;
  const before = new Set(olds.targets.instanceIds ?? []);
  const named = new Set(inputs.targets.instanceIds ?? []);
  const selected = [...membership.selected];
  const joined = new Set(tracks(inputs) ? joinedSince(knownOf(inputs, olds.plan), selected) : []);
  return exist.filter((id) => joined.has(id) || (named.has(id) && !before.has(id)));
}

/** Some problems of parameters and users show only once the saved command is known. */
function judgeAgain(
  raw: Readonly<Record<string, unknown>>,
  command: SettledCommand | undefined,
  scheduleStands: boolean,
  world: World,
): readonly Problem[] {
  if (command?.content === undefined) return [];
  const commandContent: KnownCommand = {
    content: command.content,
    type: command.type,
    timeout: command.timeout,
    ...(command.enableParameter === undefined ? {} : { enableParameter: command.enableParameter }),
    ...(command.parameterNames === undefined ? {} : { parameterNames: command.parameterNames }),
  };
  const context = { nowMs: world.clock.now(), commandContent, scheduleStands };
  return checkCommandInvocation(raw, context).problems;
}

/** Operators may want a plan that is known whole, or none. */
function unknownPlan(failures: readonly string[], world: World): readonly Problem[] {
  if (!world.operator.requireKnownPlan) return [];
  return failures.map((failure) => ({
    property: "targets",
    path: "targets",
    wrong: "the plan is not known",
    given: failure,
    allowed: "a plan that is known whole (cloud-assistant:requireKnownPlan)",
    todo: "mend the reason, or unset cloud-assistant:requireKnownPlan",
  }));
}

function batchesOf(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  { toRun = [], membership }: Reads,
  world: World,
): readonly Batch[] {
  return planBatches(toRun, {
    maxPerCall: world.operator.maxInstancesPerCall,
    rollout: inputs.rollout,
    canaries: taggedCanaries(inputs.rollout, toRun, (id) => membership?.instances.get(id)?.tags),
    membersAtStart: atStart(olds, inputs, membership),
  });
}

function withPlan(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  reads: Reads,
  world: World,
): CommandInvocationInputs {
  const { command, toRun, membership, api, given } = reads;
  // What could not be read is left out. Only a preview has members that are not known, and an
  // unknown value may stand only there.
  if (command === undefined || (toRun === undefined && !containsUnknown(inputs.targets))) {
    const { plan: _plan, ...rest } = inputs;
    return rest;
  }
  const batches = toRun === undefined ? [] : batchesOf(olds, inputs, reads, world);
  const commandId = inputs.commandId ?? inputs.command?.commandId;
  // Everybody was reached already: what is left to do, only the ledger knows.
  const nobody = inputs.schedule === undefined && toRun?.length === 0 && olds !== undefined;
  const plan = planOf(
    nobody ? "nothing" : actionOf(olds, inputs),
    { ...command, id: commandId === undefined || isUnknown(commandId) ? undefined : commandId },
    batches,
  );
  const before = isNewRun(olds, inputs) ? undefined : olds.plan?.tracked;
  const whole: Plan = {
    ...plan,
    ...(api === undefined ? {} : { region: api.region }),
    ...(membership === undefined || takesOver(olds, inputs)
      ? {}
      : { membersAtStart: atStart(olds, inputs, membership) }),
    ...(membership === undefined || !tracks(inputs)
      ? {}
      : { tracked: trackedAfter(before, selectedBy(membership, given)) }),
  };
  // Members that do not exist yet make the calls unknown, not empty.
  const shown = toRun === undefined ? { ...whole, calls: unknown, counts: unknown } : whole;
  return { ...inputs, plan: shown as unknown as Plan };
}

/** Of what is taken over, only who it ran on is a member. */
function selectedBy(
  { selected }: Membership,
  given: readonly Given[] | undefined,
): readonly string[] {
  if (given === undefined) return [...selected];
  const covered = coveredBy(given);
  return [...selected].filter((id) => covered.has(id));
}

function actionOf(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
): Plan["action"] {
  if (takesOver(olds, inputs)) return "adopt";
  if (inputs.schedule === undefined) return "run";
  return inputs.schedule.suspend === true ? "nothing" : "arm";
}

/** What moves with time: at most ten lines a resource. */
function linesOf(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  reads: Reads,
  world: World,
): readonly string[] {
  const { toRun, membership } = reads;
  const lines: string[] = [];
  const where = whereOf(reads);
  if (takesOver(olds, inputs)) {
    const ids = inputs.adoptInvocationIds ?? [];
    const shown = containsUnknown(ids) ? "what is not known yet" : named(ids);
    lines.push(`takes over ${shown}, and runs nothing${where}`);
    if (reads.command !== undefined) {
      lines.push(...otherContent(reads.given ?? [], reads.command.contentHash));
    }
  } else if (toRun !== undefined && membership !== undefined) {
    const batches = batchesOf(olds, inputs, reads, world);
    const calls = batches.reduce((sum, batch) => sum + batch.calls.length, 0);
    if (calls > 0 || inputs.schedule === undefined) {
      lines.push(
        `${inputs.schedule === undefined ? "runs" : "arms"} on ${toRun.length} ` +
          `machine${toRun.length === 1 ? "" : "s"} in ${calls} call${calls === 1 ? "" : "s"}${where}`,
      );
    }
    if (membership.missing.length > 0) {
      lines.push(`does not exist, and will count as failed: ${named(membership.missing)}`);
    }
    for (const refusal of judgeMembership(inputs.targets, membership, world.operator)) {
      lines.push(`warning: ${refusal.text}`);
    }
    if (reads.command !== undefined && batches.length > 0 && inputs.schedule === undefined) {
      const seconds = longestSeconds(inputs, batches, reads.command.timeout);
      lines.push(`takes at most ${seconds} s, if every batch is waited for to its end`);
    }
    if (inputs.schedule === undefined) {
      lines.push(...overshootLine(inputs, batches, atStart(olds, inputs, membership)));
    }
  } else if (containsUnknown(inputs.targets)) {
    const verb = inputs.schedule === undefined ? "runs" : "arms";
    lines.push(`${verb} on machines that are not known yet${where}`);
  }
  lines.push(...whenLines(inputs, world.clock.now()));
  lines.push(...standingLines(inputs, reads, atStart(olds, inputs, membership)));
  if (reads.rename !== undefined) lines.push(reads.rename);
  if ((inputs.secretInputs ?? []).some((path) => path.startsWith("parameters"))) {
    lines.push(
      "warning: a secret parameter stays readable in the service's own record for 30 days; " +
        "{{oos-secret:NAME}} in the command keeps it out",
    );
  }
  lines.push(...reads.failures);
  return lines.slice(0, 10);
}

/** Who is not ready right now, and why. */
function standingLines(
  inputs: CommandInvocationInputs,
  { standings = new Map<string, Standing>() }: Reads,
  membersAtStart: number,
): readonly string[] {
  const skipped: string[] = [];
  const unready: string[] = [];
  for (const [id, standing] of standings) {
    if (standing.kind === "ready" || standing.kind === "gone") continue;
    (isSkipped(standing, inputs) ? skipped : unready).push(`${id} ${standing.reason}`);
  }
  const allowed = unreadyBudget(inputs.readiness, membersAtStart);
  return [
    ...(skipped.length > 0 ? [`offline now, and skipped: ${named(skipped, 3)}`] : []),
    ...(unready.length > 0
      ? [`not ready now (${unready.length}, and ${allowed} may be): ${named(unready, 3)}`]
      : []),
  ];
}

/** The worst case: every batch waited for to its end, every retry used, every pause. */
function longestSeconds(
  inputs: CommandInvocationInputs,
  batches: readonly Batch[],
  timeout: number,
): number {
  const tries = batches.length * (inputs.retry?.attempts ?? 1);
  const pauses = (batches.length - 1) * (inputs.rollout?.pauseBetweenBatches ?? 0);
  const soak = inputs.rollout?.canary?.soak ?? 0;
  return Math.ceil((tries * waitMs(inputs, timeout)) / 1_000) + pauses + soak;
}

/** How far failures may go beyond the budget before the run stops: by the batch in flight. */
function overshootLine(
  inputs: CommandInvocationInputs,
  batches: readonly Batch[],
  members: number,
): readonly string[] {
  const largest = Math.max(0, ...batches.map((batch) => batch.calls.flat().length));
  if (batches.length < 2 || largest < 2) return [];
  const budget = budgetOf(inputs.rollout?.maxFailures, members);
  return [
    `stops when more than ${budget} failed; with the batch in flight up to ${budget + largest} may`,
  ];
}

function whereOf({ api, accountId }: Reads): string {
  const parts = [
    ...(accountId === undefined ? [] : [`account ${accountId}`]),
    ...(api === undefined ? [] : [`region ${api.region}`]),
    ...(api?.localEmulator === true ? ["LOCAL EMULATOR"] : []),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

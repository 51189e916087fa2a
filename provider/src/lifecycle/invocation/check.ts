import type { CloudApi } from "../../client/port.js";
import { findReadiness } from "../../client/readiness.js";
import { checkCommandInvocation, type KnownCommand } from "../../check/index.js";
import { CloudAssistantError } from "../../errors.js";
import type { EventBody, PlanEvent } from "../../events.js";
import type { CommandInvocationInputs, Plan, Problem } from "../../inputs.js";
import { planBatches, type Batch } from "../../plan/batches.js";
import { runMakingChanges } from "../../plan/change.js";
import { nothingToDo, planOf } from "../../plan/plan-of.js";
import { judgeMembership, membershipOf, named, type Membership } from "../../plan/targets.js";
import { containsUnknown, isUnknown, unknown } from "../../unknown.js";
import { accountOf } from "../account.js";
import { nameOf, type World } from "../world.js";
import { waitMs } from "./limits-of-time.js";
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
  const first = checkCommandInvocation(raw, { nowMs: world.clock.now() });
  if (first.inputs === undefined) return { problems: first.problems, inputs: undefined };
  const inputs = first.inputs;
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

  const unchanged = olds !== undefined ? unchangedPlan(olds, inputs) : undefined;
  if (unchanged !== undefined) {
    planned(unchanged);
    return { problems: [], inputs: { ...inputs, plan: unchanged } };
  }

  for (const warning of first.warnings) say(`warning: ${warning}`);
  const reads = await readWorld(olds, inputs, world);
  const problems = [
    ...judgeAgain(raw, reads.command, world),
    ...(world.operator.requireKnownPlan ? reads.failures.map(mustBeKnown) : []),
  ];
  if (problems.length > 0) return { problems, inputs: undefined };
  for (const line of linesOf(inputs, reads, world)) say(line);
  const whole = withPlan(inputs, reads, world);
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

/** The old plan where nothing that makes a call has changed. */
function unchangedPlan(
  olds: CommandInvocationInputs,
  news: CommandInvocationInputs,
): Plan | undefined {
  // An id may stand for new content; only a read can tell.
  const sameCommand =
    news.commandId === olds.commandId &&
    (news.script === undefined) === (olds.script === undefined);
  if (!sameCommand) return undefined;
  if (containsUnknown(news.targets) || runMakingChanges(olds, news).length > 0) return undefined;
  const before = new Set(olds.targets.instanceIds ?? []);
  const added = (news.targets.instanceIds ?? []).some((id) => !before.has(id));
  return added ? undefined : nothingToDo(olds);
}

type Reads = {
  readonly api: CloudApi | undefined;
  readonly command: SettledCommand | undefined;
  readonly membership: Membership | undefined;
  /** Whom this will run on: all members, or the added ones alone. */
  readonly toRun: readonly string[] | undefined;
  readonly notReady: readonly string[] | undefined;
  readonly accountId: string | undefined;
  readonly failures: readonly string[];
};

async function readWorld(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Reads> {
  const failures: string[] = [];
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (reason) {
      failures.push(`${what}: not known (${firstLine(CloudAssistantError.from(reason).message)})`);
      return undefined;
    }
  };
  const options = { patienceMs, signal: world.signal };
  const api = await attempt("the plan", () =>
    Promise.resolve(world.apiForChecks(inputs.connection)),
  );
  if (api === undefined) return { ...nothingRead, failures };
  const commandKnown =
    !containsUnknown([inputs.script, inputs.commandId]) &&
    !containsUnknown(inputs.command === undefined ? [] : { ...inputs.command, commandId: "" });
  const command = commandKnown
    ? await attempt("the command", () => settleCommand(api, inputs, world.hash, options))
    : undefined;
  const membership = containsUnknown(inputs.targets)
    ? undefined
    : await attempt("the members", async () =>
        membershipOf(inputs.targets, await findTargetsFor(api, inputs, options)),
      );
  const toRun = membership === undefined ? undefined : whoRuns(olds, inputs, membership);
  const accountId = await attempt("the account", () => accountOf(api, options));
  const notReady =
    membership === undefined || toRun === undefined || toRun.length === 0
      ? undefined
      : await attempt("readiness", () => findReadiness(api, toRun, membership.instances, options));
  return { api, command, membership, toRun, notReady, accountId, failures };
}

const nothingRead = {
  api: undefined,
  command: undefined,
  membership: undefined,
  toRun: undefined,
  notReady: undefined,
  accountId: undefined,
} as const;

/** A new run is on all members; an id that is added later is run alone. */
function whoRuns(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  membership: Membership,
): readonly string[] {
  const exist = membership.members.filter((id) => membership.instances.has(id));
  if (olds === undefined || runMakingChanges(olds, inputs).length > 0) return exist;
  const before = new Set(olds.targets.instanceIds ?? []);
  const named = new Set(inputs.targets.instanceIds ?? []);
  return exist.filter((id) => named.has(id) && !before.has(id));
}

/** Some problems of parameters and users show only once the saved command is known. */
function judgeAgain(
  raw: Readonly<Record<string, unknown>>,
  command: SettledCommand | undefined,
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
  return checkCommandInvocation(raw, { nowMs: world.clock.now(), commandContent }).problems;
}

function mustBeKnown(failure: string): Problem {
  return {
    property: "targets",
    path: "targets",
    wrong: "the plan is not known",
    given: failure,
    allowed: "a plan that is known whole (cloud-assistant:requireKnownPlan)",
    todo: "mend the reason, or unset cloud-assistant:requireKnownPlan",
  };
}

function batchesOf(
  inputs: CommandInvocationInputs,
  toRun: readonly string[],
  world: World,
): readonly Batch[] {
  return planBatches(toRun, {
    maxPerCall: world.operator.maxInstancesPerCall,
    rollout: inputs.rollout,
  });
}

function withPlan(
  inputs: CommandInvocationInputs,
  reads: Reads,
  world: World,
): CommandInvocationInputs {
  const { command, toRun } = reads;
  if (command === undefined) {
    const { plan: _plan, ...rest } = inputs;
    return rest;
  }
  const batches = toRun === undefined ? [] : batchesOf(inputs, toRun, world);
  const commandId = inputs.commandId ?? inputs.command?.commandId;
  const plan = planOf(
    "run",
    { ...command, id: commandId === undefined || isUnknown(commandId) ? undefined : commandId },
    batches,
  );
  // Members that do not exist yet make the calls unknown, not empty.
  const shown = toRun === undefined ? { ...plan, calls: unknown, counts: unknown } : plan;
  return { ...inputs, plan: shown as unknown as Plan };
}

/** What moves with time: at most ten lines a resource. */
function linesOf(inputs: CommandInvocationInputs, reads: Reads, world: World): readonly string[] {
  const { toRun, membership } = reads;
  const lines: string[] = [];
  const where = whereOf(reads);
  if (toRun !== undefined && membership !== undefined) {
    const batches = batchesOf(inputs, toRun, world);
    const calls = batches.reduce((sum, batch) => sum + batch.calls.length, 0);
    lines.push(
      `runs on ${toRun.length} machine${toRun.length === 1 ? "" : "s"} in ${calls} call` +
        `${calls === 1 ? "" : "s"}${where}`,
    );
    if (membership.missing.length > 0) {
      lines.push(`does not exist, and will count as failed: ${named(membership.missing)}`);
    }
    for (const refusal of judgeMembership(inputs.targets, membership, world.operator)) {
      lines.push(`warning: ${refusal.text}`);
    }
    if (reads.command !== undefined && batches.length > 0) {
      const seconds = (batches.length * waitMs(inputs, reads.command.timeout)) / 1_000;
      lines.push(`takes at most ${Math.ceil(seconds)} s, if every batch is waited for to its end`);
    }
  } else if (containsUnknown(inputs.targets)) {
    lines.push(`runs on machines that are not known yet${where}`);
  }
  if (reads.notReady !== undefined && reads.notReady.length > 0) {
    lines.push(`not ready now: ${named(reads.notReady, 3)}`);
  }
  lines.push(...reads.failures);
  return lines.slice(0, 10);
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

import { checkCommandInvocation, type KnownCommand } from "../../check/index.js";
import type { EventBody, PlanEvent } from "../../events.js";
import type { CommandInvocationInputs, Plan, Problem } from "../../inputs.js";
import { hidesContent } from "../../plan/identity.js";
import { nothingToDo } from "../../plan/plan-of.js";
import { joinedSince, trackedAfter, tracks } from "../../plan/tracking.js";
import { containsUnknown, isUnknown } from "../../unknown.js";
import { scheduleStands, withArmed } from "../schedule/preview.js";
import { nameOf, type World } from "../world.js";
import { linesOf, mostImportant } from "./preview-lines.js";
import { batchesOf, withPlan } from "./preview-plan.js";
import {
  isAskedFor,
  knownOf,
  apiOf,
  findMembers,
  notKnown,
  patienceMs,
  readWorld,
  takesOver,
  type NotKnown,
  type Reads,
} from "./preview-reads.js";
import { quotaLines } from "./quota.js";
import { reporting } from "./report.js";
import type { SettledCommand } from "./settle.js";

export type CheckEnd = {
  readonly problems: readonly Problem[];
  readonly inputs: CommandInvocationInputs | undefined;
};

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
      planEvent(plan, inputs, accountId, said),
    );
  };

  const still = olds === undefined ? undefined : await unchangedPlan(olds, inputs, world);
  if (still !== undefined) {
    const problems = unknownPlan(still.failures, inputs, world);
    if (problems.length > 0) return { problems, inputs: undefined };
    for (const { line } of still.failures) say(line);
    planned(still.plan);
    return { problems: [], inputs: { ...inputs, plan: still.plan } };
  }

  const warnings = first.warnings.map((warning) => `warning: ${warning}`);
  const reads = await readWorld(olds, inputs, world);
  const problems = [
    ...judgeAgain(raw, reads.command, stands, world),
    ...unknownPlan(reads.failures, inputs, world),
  ];
  if (problems.length > 0) {
    for (const line of mostImportant(warnings)) say(line);
    return { problems, inputs: undefined };
  }
  const quota = await readQuota(olds, inputs, reads, world);
  const lines = linesOf(olds, inputs, { ...reads, quota }, world);
  for (const line of mostImportant([...warnings, ...lines])) say(line);
  const whole = withPlan(olds, inputs, reads, world);
  planned(whole.plan, reads.accountId, reads.api?.region);
  return { problems: [], inputs: whole };
}

/** Whether the calls fit into what a day allows. Nothing is read when nothing will run. */
async function readQuota(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  reads: Reads,
  world: World,
): Promise<readonly string[]> {
  const { api } = reads;
  if (api === undefined || takesOver(olds, inputs)) return [];
  const batches = batchesOf(olds, inputs, reads, world);
  const calls = batches.reduce((sum, batch) => sum + batch.calls.length, 0);
  if (calls === 0) return [];
  return quotaLines(api, inputs, calls, world, { patienceMs, signal: world.signal });
}

function planEvent(
  plan: Plan | undefined,
  inputs: CommandInvocationInputs,
  accountId: string | undefined,
  lines: readonly string[],
): EventBody {
  return {
    event: "plan",
    action: plan?.action ?? "run",
    ...(accountId === undefined ? {} : { accountId }),
    ...(plan === undefined ? {} : { command: commandOf(plan, inputs) }),
    ...(plan === undefined || containsUnknown(plan.counts) ? {} : { counts: plan.counts }),
    lines,
  };
}

/** Without the content, which may be secret; where it is, its hash says too much as well. */
function commandOf(
  { command: { name, type, contentHash } }: Plan,
  inputs: CommandInvocationInputs,
): NonNullable<PlanEvent["command"]> {
  return {
    ...(name === undefined ? {} : { name }),
    type,
    ...(hidesContent(inputs) ? {} : { contentHash }),
  };
}

/**
 * The old plan where nothing that makes a call has changed. Under `track` it costs one resolution of
 * the members, and is given up when somebody joined.
 */
async function unchangedPlan(
  olds: CommandInvocationInputs,
  news: CommandInvocationInputs,
  world: World,
): Promise<{ readonly plan: Plan; readonly failures: readonly NotKnown[] } | undefined> {
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
  const api = await known.attempt("the plan", "connection", () => apiOf(olds, news, world));
  const membership =
    api === undefined
      ? undefined
      : await known.attempt("the members", "targets", () => findMembers(api, news, world));
  const { failures } = known;
  if (membership === undefined) return { plan, failures };
  const selected = [...membership.selected];
  if ((joinedSince(knownOf(news, plan), selected) ?? []).length > 0) return undefined;
  return { plan: { ...plan, tracked: trackedAfter(plan.tracked, selected) }, failures };
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

/** Operators may want a plan that is known whole, or none; but for what Pulumi does not know yet. */
function unknownPlan(
  failures: readonly NotKnown[],
  inputs: CommandInvocationInputs,
  world: World,
): readonly Problem[] {
  if (!world.operator.requireKnownPlan || containsUnknown(inputs.connection)) return [];
  return failures.map(({ path, line }) => ({
    property: path,
    path,
    wrong: "the plan is not known",
    given: line,
    allowed: "a plan that is known whole (cloud-assistant:requireKnownPlan)",
    todo: "mend the reason, or unset cloud-assistant:requireKnownPlan",
  }));
}

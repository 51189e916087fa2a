import type { CommandInvocationInputs, Plan } from "../../inputs.js";
import { planBatches, taggedCanaries, type Batch } from "../../plan/batches.js";
import { planOf } from "../../plan/plan-of.js";
import type { Membership } from "../../plan/targets.js";
import { trackedAfter, tracks } from "../../plan/tracking.js";
import { containsUnknown, isUnknown, unknown } from "../../unknown.js";
import type { World } from "../world.js";
import { coveredBy, type Given } from "./adopt-given.js";
import { type Reads, takesOver, isNewRun, atStart } from "./preview-reads.js";

/** The batches of who is to run. */
export function batchesOf(
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

/** The inputs with their plan, where it is known. */
export function withPlan(
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

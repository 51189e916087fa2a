import { findCommand } from "../../client/commands.js";
import { findTargets } from "../../client/fleet.js";
import type { CallOptions, CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, CommandType } from "../../inputs.js";
import type { Runnable } from "../../invoke/invoke.js";
import { enableParameterByDefault, parametersOf } from "../../check/index.js";
import type { Hash } from "../../plan/hash.js";
import { judgeMembership, membershipOf, type Found, type Membership } from "../../plan/targets.js";
import type { World } from "../world.js";
import { defaultTimeout } from "./limits-of-time.js";

/** The command of an invocation, as known before a call. */
export type SettledCommand = {
  readonly runnable: Runnable;
  readonly name: string | undefined;
  readonly type: CommandType;
  readonly contentHash: string;
  /** Seconds. */
  readonly timeout: number;
  /** What a saved command says; absent for what the program itself spells out. */
  readonly content: string | undefined;
  readonly enableParameter?: boolean;
  readonly parameterNames?: readonly string[];
};

/**
 * Finds out what is to be run.
 * @throws CloudAssistantError `InvalidInputs` when a saved command does not exist
 */
export async function settleCommand(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  hash: Hash,
  options: CallOptions = {},
): Promise<SettledCommand> {
  if (inputs.script !== undefined) {
    const { content, type = "RunShellScript" } = inputs.script;
    return {
      runnable: {
        kind: "script",
        type,
        content,
        enableParameter: inputs.enableParameter ?? parametersOn(content, inputs.parameters),
      },
      name: undefined,
      type,
      contentHash: hash.sha256(content),
      timeout: inputs.timeout ?? defaultTimeout,
      content: undefined,
    };
  }
  if (inputs.command !== undefined) {
    return {
      runnable: { kind: "saved", commandId: inputs.command.commandId },
      name: inputs.command.name,
      type: inputs.command.type,
      contentHash: inputs.command.contentHash,
      timeout: inputs.timeout ?? inputs.command.timeout,
      content: undefined,
    };
  }
  const commandId = inputs.commandId ?? "";
  const found = await findCommand(api, commandId, options);
  if (found === undefined) {
    throw new CloudAssistantError(
      "InvalidInputs",
      `commandId: no such command in region ${api.region}. Given: "${commandId}". Allowed: the id ` +
        `of a saved command (c-…) of this account and region, or the name of a public command. ` +
        `Look it up with DescribeCommands.`,
    );
  }
  return {
    // A public command is invoked by its name, an own one by its id.
    runnable: { kind: "saved", commandId },
    name: found.name,
    type: found.type,
    contentHash: hash.sha256(found.content),
    timeout: inputs.timeout ?? found.timeout,
    content: found.content,
    enableParameter: found.enableParameter,
    parameterNames: found.parameterNames,
  };
}

function parametersOn(content: string, parameters: CommandInvocationInputs["parameters"]): boolean {
  const given = parameters !== undefined && Object.keys(parameters).length > 0;
  return enableParameterByDefault(parametersOf(content), given);
}

/** The machines that the targets of these inputs name or select. */
export function findTargetsFor(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  options: CallOptions = {},
): Promise<Found> {
  return findTargets(api, inputs.targets, options);
}

/**
 * Finds the members, and refuses what the program does not expect or the operator does not allow.
 * @throws CloudAssistantError `TargetsRefused`, with every reason
 */
export async function settleMembers(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  world: World,
  options: CallOptions = {},
): Promise<Membership> {
  const membership = membershipOf(inputs.targets, await findTargets(api, inputs.targets, options));
  refuseMembership(inputs, membership, world);
  return membership;
}

/** @throws CloudAssistantError `TargetsRefused`, with every reason */
export function refuseMembership(
  inputs: CommandInvocationInputs,
  membership: Membership,
  world: World,
): void {
  const refusals = judgeMembership(inputs.targets, membership, world.operator);
  if (refusals.length === 0) return;
  throw new CloudAssistantError(
    "TargetsRefused",
    refusals.map((refusal) => refusal.text).join("\n"),
  );
}

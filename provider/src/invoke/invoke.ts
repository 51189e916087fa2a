import type { CallOptions, CloudApi, ExecutionOptions, Tag } from "../client/port.js";
import type { CommandInvocationInputs, CommandType, Schedule } from "../inputs.js";
import { CloudAssistantError } from "../errors.js";
import { clientTokenOf, effectiveUsername } from "../plan/identity.js";
import type { Hash } from "../plan/hash.js";
import { tagKeys } from "../names.js";
import { toFrequency, toRepeatMode } from "../schedule/index.js";

/** What is run: a saved command by its id, or a script that is sent along. */
export type Runnable =
  | { readonly kind: "saved"; readonly commandId: string }
  | {
      readonly kind: "script";
      readonly type: CommandType;
      readonly content: string;
      readonly enableParameter: boolean;
    };

/** Everything about a run that is the same for each of its calls. */
export type RunIdentity = {
  readonly owner: string;
  readonly runId: string;
  readonly inputHash: string;
};

export type CallMember = { readonly instanceId: string; readonly attempt: number };

/**
 * Makes one call. Nothing in it depends on the batch, the clock or chance, so that a repetition
 * repeats every parameter and is recognised by its ClientToken.
 *
 * @returns the InvokeId
 * @throws CloudAssistantError as the client does
 */
export async function invoke(
  api: CloudApi,
  runnable: Runnable,
  inputs: CommandInvocationInputs,
  identity: RunIdentity,
  members: readonly CallMember[],
  hash: Hash,
  options: CallOptions,
): Promise<string> {
  const execution: ExecutionOptions = {
    ...executionOf(inputs),
    instanceId: members.map((member) => member.instanceId),
    ...(inputs.ownership === "none" ? userTagsOf(inputs) : { tag: tagsOf(inputs, identity) }),
    clientToken: clientTokenOf(identity.runId, members, hash),
  };
  const answer =
    runnable.kind === "saved"
      ? await api.call("InvokeCommand", { commandId: runnable.commandId, ...execution }, options)
      : await api.call(
          "RunCommand",
          {
            type: runnable.type,
            commandContent: Buffer.from(runnable.content, "utf8").toString("base64"),
            contentEncoding: "Base64",
            enableParameter: runnable.enableParameter,
            ...execution,
          },
          options,
        );
  if (answer.invokeId === undefined) {
    throw new CloudAssistantError("ApiUnreachable", "The call was answered without an InvokeId.");
  }
  return answer.invokeId;
}

function executionOf(
  inputs: CommandInvocationInputs,
): Omit<ExecutionOptions, "instanceId" | "clientToken"> {
  const username = effectiveUsername(inputs.username);
  return {
    ...(inputs.parameters === undefined || Object.keys(inputs.parameters).length === 0
      ? {}
      : { parameters: inputs.parameters }),
    ...(username === undefined ? {} : { username }),
    ...(inputs.windowsPasswordName === undefined
      ? {}
      : { windowsPasswordName: inputs.windowsPasswordName }),
    ...(inputs.timeout === undefined ? {} : { timeout: inputs.timeout }),
    ...(inputs.workingDir === undefined ? {} : { workingDir: inputs.workingDir }),
    ...(inputs.launcher === undefined ? {} : { launcher: inputs.launcher }),
    ...(inputs.container?.id === undefined ? {} : { containerId: inputs.container.id }),
    ...(inputs.container?.name === undefined ? {} : { containerName: inputs.container.name }),
    ...(inputs.terminationMode === undefined ? {} : { terminationMode: inputs.terminationMode }),
    ...(inputs.ossOutputDelivery === undefined
      ? {}
      : { ossOutputDelivery: inputs.ossOutputDelivery }),
    ...(inputs.schedule === undefined ? {} : repetitionOf(inputs.schedule)),
  };
}

function repetitionOf(schedule: Schedule): Pick<ExecutionOptions, "repeatMode" | "frequency"> {
  const frequency = toFrequency(schedule);
  return { repeatMode: toRepeatMode(schedule), ...(frequency === undefined ? {} : { frequency }) };
}

function userTagsOf(inputs: CommandInvocationInputs): { readonly tag?: readonly Tag[] } {
  const tags = Object.entries(inputs.tags ?? {});
  return tags.length === 0 ? {} : { tag: tags.map(([key, value]) => ({ key, value })) };
}

function tagsOf(inputs: CommandInvocationInputs, identity: RunIdentity): readonly Tag[] {
  return [
    { key: tagKeys.owner, value: identity.owner },
    { key: tagKeys.run, value: identity.runId },
    { key: tagKeys.hash, value: identity.inputHash },
    ...(userTagsOf(inputs).tag ?? []),
  ];
}

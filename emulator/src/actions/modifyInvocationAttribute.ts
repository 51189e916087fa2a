import { MODIFIABLE_REPEAT_MODES } from "cloud-assistant-api";
import { parameterNames } from "../control/substitute.js";
import { aggregateStatus } from "../control/status.js";
import { missingFeature } from "../control/version.js";
import type { Change } from "../state/change.js";
import type { CommandRecord, InvocationRecord } from "../state/records.js";
import type { modifyInvocationAttribute as rules } from "../validations/modifyInvocationAttribute.js";
import type { Args } from "../validations/rules/fields.js";
import { isRefused, refuse, type Refused } from "../validations/rules/refusal.js";
import type { Call, Handler } from "./parts/call.js";
import { decodeContent, encodedLength, encodingOf } from "./parts/content.js";
import { readSchedule } from "./parts/frequency.js";
import { newTask } from "./parts/new-invocation.js";
import { MODIFY_PARAMETER_CODES, readParameters } from "./parts/parameters.js";
import { savedCommands } from "./parts/quota.js";

/**
 * Changes a living schedule or boot plan. New content makes a new command; instances can be added,
 * never removed; the new interval of a rate is counted from the creation all the same.
 */
export const modifyInvocationAttribute: Handler<typeof rules> = (call, args) => {
  const invocation = call.realm.invocations.get(args.InvokeId);
  if (invocation === undefined) return refuse("InvalidInvokeId.NotFound");
  const problem = unmodifiable(call, invocation, args);
  if (problem !== undefined) return problem;
  const content = newContent(call, invocation, args);
  if (isRefused(content)) return content;
  const { command, changed } = content;
  const enableParameter = args.EnableParameter ?? invocation.enableParameter;
  const names = enableParameter ? parameterNames(Buffer.from(changed.content, "base64")) : [];
  const parameters =
    args.Parameters === undefined
      ? invocation.parameters
      : readParameters(args.Parameters, names, MODIFY_PARAMETER_CODES);
  if (isRefused(parameters)) return parameters;
  const frequency = newFrequency(invocation, args.Frequency);
  if (isRefused(frequency)) return frequency;
  const added = newInstances(call, invocation, args.InstanceId);
  if (isRefused(added)) return added;

  const next: InvocationRecord = {
    ...invocation,
    ...changed,
    ...frequency,
    enableParameter,
    parameters,
    version: invocation.version + 1,
  };
  const before = call.realm.tasksOf(invocation.id).size;
  const changes: Change[] = [
    ...command,
    { put: "invocation", value: next },
    ...added.map((id, index): Change => ({
      put: "task",
      value: newTask(next, id, before + index, call.nowMs),
    })),
  ];
  return {
    body: { CommandId: next.commandId },
    changes,
    effects: [{ kind: "modified", invokeId: next.id }],
  };
};

type Input = Args<typeof rules>;

function unmodifiable(call: Call, invocation: InvocationRecord, args: Input): Refused | undefined {
  const { repeatMode } = invocation;
  if (!(MODIFIABLE_REPEAT_MODES as readonly string[]).includes(repeatMode)) {
    return refuse("InvalidOperation.RepeatModeUnsupported");
  }
  if (args.Frequency !== undefined && repeatMode !== "Period") {
    return refuse("InvalidOperation.RepeatModeUnsupported");
  }
  const tasks = [...call.realm.tasksOf(invocation.id).values()];
  const status = aggregateStatus(tasks.map((task) => task.status));
  if (!["Pending", "Running", "Scheduled", "Stopping"].includes(status)) {
    return refuse("InvalidOperation.InvokeAlreadyFinished");
  }
  for (const { instanceId } of tasks) {
    const instance = call.realm.instances.get(instanceId);
    if (instance === undefined || !instance.agent.installed) continue;
    if (missingFeature("modifyInvocation", instance.osType, instance.agent.version) !== undefined) {
      return refuse("InvalidOperation.CloudAssistantVersionUnsupported");
    }
  }
  return undefined;
}

type NewContent = {
  readonly command: readonly Change[];
  readonly changed: Pick<InvocationRecord, "content" | "commandId" | "commandName">;
};

function newContent(call: Call, invocation: InvocationRecord, args: Input): NewContent | Refused {
  const { commandId, commandName } = invocation;
  if (args.CommandContent === undefined || args.CommandContent === "") {
    return { command: [], changed: { content: invocation.content, commandId, commandName } };
  }
  if (call.publicCommands.some(({ id }) => id === commandId)) {
    return refuse("InvalidOperation.ModifyPublicCommandUnsupported");
  }
  const encoding = encodingOf(args.ContentEncoding, "PlainText");
  const bytes = decodeContent(args.CommandContent, encoding, "InvalidCommandContent.DecodeError");
  if (isRefused(bytes)) return bytes;
  if (encodedLength(bytes.length) > call.limits.contentBytes) {
    return refuse("InvalidCommandContent.LengthLimitExceeded");
  }
  const kept = invocation.keepsCommand;
  if (kept && savedCommands(call.realm) >= call.limits.commandsPerRegion) {
    return refuse("CommandLimitExceeded");
  }
  const before = call.realm.commands.get(commandId);
  const made = successor(call, invocation, before, bytes, args.EnableParameter, kept);
  const command: Change[] = [{ put: "command", value: made }];
  if (before?.kept === false) command.push({ del: "command", id: before.id });
  return {
    command,
    changed: { content: made.content, commandId: made.id, commandName: made.name },
  };
}

/** The command that holds the new content; for the rest it is like the one before. */
function successor(
  call: Call,
  invocation: InvocationRecord,
  before: CommandRecord | undefined,
  bytes: Buffer,
  enable: boolean | undefined,
  kept: boolean,
): CommandRecord {
  const enableParameter = enable ?? invocation.enableParameter;
  return {
    id: call.newId("c"),
    seq: call.newSeq(),
    name: invocation.commandName,
    type: invocation.commandType,
    content: bytes.toString("base64"),
    description: invocation.commandDescription,
    workingDir: before?.workingDir ?? invocation.workingDir,
    timeout: before?.timeout ?? invocation.timeout,
    enableParameter,
    parameterNames: enableParameter ? parameterNames(bytes) : [],
    launcher: before?.launcher ?? invocation.launcher,
    resourceGroupId: before?.resourceGroupId ?? "",
    tags: {},
    createdAt: call.nowMs,
    invokeTimes: 1,
    kept,
  };
}

function newFrequency(
  invocation: InvocationRecord,
  frequency: string | undefined,
): Partial<InvocationRecord> | Refused {
  if (frequency === undefined) return {};
  const schedule = frequency === "" ? undefined : readSchedule(frequency, invocation.timeout);
  return schedule === undefined ? refuse("InvalidParameter.Frequency") : { frequency, schedule };
}

/** Those that are in it already are not added again. */
function newInstances(
  call: Call,
  invocation: InvocationRecord,
  ids: readonly string[],
): readonly string[] | Refused {
  const tasks = call.realm.tasksOf(invocation.id);
  const added = ids.filter((id) => !tasks.has(id));
  const windows = invocation.commandType !== "RunShellScript";
  for (const id of added) {
    const instance = call.realm.instances.get(id);
    if (instance === undefined) return refuse("InvalidInstanceId.NotFound");
    if ((instance.osType === "windows") !== windows) {
      return refuse("InvalidInstanceId.OSTypeUnsupported");
    }
    if (missingFeature("modifyInvocation", instance.osType, instance.agent.version) !== undefined) {
      return refuse("InvalidOperation.CloudAssistantVersionUnsupported");
    }
  }
  return added;
}

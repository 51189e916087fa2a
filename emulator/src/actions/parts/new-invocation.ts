import type { CommandType } from "cloud-assistant-api";
import type { Change } from "../../state/change.js";
import type { InvocationRecord, TaskRecord } from "../../state/records.js";
import type { Args } from "../../validations/rules/fields.js";
import { isRefused, refuse, type Refused } from "../../validations/rules/refusal.js";
import type { invokeCommand } from "../../validations/invokeCommand.js";
import type { Call } from "./call.js";
import { timeoutSeconds } from "./command-content.js";
import { encodedLength } from "./content.js";
import { readRepetition } from "./frequency.js";
import { INVOKE_PARAMETER_CODES, readParameters, type Parameters } from "./parameters.js";
import { countInvocation } from "./quota.js";
import { tagsRecord } from "./tagging.js";
import { resolveTargets } from "./targets.js";

/** The parameters that InvokeCommand and RunCommand have in common. */
export type InvocationArgs = Omit<Args<typeof invokeCommand>, "CommandId">;

/** The command as an invocation needs it, saved or not. */
export type InvokedCommand = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly type: CommandType;
  readonly content: string;
  readonly workingDir: string;
  readonly timeout: number;
  readonly launcher: string;
  readonly enableParameter: boolean;
  readonly parameterNames: readonly string[];
  /** Values of parameters that the request leaves open: public commands have them. */
  readonly defaults: Parameters;
  /** Parameters of a public command without which it is not run. */
  readonly required: readonly string[];
  readonly kept: boolean;
};

export type NewInvocation = { readonly invokeId: string; readonly changes: readonly Change[] };

/** Everything that an accepted InvokeCommand or RunCommand makes, or the first reason against it. */
export function newInvocation(
  call: Call,
  args: InvocationArgs,
  command: InvokedCommand,
): NewInvocation | Refused {
  const timeout = timeoutSeconds(args.Timeout, command.timeout);
  const repetition = readRepetition(args, timeout);
  if (isRefused(repetition)) return repetition;
  const targets = resolveTargets(call, args, command.type);
  if (isRefused(targets)) return targets;
  const parameters = parametersOf(args.Parameters, command);
  if (isRefused(parameters)) return parameters;
  const password = passwordMissing(args, command);
  if (password !== undefined) return password;
  const tooLong = exceeds(command, parameters, call.limits.contentAndParametersBytes);
  if (tooLong !== undefined) return tooLong;
  const { repeatMode } = repetition;
  const counted =
    repeatMode === "DryRun" ? undefined : countInvocation(call.realm, call.nowMs, call.limits);
  if (isRefused(counted)) return counted;

  const invocation: InvocationRecord = {
    id: call.newId("t"),
    seq: call.newSeq(),
    ...snapshotOf(command),
    ...repetition,
    createdAt: call.nowMs,
    version: 1,
    timeout,
    workingDir:
      args.WorkingDir === undefined || args.WorkingDir === ""
        ? command.workingDir
        : args.WorkingDir,
    username: args.Username ?? "",
    windowsPasswordName: args.WindowsPasswordName ?? "",
    parameters,
    containerId: args.ContainerId ?? "",
    containerName: args.ContainerName ?? "",
    launcher:
      args.Launcher === undefined || args.Launcher === "" ? command.launcher : args.Launcher,
    terminationMode: args.TerminationMode === "ProcessTree" ? "ProcessTree" : "Process",
    ossOutputDelivery: args.OssOutputDelivery ?? "",
    resourceGroupId: args.ResourceGroupId ?? "",
    tags: tagsRecord(args.Tag),
    keepsCommand: command.kept,
  };
  const changes: Change[] = [{ put: "invocation", value: invocation }];
  for (const [index, instanceId] of targets.entries()) {
    changes.push({ put: "task", value: newTask(invocation, instanceId, index, call.nowMs) });
  }
  if (counted !== undefined) changes.push(counted);
  return { invokeId: invocation.id, changes };
}

/** A boot plan waits as Scheduled from the start; everything else has to be delivered first. */
export function newTask(
  invocation: InvocationRecord,
  instanceId: string,
  index: number,
  nowMs: number,
): TaskRecord {
  const { repeatMode } = invocation;
  const waits = repeatMode === "NextRebootOnly" || repeatMode === "EveryReboot";
  return {
    invokeId: invocation.id,
    instanceId,
    index,
    status: waits ? "Scheduled" : "Pending",
    createdAt: nowMs,
    updatedAt: nowMs,
    run: 0,
    repeats: 0,
  };
}

function snapshotOf(command: InvokedCommand) {
  return {
    commandId: command.id,
    commandName: command.name,
    commandDescription: command.description,
    commandType: command.type,
    content: command.content,
    enableParameter: command.enableParameter,
  };
}

function parametersOf(given: string | undefined, command: InvokedCommand): Parameters | Refused {
  const some = given !== undefined && given !== "" && !/^\s*\{\s*\}\s*$/.test(given);
  if (some && !command.enableParameter) return refuse("Parameter.Disabled");
  const values = readParameters(given, command.parameterNames, INVOKE_PARAMETER_CODES);
  if (isRefused(values)) return values;
  const all = { ...command.defaults, ...values };
  const missing = command.required.find((name) => !Object.hasOwn(all, name));
  return missing === undefined ? all : refuse("Parameter.MissingValue");
}

/** An ordinary user of Windows needs the name of a password; the system's own does not. */
function passwordMissing(args: InvocationArgs, command: InvokedCommand): Refused | undefined {
  const user = args.Username ?? "";
  const windows = command.type !== "RunShellScript";
  if (!windows || user === "" || user.toLowerCase() === "system") return undefined;
  return args.WindowsPasswordName ? undefined : refuse("WindowsPasswordName.Missed");
}

export function exceeds(
  command: Pick<InvokedCommand, "content">,
  parameters: Parameters,
  limit: number,
): Refused | undefined {
  const some = Object.keys(parameters).length > 0;
  const bytes =
    Buffer.byteLength(command.content, "base64") +
    (some ? Buffer.byteLength(JSON.stringify(parameters)) : 0);
  return encodedLength(bytes) > limit ? refuse("CmdContent.ExceedLimit") : undefined;
}

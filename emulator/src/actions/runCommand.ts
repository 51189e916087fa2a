import { DEFAULT_LIMITS, isCommandType } from "cloud-assistant-api";
import type { CommandRecord } from "../state/records.js";
import type { runCommand as rules } from "../validations/runCommand.js";
import { isRefused, refuse } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";
import { checkContent, timeoutSeconds } from "./parts/command-content.js";
import { encodingOf } from "./parts/content.js";
import { ownCommand } from "./parts/invoked-command.js";
import { newInvocation } from "./parts/new-invocation.js";
import { savedCommands } from "./parts/quota.js";

/** Makes a command and invokes it; without KeepCommand the command goes when the execution is over. */
export const runCommand: Handler<typeof rules> = (call, args) => {
  if (!isCommandType(args.Type)) return refuse("InvalidCmdType.NotFound");
  const enableParameter = args.EnableParameter ?? false;
  const encoding = encodingOf(args.ContentEncoding, "PlainText");
  const checked = checkContent(args.CommandContent, encoding, enableParameter, call.limits);
  if (isRefused(checked)) return checked;
  const kept = args.KeepCommand ?? false;
  if (kept && savedCommands(call.realm) >= call.limits.commandsPerRegion) {
    return refuse("CmdCount.ExceedQuota");
  }
  const command: CommandRecord = {
    id: call.newId("c"),
    seq: call.newSeq(),
    name: args.Name ?? "",
    type: args.Type,
    ...checked,
    description: args.Description ?? "",
    workingDir: args.WorkingDir ?? "",
    timeout: timeoutSeconds(args.Timeout, DEFAULT_LIMITS.timeoutDefaultSeconds.value),
    enableParameter,
    launcher: args.Launcher ?? "",
    resourceGroupId: args.ResourceGroupId ?? "",
    // Tag is of the invocation.
    tags: {},
    createdAt: call.nowMs,
    invokeTimes: 1,
    kept,
  };
  const made = newInvocation(call, args, ownCommand(command));
  if (isRefused(made)) return made;
  return {
    body: { CommandId: command.id, InvokeId: made.invokeId },
    changes: [{ put: "command", value: command }, ...made.changes],
    effects: [{ kind: "accepted", invokeId: made.invokeId }],
  };
};

import { isCommandType, DEFAULT_LIMITS } from "cloud-assistant-api";
import type { createCommand as rules } from "../validations/createCommand.js";
import { isRefused, refuse } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";
import { checkContent, timeoutSeconds } from "./parts/command-content.js";
import { encodingOf } from "./parts/content.js";
import { savedCommands } from "./parts/quota.js";
import { tagsRecord } from "./parts/tagging.js";

export const createCommand: Handler<typeof rules> = (call, args) => {
  if (!isCommandType(args.Type)) return refuse("InvalidCmdType.NotFound");
  const enableParameter = args.EnableParameter ?? false;
  const encoding = encodingOf(args.ContentEncoding, "Base64");
  const checked = checkContent(args.CommandContent, encoding, enableParameter, call.limits);
  if (isRefused(checked)) return checked;
  if (savedCommands(call.realm) >= call.limits.commandsPerRegion) {
    return refuse("CmdCount.ExceedQuota");
  }
  const id = call.newId("c");
  return {
    body: { CommandId: id },
    changes: [
      {
        put: "command",
        value: {
          id,
          seq: call.newSeq(),
          name: args.Name,
          type: args.Type,
          ...checked,
          description: args.Description ?? "",
          workingDir: args.WorkingDir ?? "",
          timeout: timeoutSeconds(args.Timeout, DEFAULT_LIMITS.timeoutDefaultSeconds.value),
          enableParameter,
          launcher: args.Launcher ?? "",
          resourceGroupId: args.ResourceGroupId ?? "",
          tags: tagsRecord(args.Tag),
          createdAt: call.nowMs,
          invokeTimes: 0,
          kept: true,
        },
      },
    ],
  };
};

import type { invokeCommand as rules } from "../validations/invokeCommand.js";
import { isRefused, refuse } from "../validations/rules/refusal.js";
import type { Change } from "../state/change.js";
import type { Call, Handler } from "./parts/call.js";
import { findPublicCommand, ownCommand, publicCommand } from "./parts/invoked-command.js";
import { newInvocation, type InvokedCommand } from "./parts/new-invocation.js";

export const invokeCommand: Handler<typeof rules> = (call, args) => {
  const command = findCommand(call, args.CommandId);
  if (command === undefined) return refuse("InvalidCmdId.NotFound");
  const made = newInvocation(call, args, command);
  if (isRefused(made)) return made;
  return {
    body: { InvokeId: made.invokeId },
    changes: [...made.changes, ...countUse(call, command.id)],
    effects: [{ kind: "accepted", invokeId: made.invokeId }],
  };
};

function findCommand(call: Call, idOrName: string): InvokedCommand | undefined {
  const own = call.realm.commands.get(idOrName);
  if (own !== undefined) return ownCommand(own);
  const published = findPublicCommand(call.publicCommands, idOrName);
  return published === undefined ? undefined : publicCommand(published);
}

/** InvokeTimes: the tasks that were made from a command. */
function countUse(call: Call, commandId: string): Change[] {
  const command = call.realm.commands.get(commandId);
  if (command === undefined) return [];
  return [{ put: "command", value: { ...command, invokeTimes: command.invokeTimes + 1 } }];
}

import type { deleteCommand as rules } from "../validations/deleteCommand.js";
import { refuse } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";

/** A command that a living invocation uses stays, a schedule that waits for its next run included. */
export const deleteCommand: Handler<typeof rules> = (call, args) => {
  const { realm } = call;
  if (!realm.commands.has(args.CommandId)) return refuse("InvalidCmdId.NotFound");
  for (const invocation of realm.invocations.values()) {
    if (invocation.commandId === args.CommandId && invocation.finishedAt === undefined) {
      return refuse("InvalidStatus.CmdIdInUse");
    }
  }
  return { body: {}, changes: [{ del: "command", id: args.CommandId }] };
};

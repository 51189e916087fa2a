import { refuse } from "../validations/rules/refusal.js";
import type { modifyCommand as rules } from "../validations/modifyCommand.js";
import type { Handler } from "./parts/call.js";
import { timeoutSeconds } from "./parts/command-content.js";

/** Later executions use the new values; those that run or wait keep theirs. */
export const modifyCommand: Handler<typeof rules> = (call, args) => {
  const command = call.realm.commands.get(args.CommandId);
  if (command === undefined) {
    const published = call.publicCommands.some(({ id }) => id === args.CommandId);
    return refuse(published ? "CmdName.Readonly" : "InvalidCmdId.NotFound");
  }
  return {
    body: {},
    changes: [
      {
        put: "command",
        value: {
          ...command,
          name: args.Name === undefined || args.Name === "" ? command.name : args.Name,
          description: args.Description ?? command.description,
          workingDir: args.WorkingDir ?? command.workingDir,
          timeout: timeoutSeconds(args.Timeout, command.timeout),
          launcher: args.Launcher ?? command.launcher,
        },
      },
    ],
  };
};

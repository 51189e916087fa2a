import type { CommandRecord, PublicCommandRecord } from "../../state/records.js";
import type { InvokedCommand } from "./new-invocation.js";

export function ownCommand(command: CommandRecord): InvokedCommand {
  return { ...command, defaults: {}, required: [] };
}

/** A public command is invoked by its name, in its latest version, or by its id. */
export function findPublicCommand(
  commands: readonly PublicCommandRecord[],
  idOrName: string,
): PublicCommandRecord | undefined {
  return (
    commands.find(({ id }) => id === idOrName) ??
    commands.find(({ name, latest }) => name === idOrName && latest)
  );
}

export function publicCommand(command: PublicCommandRecord): InvokedCommand {
  const defaults = command.definitions.filter(({ defaultValue }) => defaultValue !== "");
  return {
    ...command,
    defaults: Object.fromEntries(defaults.map(({ name, defaultValue }) => [name, defaultValue])),
    required: command.definitions.filter(({ required }) => required).map(({ name }) => name),
    kept: true,
  };
}

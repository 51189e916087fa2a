import { CommanderError } from "commander";

/** The command was not understood: it ends with exit code 2. */
export function usageError(message: string): CommanderError {
  return new CommanderError(2, "cloud-assistant.usage", `error: ${message}`);
}

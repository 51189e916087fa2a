import type { CallOptions, CloudApi, CommandFound } from "./port.js";
import type { CommandType } from "../inputs.js";

/** A saved or public command, as far as a run needs to know it. */
export type SavedCommand = {
  readonly commandId: string;
  readonly name: string;
  readonly type: CommandType;
  readonly content: string;
  readonly enableParameter: boolean;
  readonly parameterNames: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  /** Public commands carry a version. */
  readonly version: number | undefined;
};

/** Reads a command by its id (`c-…`), or a public one by its name. */
export async function findCommand(
  api: CloudApi,
  idOrName: string,
  options: CallOptions = {},
): Promise<SavedCommand | undefined> {
  const byId = idOrName.startsWith("c-");
  const answer = await api.call(
    "DescribeCommands",
    byId
      ? { commandId: idOrName, contentEncoding: "Base64" }
      : { name: idOrName, provider: "AlibabaCloud", latest: true, contentEncoding: "Base64" },
    options,
  );
  const found = (answer.commands?.command ?? []).find((command) =>
    byId ? command.commandId === idOrName : command.name === idOrName,
  );
  return found === undefined ? undefined : fromAnswer(found);
}

function fromAnswer(found: CommandFound): SavedCommand {
  return {
    commandId: found.commandId ?? "",
    name: found.name ?? "",
    type: (found.type ?? "RunShellScript") as CommandType,
    content: Buffer.from(found.commandContent ?? "", "base64").toString("utf8"),
    enableParameter: found.enableParameter === true,
    parameterNames: found.parameterNames?.parameterName ?? [],
    timeout: found.timeout === undefined || Number.isNaN(found.timeout) ? 60 : found.timeout,
    version: found.version,
  };
}

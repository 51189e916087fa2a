/** What interprets a command's content. [sdk] */
export const COMMAND_TYPES = ["RunShellScript", "RunBatScript", "RunPowerShellScript"] as const;

export type CommandType = (typeof COMMAND_TYPES)[number];

/** The system that a command of this type runs on. [sdk] */
export const COMMAND_TYPE_OS: Readonly<Record<CommandType, "linux" | "windows">> = {
  RunShellScript: "linux",
  RunBatScript: "windows",
  RunPowerShellScript: "windows",
};

export function isCommandType(text: string): text is CommandType {
  return (COMMAND_TYPES as readonly string[]).includes(text);
}

/** How CommandContent is written in a request, and Output in an answer. [sdk] */
export const CONTENT_ENCODINGS = ["Base64", "PlainText"] as const;
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

/** What dies at a time-out or a stop: the process alone, or what it started too. [sdk] */
export const TERMINATION_MODES = ["Process", "ProcessTree"] as const;
export type TerminationMode = (typeof TERMINATION_MODES)[number];

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Task } from "../backend.js";
import type { Folder } from "./isolation/isolation.js";
import { parseLauncher } from "./launcher.js";
import type { Refusal } from "./refusal.js";
import { saveScript, scriptName } from "./script-file.js";
import type { Where } from "./where.js";

/** What starts a script, or why it cannot be started. */
export type Command =
  | { readonly kind: "command"; readonly argv: readonly string[] }
  | {
      readonly kind: "error";
      readonly refusal: Refusal;
      /** Whether the agent had told the service already that it runs. */
      readonly started: boolean;
    };

export function isKnownType(type: string): boolean {
  return Object.hasOwn(EXTENSIONS, type);
}

/** Saves the script and tells what starts it: a launcher, or what its type asks for. */
export function commandOf(task: Task, content: Buffer, folder: Folder, where: Where): Command {
  const launcher = task.launcher === "" ? undefined : parseLauncher(task.launcher);
  if (launcher?.kind === "unreadable") {
    return cannotStart(`LauncherInvalid: ${task.launcher}: ${launcher.reason}`);
  }
  const name = scriptName(task, launcher?.extension ?? EXTENSIONS[task.type]);
  const inside = `${folder.inside}/${name}`;
  const saved = saveScript(folder.host, name, content, where.replacesScript);
  if (saved.kind === "exists" && !mayRepeat(task)) {
    return cannotStart(`ScriptFileExisted: Saving script to ${inside} failed: script file existed`);
  }
  if (launcher !== undefined) {
    const argv = launcher.words(inside);
    const [program = ""] = argv;
    if (saved.kind === "failed") return cannotStart(`SaveScriptFileError: ${saved.reason}`);
    if (!isProgram(program, where)) return cannotStart(`LauncherNotFound: ${program}`);
    return { kind: "command", argv };
  }
  switch (task.type) {
    case "RunShellScript": {
      // What could not be saved runs from the command line. The folder is quoted when it needs it;
      // the name never is, as the agent leaves it.
      const isSaved = saved.kind !== "failed";
      const line = isSaved ? `${shellWord(folder.inside)}/${name}` : content.toString();
      return { kind: "command", argv: ["sh", "-c", line] };
    }
    case "RunPowerShellScript":
      return isProgram("powershell", where)
        ? { kind: "command", argv: ["powershell", "-file", inside] }
        : cannotStart('PowershellNotFound: exec: "powershell": executable file not found in $PATH');
    case "RunBatScript":
      // Started as a program, and a batch file is none here.
      return { ...cannotStart(`fork/exec ${inside}: permission denied`), started: true };
  }
}

const EXTENSIONS: Readonly<Record<Task["type"], string>> = {
  RunShellScript: ".sh",
  RunBatScript: ".bat",
  RunPowerShellScript: ".ps1",
};

/** Only what runs once must find no script of its own. */
function mayRepeat({ repeat = "Once" }: Task): boolean {
  return repeat !== "Once" && repeat !== "NextRebootOnly";
}

function isProgram(program: string, where: Where): boolean {
  const isThere = (path: string): boolean => existsSync(where.place.hostPath(path));
  if (program.includes("/")) return isThere(program);
  return where.path.split(":").some((folder) => isThere(join(folder, program)));
}

/** A path as one word of a shell line. */
function shellWord(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function cannotStart(detail: string): Extract<Command, { kind: "error" }> {
  return { kind: "error", refusal: { errorCode: "ExecutionException", detail }, started: false };
}

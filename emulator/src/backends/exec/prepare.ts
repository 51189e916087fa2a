import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import type { Machine, Task } from "../backend.js";
import { resolveBuiltIns } from "./builtins.js";
import { commandEnvironment } from "./environment.js";
import type { Place } from "./isolation/isolation.js";
import { parseLauncher } from "./launcher.js";
import type { ExecLimits } from "./options.js";
import type { Refusal } from "./refusal.js";
import { saveScript, scriptName } from "./script-file.js";
import { prologue } from "./shell/prologue.js";
import { canEnter, findUser, isDirectory, type User } from "./users.js";

/** A task that can be started, or why it cannot, before or after it counts as started. */
export type Prepared =
  | {
      readonly kind: "ready";
      readonly argv: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
    }
  | { readonly kind: "invalid"; readonly refusal: Refusal }
  | { readonly kind: "error"; readonly refusal: Refusal; readonly started: boolean };

export type Where = {
  readonly machine: Machine;
  readonly place: Place;
  readonly path: string;
  readonly mark: string;
  readonly limits: ExecLimits;
  /** The control group that counts the instance's processes. */
  readonly group: string | undefined;
  /** Whether a script file that is there is the task's own, of an attempt that came to nothing. */
  readonly replacesScript: boolean;
};

/**
 * Checks a task in the agent's order (type, user, folder, built-in parameters), saves its script
 * and tells the command to start.
 */
export function prepare(task: Task, where: Where): Prepared {
  if (!(task.type in EXTENSIONS) || where.machine.osType === "windows") {
    return invalid("CommandNotApplicable", `TypeInvalid_${task.type}`);
  }
  const user = task.username === "" ? undefined : findUser(task.username, where.path);
  const refusedUser = task.username === "" ? undefined : refuseUser(task.username, user);
  if (refusedUser !== undefined) return { kind: "invalid", refusal: refusedUser };

  const home = user?.home ?? where.place.homeFolder;
  const refusedFolder = refuseFolder(task.workingDir, home, user, where.place);
  if (refusedFolder !== undefined) return { kind: "invalid", refusal: refusedFolder };
  const folder = isAbsolute(task.workingDir) ? task.workingDir : resolve(home, task.workingDir);

  const content = contentOf(task, where.machine);
  if (!content.ok) return { kind: "invalid", refusal: content.refusal };

  const command = commandOf(task, content.content, where, user);
  if (command.kind !== "command") return command;
  const asUser = changeUser(user, where.place);
  if (asUser === undefined) {
    return error(`The emulator does not run as root and cannot run a command as ${task.username}`);
  }
  const { enter, hidesMark, temporary, bin } = where.place;
  const begin = ["sh", "-c", prologue(where.limits, hidesMark), "sh", folder];
  return {
    kind: "ready",
    argv: [...enter, ...asUser, ...begin, ...command.argv],
    environment: commandEnvironment({
      ...{ home, temporary, mark: where.mark, timeZone: where.machine.timeZone },
      path: `${bin}:${where.path}`,
    }),
  };
}

const EXTENSIONS: Readonly<Record<Task["type"], string>> = {
  RunShellScript: ".sh",
  RunBatScript: ".bat",
  RunPowerShellScript: ".ps1",
};

function refuseUser(name: string, user: User | undefined): Refusal | undefined {
  if (user === undefined) {
    return { errorCode: "AccountNotExists", errorInfo: `UserInvalid_${name}: exit status 1` };
  }
  // The agent of release v578 takes no name that means root; later ones do.
  return user.uid === 0 || user.gid === 0
    ? { errorCode: "UserOrPasswordInvalid", errorInfo: `UserInvalid_${name}: invalid uid and gid` }
    : undefined;
}

function refuseFolder(
  given: string,
  home: string,
  user: User | undefined,
  place: Place,
): Refusal | undefined {
  if (given !== "") {
    return isDirectory(place.hostPath(resolve(home, given)))
      ? undefined
      : { errorCode: "DirectoryNotExists", errorInfo: "WorkingDirectoryNotExist" };
  }
  const enterable = user === undefined || canEnter(home, user, place.hostPath("/"));
  return isDirectory(place.hostPath(home)) && enterable
    ? undefined
    : {
        errorCode: "DefaultWorkingDirectoryNotAvailable",
        errorInfo: `DefaultWorkingDirectoryNotAvailable: ${home} does not exist`,
      };
}

function contentOf(task: Task, machine: Machine): ReturnType<typeof resolveBuiltIns> {
  const content =
    task.type === "RunBatScript"
      ? Buffer.concat([Buffer.from("@echo off\r\n"), task.content])
      : task.content;
  if (!task.enableParameter) return { ok: true, content };
  return resolveBuiltIns(content, {
    InstanceId: task.instanceId,
    InstanceName: machine.instanceName,
    RegionId: machine.regionId,
    CommandId: task.commandId,
    InvokeId: task.invokeId,
    ...task.builtIns,
  });
}

type Command =
  | { readonly kind: "command"; readonly argv: readonly string[] }
  | Extract<Prepared, { kind: "invalid" | "error" }>;

function commandOf(task: Task, content: Buffer, where: Where, user: User | undefined): Command {
  const launcher = task.launcher === "" ? undefined : parseLauncher(task.launcher);
  if (launcher?.kind === "unreadable") {
    return error(`LauncherInvalid: ${task.launcher}: ${launcher.reason}`);
  }
  const folder = user === undefined ? where.place.scripts : where.place.publicScripts;
  const name = scriptName(task, launcher?.extension ?? EXTENSIONS[task.type]);
  const saved = saveScript(folder.host, name, content, where.replacesScript);
  const inside = `${folder.inside}/${name}`;
  if (saved.kind === "exists" && !mayRepeat(task)) {
    return error(`ScriptFileExisted: Saving script to ${inside} failed: script file existed`);
  }
  const isSaved = saved.kind !== "failed";
  if (launcher !== undefined) {
    if (!isSaved) return error(`SaveScriptFileError: ${inside}`);
    const argv = launcher.words(inside);
    const [program = ""] = argv;
    if (!isProgram(program, where)) return error(`LauncherNotFound: ${program}`);
    return { kind: "command", argv };
  }
  switch (task.type) {
    case "RunShellScript": {
      // The folder is quoted when it needs it; the name never is, as the agent leaves it.
      // What could not be saved runs from the command line.
      const line = isSaved ? `${word(folder.inside)}/${name}` : content.toString();
      return { kind: "command", argv: ["sh", "-c", line] };
    }
    case "RunPowerShellScript":
      if (!isProgram("powershell", where)) {
        return error('PowershellNotFound: exec: "powershell": executable file not found in $PATH');
      }
      return { kind: "command", argv: ["powershell", "-file", inside] };
    case "RunBatScript":
      // Started as a program, and a batch file is none here.
      return { ...error(`fork/exec ${inside}: permission denied`), started: true };
  }
}

/** Only what runs once must find no script of its own. */
function mayRepeat(task: Task): boolean {
  const { repeat = "Once" } = task;
  return repeat !== "Once" && repeat !== "NextRebootOnly";
}

function isProgram(program: string, where: Where): boolean {
  const at = (path: string): boolean => existsSync(where.place.hostPath(path));
  if (program.includes("/")) return at(program);
  return where.path.split(":").some((folder) => at(join(folder, program)));
}

function changeUser(user: User | undefined, place: Place): string[] | undefined {
  if (user === undefined) return [];
  if (user.uid === process.getuid?.()) return [];
  if (!place.changesUser) return undefined;
  return [
    "setpriv",
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    ...(user.groups.length === 0 ? ["--clear-groups"] : [`--groups=${user.groups.join(",")}`]),
    "--",
  ];
}

/** A path as one word of a shell line. */
function word(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function invalid(errorCode: Refusal["errorCode"], errorInfo: string): Prepared {
  return { kind: "invalid", refusal: { errorCode, errorInfo } };
}

function error(errorInfo: string): Extract<Prepared, { kind: "error" }> {
  return { kind: "error", refusal: { errorCode: "ExecutionException", errorInfo }, started: false };
}

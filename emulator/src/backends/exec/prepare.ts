import { resolve } from "node:path";
import type { Machine, Task } from "../backend.js";
import { resolveBuiltIns } from "./builtins.js";
import { refuseFolder, refuseUser } from "./checks.js";
import { commandOf, isKnownType, type Command } from "./command.js";
import { commandEnvironment } from "./environment.js";
import type { Place } from "./isolation/isolation.js";
import type { Refusal } from "./refusal.js";
import { prologue } from "./shell/prologue.js";
import { findUser, type User } from "./users.js";
import type { Where } from "./where.js";

/** A task that can be started, or why it cannot: before, or when it counts as started. */
export type Prepared =
  | {
      readonly kind: "ready";
      readonly argv: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
    }
  | { readonly kind: "invalid"; readonly refusal: Refusal }
  | Extract<Command, { kind: "error" }>;

/**
 * Checks a task in the agent's order (type, user, folder, built-in parameters), saves its script
 * and tells the command to start.
 */
export function prepare(task: Task, where: Where): Prepared {
  const { machine, place } = where;
  if (!isKnownType(task.type) || machine.osType === "windows") {
    return invalid({ errorCode: "CommandNotApplicable", detail: `TypeInvalid_${task.type}` });
  }
  const isNamed = task.username !== "";
  const user = isNamed ? findUser(task.username, where.path) : undefined;
  const refusedUser = isNamed ? refuseUser(task.username, user) : undefined;
  if (refusedUser !== undefined) return invalid(refusedUser);
  const home = user?.home ?? place.homeFolder;
  const refusedFolder = refuseFolder(task.workingDir, home, user, place);
  if (refusedFolder !== undefined) return invalid(refusedFolder);
  const content = contentOf(task, machine);
  if (!content.ok) return invalid(content.refusal);

  const asUser = changeUser(user, place);
  if (asUser === undefined) return cannotBecome(task.username);
  const scripts = user === undefined ? place.scripts : place.publicScripts;
  const command = commandOf(task, content.content, scripts, where);
  if (command.kind === "error") return command;
  const begin = prologue(where.limits, place.hidesMark);
  const folder = resolve(home, task.workingDir);
  const path = `${place.bin}:${where.path}`;
  return {
    kind: "ready",
    argv: [...place.enter, ...asUser, "sh", "-c", begin, "sh", path, folder, ...command.argv],
    environment: commandEnvironment({
      ...{ home, mark: where.mark, timeZone: machine.timeZone, temporary: place.temporary },
      // The wrapper looks its programs up on the host, where whoever is there may own what `bin`
      // names inside.
      path: where.path,
    }),
  };
}

function contentOf(task: Task, machine: Machine): ReturnType<typeof resolveBuiltIns> {
  const echoOff = Buffer.from(task.type === "RunBatScript" ? "@echo off\r\n" : "");
  const content = Buffer.concat([echoOff, task.content]);
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

/** What makes a command another user's. Undefined when that cannot be. */
function changeUser(user: User | undefined, place: Place): string[] | undefined {
  if (user === undefined || user.uid === process.getuid?.()) return [];
  if (!place.changesUser) return undefined;
  const { uid, gid, groups } = user;
  const more = groups.length === 0 ? "--clear-groups" : `--groups=${groups.join(",")}`;
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, more, "--"];
}

function invalid(refusal: Refusal): Prepared {
  return { kind: "invalid", refusal };
}

function cannotBecome(username: string): Prepared {
  const detail =
    `cloud-assistant-emulator cannot run a command as ${username} here: ` +
    "that takes root and setpriv of util-linux";
  return { kind: "error", refusal: { errorCode: "ExecutionException", detail }, started: false };
}

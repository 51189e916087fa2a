import { spawnSync } from "node:child_process";
import { readFileSync, statSync, type Stats } from "node:fs";
import { dirname } from "node:path";

export type User = {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly home: string;
};

/** Looks a user up on this machine, as `id` would. Names are never cached: a command may add one. */
export function findUser(name: string, path: string): User | undefined {
  if (name === "" || /[:\n\0]/.test(name) || name.startsWith("-")) return undefined;
  const groups = groupsOf(textOf("/etc/group"), name);
  const line =
    passwdLine(textOf("/etc/passwd"), name) ?? passwdLine(askDirectory(name, path), name);
  const [, , uid, gid, , home] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined || home === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), groups, home };
}

/** The groups that /etc/group counts a user to. */
export function groupsOf(text: string, name: string): number[] {
  return text.split("\n").flatMap((line) => {
    const [, , gid, members] = line.split(":");
    return members?.split(",").includes(name) === true ? [Number(gid)] : [];
  });
}

/** A folder that is there, as the agent looks at it. */
export function isDirectory(path: string): boolean {
  return statIf(path)?.isDirectory() ?? false;
}

/** Whether a user may go into a folder: into it and into all that lead to it. */
export function canEnter(path: string, user: User, hostPath: (inside: string) => string): boolean {
  for (let at = path; ; at = dirname(at)) {
    const stat = statIf(hostPath(at));
    if (stat === undefined || !mayEnter(stat, user)) return false;
    if (at === dirname(at)) return true;
  }
}

function mayEnter(stat: Stats, user: User): boolean {
  if (user.uid === 0) return true;
  if (stat.uid === user.uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === user.gid || user.groups.includes(stat.gid)) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
}

function statIf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function passwdLine(text: string, name: string): string | undefined {
  return text.split("\n").find((line) => line.startsWith(`${name}:`));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Users of a directory service stand in no file of this machine. */
function askDirectory(name: string, path: string): string {
  const found = spawnSync("getent", ["passwd", name], {
    encoding: "utf8",
    env: { PATH: path },
    timeout: 5_000,
  });
  return found.status === 0 ? found.stdout : "";
}

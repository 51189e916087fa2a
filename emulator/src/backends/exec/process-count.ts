import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { statOf } from "./proc.js";

/**
 * Bounds how many processes an instance has, root's included, by a control group for each. Only
 * where the host lets us make groups: elsewhere RLIMIT_NPROC bounds the processes of a user, and
 * root is free.
 */
export type ProcessCount = {
  /** Makes an instance's group; the file that a process writes "0" into to belong to it. */
  join(instanceFolder: string): string | undefined;
  /** Removes an instance's group once nothing belongs to it any more. */
  leave(instanceFolder: string): void;
  close(): void;
};

export function processCount(folder: string, most: number): ProcessCount {
  for (const root of ROOTS) sweep(root);
  const parent = writableParent(folder);
  const groupOf = (instanceFolder: string): string => join(parent ?? "", digest(instanceFolder));
  return {
    join: (instanceFolder) => {
      if (parent === undefined) return undefined;
      const group = groupOf(instanceFolder);
      try {
        mkdirSync(group, { recursive: true });
        writeFileSync(join(group, "pids.max"), String(most));
      } catch {
        return undefined;
      }
      return join(group, "cgroup.procs");
    },
    leave: (instanceFolder) => {
      if (parent !== undefined) removeGroup(groupOf(instanceFolder));
    },
    close: () => {
      if (parent !== undefined) removeTree(parent);
    },
  };
}

/** Where the interface is mounted: the first version's own hierarchy, or the second's only one. */
const ROOTS = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"] as const;
const PREFIX = "cloud-assistant-emulator-";

/** Removes the groups of emulators that were killed, as far as nothing runs in them any more. */
function sweep(root: string): void {
  for (const name of subfolders(root)) {
    const [, pid] = /^(\d+)-/.exec(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : "") ?? [];
    if (pid !== undefined && statOf(Number(pid)) === undefined) removeTree(join(root, name));
  }
}

function removeTree(group: string): void {
  for (const name of subfolders(group)) removeGroup(join(group, name));
  removeGroup(group);
}

function subfolders(group: string): string[] {
  try {
    const entries = readdirSync(group, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** A group of our own below the host's, in either version of the interface. */
function writableParent(folder: string): string | undefined {
  const name = `${PREFIX}${process.pid}-${digest(folder)}`;
  for (const root of ROOTS) {
    const group = join(root, name);
    try {
      const isSecond = existsSync(join(root, "cgroup.controllers"));
      if (!isSecond && !existsSync(join(root, "cgroup.procs"))) continue;
      mkdirSync(group, { recursive: true });
      if (isSecond) writeFileSync(join(group, "cgroup.subtree_control"), "+pids");
      const attempt = join(group, "attempt");
      mkdirSync(attempt, { recursive: true });
      const works = existsSync(join(attempt, "pids.max"));
      rmdirSync(attempt);
      if (works) return group;
      rmdirSync(group);
    } catch {
      removeGroup(group);
    }
  }
  return undefined;
}

function removeGroup(group: string): void {
  try {
    if (readFileSync(join(group, "cgroup.procs"), "utf8") === "") rmdirSync(group);
  } catch {
    // Not there, or somebody is in it still.
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

import { randomBytes } from "node:crypto";
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { EmulatorError } from "../errors.js";

export type FolderLock = { release(): void };

/**
 * Takes a data folder for this emulator alone. The lock of a process that was killed is taken over;
 * that of one that lives, this process included, is an EmulatorError `DataInUse`.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, "lock");
  const mine = JSON.stringify({ ...identity(process.pid), nonce: randomBytes(8).toString("hex") });
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (create(path, mine))
      return {
        release: () => {
          release(path, mine);
        },
      };
    const theirs = read(path);
    if (theirs === undefined) continue;
    if (isAlive(theirs)) throw inUse(folder, theirs);
    takeAway(path, theirs);
  }
  throw inUse(folder, read(path) ?? "");
}

type Identity = { readonly pid: number; readonly startedAt: string };

/** A process id is used again; together with the time of its start it is not. */
function identity(pid: number): Identity {
  return { pid, startedAt: startTime(pid) };
}

/** Field 22 of /proc/PID/stat and the id of this boot; "" where there is no /proc. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${afterName[19] ?? ""}`;
  } catch {
    return "";
  }
}

function isAlive(text: string): boolean {
  const owner = parse(text);
  // A lock that was half written belongs to a process that died in that moment.
  if (owner === undefined) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return owner.startedAt === startTime(owner.pid);
}

function parse(text: string): Identity | undefined {
  try {
    const value = JSON.parse(text) as Partial<Identity>;
    if (typeof value.pid !== "number" || typeof value.startedAt !== "string") return undefined;
    return { pid: value.pid, startedAt: value.startedAt };
  } catch {
    return undefined;
  }
}

function create(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw reason;
  }
  writeSync(file, text);
  closeSync(file);
  return true;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Moves a dead lock away; if it was another's new one after all, puts that back. */
function takeAway(path: string, expected: string): void {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (read(aside) !== expected) {
    try {
      linkSync(aside, path);
    } catch {
      // Someone else holds it by now, and will be found alive.
    }
  }
  rmSync(aside, { force: true });
}

function release(path: string, mine: string): void {
  if (read(path) === mine) rmSync(path, { force: true });
}

function inUse(folder: string, owner: string): EmulatorError {
  const pid = parse(owner)?.pid;
  const who = pid === undefined ? "another process" : `process ${String(pid)}`;
  return new EmulatorError(
    "DataInUse",
    `The data folder ${folder} is in use by ${who}. End that emulator, or name another folder.`,
  );
}

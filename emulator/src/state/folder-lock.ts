import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/**
 * Field 22 of /proc/PID/stat and the id of this boot; "" where there is no /proc. Of a process that
 * has ended and waits for its parent to notice it is "dead", as long as that takes.
 */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (afterName[0] === "Z" || afterName[0] === "X") return "dead";
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${afterName[19] ?? ""}`;
  } catch {
    return "";
  }
}

function isAlive(text: string): boolean {
  const owner = parse(text);
  // An emulator before this one made its lock before it wrote it, and was killed in between.
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

/** A lock appears whole or not at all: one without its owner would be taken for a dead one's. */
function create(path: string, text: string): boolean {
  const whole = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(whole, text, { flag: "wx", mode: 0o600 });
    return place(whole, path, text);
  } finally {
    rmSync(whole, { force: true });
  }
}

function place(whole: string, path: string, text: string): boolean {
  try {
    linkSync(whole, path);
    return true;
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code === undefined || !NO_LINKS.includes(code)) throw reason;
  }
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw reason;
  }
}

/** What file systems say that know no second name of a file. */
const NO_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

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

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that can be told from a later one with the same id. */
export type ProcessId = { readonly pid: number; readonly startTime: string };

export type ProcessStat = ProcessId & {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** R, S, D, T, Z, X … */
  readonly state: string;
};

/** One line of /proc/PID/stat. The name in brackets may hold anything, brackets included. */
export function parseStat(line: string): ProcessStat | undefined {
  const open = line.indexOf("(");
  const close = line.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const pid = Number(line.slice(0, open));
  const fields = line.slice(close + 2).split(" ");
  const [state, parent, group, session] = fields;
  const startTime = fields[19];
  if (state === undefined || startTime === undefined || !Number.isInteger(pid)) return undefined;
  return {
    ...{ pid, startTime, state },
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
  };
}

/** Undefined when there is no such process. */
export function statOf(pid: number): ProcessStat | undefined {
  const line = readText(`/proc/${pid}/stat`);
  return line === undefined ? undefined : parseStat(line);
}

/** Whether it is still there and not merely waiting to be reaped. */
export function isAlive(id: ProcessId): boolean {
  const stat = statOf(id.pid);
  return stat !== undefined && stat.startTime === id.startTime && !isDead(stat);
}

export function isDead(stat: ProcessStat): boolean {
  return stat.state === "Z" || stat.state === "X";
}

/** Every process that can be seen. */
export function allProcesses(): ProcessStat[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
}

/** Whether a process was started with this entry (`NAME=value`) in its environment. */
export function hasEnvironment(pid: number, matches: (entry: string) => boolean): boolean {
  return readText(`/proc/${pid}/environ`)?.split("\0").some(matches) ?? false;
}

/** What the open files of a process lead to: paths, or such as `pipe:[123]`. */
export function openFilesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => linkOf(`/proc/${pid}/fd/${fd}`) ?? []);
  } catch {
    return [];
  }
}

export function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Changes with every start of the host, after which start times count from zero again. */
export function hostBootId(): string {
  return readText("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Gone between two looks, or not ours to read.
    return undefined;
  }
}

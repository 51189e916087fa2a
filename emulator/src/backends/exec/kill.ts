import { EmulatorError } from "../../errors.js";
import { MARK } from "./environment.js";
import { allProcesses, hasEnvironment, isAlive, isDead, type ProcessStat } from "./proc.js";
import type { TaskFolder } from "./task-folder.js";

export type TerminationMode = "Process" | "ProcessTree";

/**
 * Ends a command. `Process` kills its shell alone and what that started lives on; `ProcessTree`
 * also what descends from it, children first, and what shares its session or group.
 */
export async function killCommand(
  folder: TaskFolder,
  guarded: boolean,
  mode: TerminationMode,
): Promise<void> {
  const command = await startedCommand(folder);
  if (command === undefined || !isAlive(command)) return;
  const all = living();
  const inside = guarded ? all.filter((other) => other.parent === command.pid) : [];
  const leaders = inside.length > 0 ? inside : all.filter((other) => other.pid === command.pid);
  const tree = mode === "Process" ? leaders : leaders.flatMap((leader) => treeOf(leader, all));
  for (const victim of tree) kill(victim.pid);
  if (mode === "Process") return;
  // What was forked between the look and the shot has lost its parent, but not its session.
  for (let round = 0; round < ROUNDS; round += 1) {
    await pause(ROUND_MS);
    const rest = living().filter((other) => leaders.some((leader) => isLedBy(other, leader)));
    if (rest.length === 0) return;
    for (const victim of rest) kill(victim.pid);
  }
}

/** Ends every process that carries a mark, and all that belongs to one; resolves when none is left. */
export async function killMarked(isMark: (value: string) => boolean): Promise<void> {
  const matches = (entry: string): boolean =>
    entry.startsWith(`${MARK}=`) && isMark(entry.slice(MARK.length + 1));
  for (let waited = 0; waited < MARKED_MS; waited += ROUND_MS) {
    const all = living();
    const marked = all.filter((other) => hasEnvironment(other.pid, matches));
    if (marked.length === 0) return;
    for (const victim of new Set(marked.flatMap((root) => treeOf(root, all)))) kill(victim.pid);
    await pause(ROUND_MS);
  }
  throw new EmulatorError("Internal", "A process of an instance could not be ended.");
}

/** A process with all that descends from it or that it leads, the youngest first. */
export function treeOf(root: ProcessStat, all: readonly ProcessStat[]): ProcessStat[] {
  const found = new Set<ProcessStat>([root]);
  for (const member of found) {
    for (const other of all) {
      if (other.parent === member.pid || isLedBy(other, root)) found.add(other);
    }
  }
  return [...found].reverse();
}

export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const ROUNDS = 20;
const ROUND_MS = 10;
const MARKED_MS = 30_000;
const START_MS = 2_000;

function living(): ProcessStat[] {
  return allProcesses().filter((other) => !isDead(other));
}

/** Only a session or group that it leads: any other is older than the command. */
function isLedBy(other: ProcessStat, leader: ProcessStat): boolean {
  return other.session === leader.pid || other.group === leader.pid;
}

/** Waits for a wrapper that was just started; one that has not begun never will. */
async function startedCommand(folder: TaskFolder): Promise<ReturnType<TaskFolder["command"]>> {
  for (let waited = 0; waited < START_MS; waited += ROUND_MS) {
    const command = folder.command();
    if (command !== undefined) return command;
    if (folder.claim()) return undefined;
    await pause(ROUND_MS);
  }
  return undefined;
}

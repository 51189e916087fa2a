import { readFileSync } from "node:fs";

/** Ticks a second of /proc on every Linux that node runs on (proc(5), USER_HZ). */
const ticksPerSecond = 100;

/**
 * Milliseconds of processor time of all children that have ended, and of theirs.
 *
 * @returns undefined where there is no /proc
 */
export function childrenCpuMs(): number | undefined {
  let text: string;
  try {
    text = readFileSync("/proc/self/stat", "utf8");
  } catch {
    return undefined;
  }
  // The second field may hold blanks and ends with the last bracket; cutime is the 16th.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[13]) + Number(fields[14]);
  return (ticks * 1_000) / ticksPerSecond;
}

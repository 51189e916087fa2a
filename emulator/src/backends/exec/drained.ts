import { allProcesses, isAlive, linkOf, openFilesOf } from "./proc.js";
import { pause } from "./kill.js";
import type { TaskFolder } from "./task-folder.js";

/**
 * Waits until all that a command printed before its end is in its files. On a busy host the
 * collector may be late. Who still holds the pipe then is a background child, and what it prints
 * from now on is lost, as with the genuine agent.
 */
export async function drained(folder: TaskFolder): Promise<void> {
  for (let waited = 0; waited < LONGEST_MS; waited += STEP_MS) {
    const wrapper = folder.wrapper();
    if (folder.isDrained() || wrapper === undefined || !isAlive(wrapper)) return;
    if (isHeld(wrapper.pid)) return;
    await pause(STEP_MS);
  }
}

const STEP_MS = 10;
const LONGEST_MS = 5_000;

/** Whether a process outside the wrapper holds the pipe that the collector reads. */
function isHeld(wrapper: number): boolean {
  const all = allProcesses();
  const collectors = all.filter((one) => one.parent === wrapper);
  const pipes = new Set(
    collectors.flatMap((one) => linkOf(`/proc/${one.pid}/fd/0`) ?? []).filter(isPipe),
  );
  const own = new Set([wrapper, ...collectors.map((one) => one.pid)]);
  return all.some(
    (one) =>
      !own.has(one.pid) &&
      !own.has(one.parent) &&
      openFilesOf(one.pid).some((file) => pipes.has(file)),
  );
}

function isPipe(link: string): boolean {
  return link.startsWith("pipe:");
}

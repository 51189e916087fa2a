import { pause } from "./kill.js";
import { hostBootId, isAlive } from "./proc.js";
import type { TaskFolder, TaskRecord } from "./task-folder.js";

/** What became of a task that an earlier emulator had. */
export type Recovered =
  /** No command of it ever began: it can begin now. */
  | { readonly kind: "never-started" }
  /** It runs, or has ended and its files tell how. */
  | { readonly kind: "adopt"; readonly record: TaskRecord }
  /** It began, and nobody saw its end. */
  | { readonly kind: "interrupted"; readonly record: TaskRecord | undefined };

export async function recoverTask(folder: TaskFolder): Promise<Recovered> {
  const record = folder.record();
  if (record === undefined) {
    folder.remove();
    return { kind: "never-started" };
  }
  // Between the record and the wrapper's first act only one of both sides can take the task.
  if (folder.claim()) {
    folder.remove();
    return { kind: "never-started" };
  }
  if (folder.isInterrupted()) return { kind: "interrupted", record };
  if (folder.exitCode() !== undefined) return { kind: "adopt", record };
  if (record.hostBootId !== hostBootId()) return { kind: "interrupted", record };
  return (await isLookedAfter(folder))
    ? { kind: "adopt", record }
    : { kind: "interrupted", record };
}

/** Whether somebody is there who will write the exit status. */
async function isLookedAfter(folder: TaskFolder): Promise<boolean> {
  for (let waited = 0; waited < FIRST_STEPS_MS; waited += STEP_MS) {
    const wrapper = folder.wrapper();
    if (wrapper !== undefined) return isAlive(wrapper) || folder.exitCode() !== undefined;
    await pause(STEP_MS);
  }
  return false;
}

const FIRST_STEPS_MS = 2_000;
const STEP_MS = 10;

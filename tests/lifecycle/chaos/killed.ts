import type { Emulator } from "cloud-assistant-emulator";
import type { KillPoint } from "../../support/kill-points.js";
import { newProcess, virtualClock, type Process } from "../../support/lifecycle.js";
import { Mortal } from "./mortal.js";

/** What a process that may die does. */
export type Work = (process: Process) => Promise<unknown>;

/** Some work of a process that dies at a point, which it must reach. What it would have saved is lost. */
export async function killed(
  emulator: Emulator,
  point: KillPoint,
  work: Work,
  env: Record<string, string> = {},
): Promise<void> {
  const { mortal } = begin(emulator, point, work, env);
  await mortal.death;
}

/** The same for a point that the work may not come to: then it ends by itself. */
export async function killedOrEnded(
  emulator: Emulator,
  point: KillPoint,
  work: Work,
  env: Record<string, string> = {},
): Promise<void> {
  const { mortal, running } = begin(emulator, point, work, env);
  await Promise.race([running, mortal.death]);
}

function begin(
  emulator: Emulator,
  point: KillPoint,
  work: Work,
  env: Record<string, string>,
): { readonly mortal: Mortal; readonly running: Promise<unknown> } {
  const mortal = new Mortal(point);
  const clock = mortal.clock(virtualClock(emulator));
  const running = work(newProcess(emulator, { env, clock, around: mortal.around }));
  running.catch(() => undefined);
  return { mortal, running };
}

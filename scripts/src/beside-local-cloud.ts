import { signalExitCode } from "cloud-assistant-engine";
import type { Emulator } from "cloud-assistant-emulator";
import { startLocalCloud } from "./local-cloud.js";

const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does some work beside the local cloud, and closes that in the end. A signal does not end this process before: what the
 * machines run would stay behind.
 * @param work Hears of a signal by `stop`, and is to end soon after; what it then fails with is no error.
 * @returns the code of the work; 128 + n where signal n kept it from having one, or came behind it
 */
export async function besideLocalCloud(
  work: (emulator: Emulator, stop: AbortSignal) => Promise<number>,
  start: () => Promise<Emulator> = startLocalCloud,
): Promise<number> {
  const controller = new AbortController();
  const stop = controller.signal;
  const end = (signal: NodeJS.Signals): void => {
    controller.abort(signal);
  };
  for (const signal of endingSignals) process.on(signal, end);
  try {
    const emulator = await start();
    let code: number | undefined;
    let heeded = false;
    try {
      if (!stop.aborted) code = await work(emulator, stop);
    } catch (reason) {
      if (!stop.aborted) throw reason;
    } finally {
      heeded = stop.aborted;
      await emulator.close();
    }
    if (code !== undefined && heeded === stop.aborted) return code;
    return signalExitCode(stop.reason as NodeJS.Signals);
  } finally {
    for (const signal of endingSignals) process.off(signal, end);
  }
}

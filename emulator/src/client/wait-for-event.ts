import type { Emulator, RemoteEmulator } from "../emulator-api.js";
import type { ServiceEvent } from "../service.js";

/**
 * Resolves with the first event that the predicate takes, among those still kept and those to come.
 * Nothing is polled: the emulator answers when something happens.
 *
 * @throws EmulatorError TimedOut after `timeoutMs` real milliseconds, if that is given
 */
export async function waitForEvent(
  emulator: Pick<Emulator | RemoteEmulator, "events">,
  predicate: (event: ServiceEvent) => boolean,
  options: { readonly afterSeq?: number; readonly timeoutMs?: number } = {},
): Promise<ServiceEvent> {
  let seq = options.afterSeq ?? 0;
  const deadline = options.timeoutMs === undefined ? undefined : Date.now() + options.timeoutMs;
  for (;;) {
    const left = deadline === undefined ? undefined : Math.max(0, deadline - Date.now());
    const events = await emulator.events.next(seq, left);
    const found = events.find(predicate);
    if (found !== undefined) return found;
    seq = events.at(-1)?.seq ?? seq;
  }
}

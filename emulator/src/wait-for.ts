import { EmulatorError } from "./errors.js";

export type Waiting = {
  /** Real milliseconds. @default without end */
  readonly timeoutMs?: number | undefined;
  /** Aborted when nothing comes any more. */
  readonly closed: AbortSignal;
};

/**
 * Resolves with what `look` finds, now or at one of the moments that `watch` tells of.
 *
 * @throws EmulatorError TimedOut, or the reason for which it was closed.
 */
export function waitFor<T>(
  look: () => T | undefined,
  watch: (again: () => void) => () => void,
  until: Waiting & { readonly describe?: () => string },
): Promise<T> {
  const { closed, timeoutMs, describe } = until;
  return new Promise((resolve, reject) => {
    const found = look();
    if (found !== undefined) {
      resolve(found);
      return;
    }
    const stop = (): void => {
      unwatch();
      clearTimeout(timer);
      closed.removeEventListener("abort", onClosed);
    };
    const onClosed = (): void => {
      stop();
      reject(EmulatorError.from(closed.reason));
    };
    const unwatch = watch(() => {
      const value = look();
      if (value === undefined) return;
      stop();
      resolve(value);
    });
    closed.addEventListener("abort", onClosed, { once: true });
    const onTimeout = (): void => {
      stop();
      const what = describe === undefined ? "" : `: ${describe()}`;
      reject(new EmulatorError("TimedOut", `Nothing came within ${timeoutMs ?? 0} ms${what}.`));
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
  });
}

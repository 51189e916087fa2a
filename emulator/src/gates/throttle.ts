import type { Refusal } from "./refusal.js";

/**
 * Counts calls per account, region and action in whole minutes of the emulator's clock: an API that
 * is throttled in one minute is refused until the next one begins.
 */
export class ThrottleWindows {
  private minute = -1;
  private readonly counts = new Map<string, number>();

  /** `limit` is calls a minute; undefined is no limit. */
  admit(key: string, limit: number | undefined, nowMs: number): Refusal | undefined {
    if (limit === undefined) return undefined;
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.counts.clear();
    }
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count > limit ? THROTTLED : undefined;
  }

  clear(): void {
    this.counts.clear();
  }
}

const MINUTE_MS = 60_000;

const THROTTLED: Refusal = {
  status: 400,
  code: "Throttling.User",
  message: "Request was denied due to user flow control.",
};

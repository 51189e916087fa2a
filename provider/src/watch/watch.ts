import { CloudAssistantError } from "../errors.js";
import type { Presence } from "../client/presence.js";
import type { WorldClock } from "../client/world.js";

/** One round of status reads: what was seen, by invocation. It may throw; the watch does not. */
export type Look<Seen> = () => Promise<Seen>;

export type WatchEnd =
  | { readonly kind: "done" }
  /** `reason` is for people. */
  | { readonly kind: "interrupted"; readonly reason: string };

export type WatchDeps = {
  readonly clock: WorldClock;
  readonly presence: Presence;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
};

/**
 * Looks until the reader of the looks says that it has seen enough. It knows no service: it is
 * handed one function that looks once and one that takes in what was seen.
 *
 * A look that fails is not the end of what is looked at: it is made again, later. Only the signal,
 * the deadline and an engine that is gone end the watch early.
 */
export async function watch<Seen>(
  look: Look<Seen>,
  takeIn: (seen: Seen) => Promise<"enough" | "again">,
  since: number,
  deps: WatchDeps,
): Promise<WatchEnd> {
  let failures = 0;
  for (let round = 0; ; round += 1) {
    const pause = pauseBeforeLook(round, deps.clock.now() - since, failures);
    await deps.clock.sleep(
      Math.min(pause, Math.max(0, deps.deadlineMs - deps.clock.now())),
      deps.signal,
    );
    const early = await endsEarly(deps);
    if (early !== undefined) return early;
    try {
      const seen = await look();
      failures = 0;
      if ((await takeIn(seen)) === "enough") return { kind: "done" };
    } catch (reason) {
      failures += 1;
      if (failures >= (passes(reason) ? mostPassing : mostFailedLooks)) {
        const said = reason instanceof Error ? reason.message : String(reason);
        return { kind: "interrupted", reason: `the state could not be read: ${said}` };
      }
    }
  }
}

/** A look has already waited out what passes: after so many in a row nothing is to be hoped. */
const mostFailedLooks = 3;
/** Throttling and lost connections may last; what is watched goes on all the same. */
const mostPassing = 10;

function passes(reason: unknown): boolean {
  const { code } = CloudAssistantError.from(reason);
  return code === "Throttled" || code === "ApiUnreachable";
}

async function endsEarly(deps: WatchDeps): Promise<WatchEnd | undefined> {
  if (deps.signal.aborted) return { kind: "interrupted", reason: reasonOf(deps.signal) };
  if (deps.clock.now() >= deps.deadlineMs) {
    return { kind: "interrupted", reason: "the deadline of opts.customTimeouts has passed" };
  }
  if (!(await deps.presence())) {
    return { kind: "interrupted", reason: "the Pulumi engine is gone" };
  }
  return undefined;
}

export function reasonOf(signal: AbortSignal): string {
  return typeof signal.reason === "string" ? signal.reason : "it was told to end";
}

const longestExtraPauseMs = 30_000;

/** When the first looks are made, in milliseconds from the acceptance. */
const firstLooksMs = [250, 600];
/** Behind the whole second, where a run that takes whole seconds has just ended. */
const behindTheSecondMs = 50;
const secondMs = 1_000;

/**
 * Milliseconds before a look. Soon at first, since most commands are short; then behind each whole
 * second; then a twelfth of the time that has passed, so that a row is never more than a tenth of
 * its run late.
 */
export function pauseBeforeLook(round: number, elapsedMs: number, failures: number): number {
  const pause = Math.max(untilNextLook(round, elapsedMs), elapsedMs / 12);
  return Math.min(pause * (1 + failures), Math.max(pause, longestExtraPauseMs));
}

function untilNextLook(round: number, elapsedMs: number): number {
  const first = firstLooksMs[round];
  if (first !== undefined) return Math.max(firstLooksMs[0] ?? 0, first - elapsedMs);
  const into = (elapsedMs - behindTheSecondMs) % secondMs;
  const left = secondMs - (into < 0 ? into + secondMs : into);
  // A look that took its time does not make the next one follow at once.
  return left < secondMs / 4 ? left + secondMs : left;
}

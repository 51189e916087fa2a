/** Instants in nanoseconds since 1970, as the agent counts them, and as text. */

export type Nanoseconds = bigint;

export const nanosPerMs = 1_000_000n;
export const nanosPerSecond = 1_000_000_000n;

/** An instant as a caller may give it: ISO 8601, a Date, or milliseconds since 1970. */
export type InstantLike = string | Date | number;

/** The instant, or undefined if it is none. */
export function readInstant(given: InstantLike): Nanoseconds | undefined {
  const ms = new Date(given).getTime();
  return Number.isNaN(ms) ? undefined : BigInt(ms) * nanosPerMs;
}

/** ISO 8601 in UTC; milliseconds are shown only where there are any, and what is finer is cut. */
export function isoText(instant: Nanoseconds): string {
  const ms = Number(floorDivide(instant, nanosPerMs));
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/** Whole seconds since 1970, rounded down. */
export function secondsOf(instant: Nanoseconds): number {
  return Number(floorDivide(instant, nanosPerSecond));
}

export function fromSeconds(seconds: number): Nanoseconds {
  return BigInt(seconds) * nanosPerSecond;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

/** ISO 8601 in UTC, of whole seconds since 1970. */
export function isoOfSeconds(seconds: number): string {
  return isoText(fromSeconds(seconds));
}

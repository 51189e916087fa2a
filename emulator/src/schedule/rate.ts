import { plainRefusal, rateNotUsable } from "./refusals.js";
import type { ArmResult, Next, Refusal, Timetable } from "./types.js";

const RATE = /^rate[\t\n\f\r ]*\((\d+)[\t\n\f\r ]*([smhd])\)$/i;

const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;
const UNIT_SECONDS: Readonly<Record<string, bigint>> = { s: 1n, m: 60n, h: 3_600n, d: 86_400n };
const LONGEST_NS = 1_000n * 86_400n * NS_PER_SECOND;
const INT64_MAX = 2n ** 63n - 1n;

/** Runs lie on the grid creation + k × period, k ≥ 1; the first is the first one after now. */
export function armRate(expr: string, nowMs: number, creationTimeMs: number): ArmResult {
  const period = readPeriod(expr);
  if (typeof period !== "bigint") return { kind: "refused", refusal: period };
  const originNs = nanoseconds(creationTimeMs);
  const timetable: Timetable = {
    next: (afterMs) => nextOnGrid(originNs, period, nanoseconds(afterMs + 1)),
  };
  const first = nextOnGrid(originNs, period, nanoseconds(nowMs));
  return first.kind === "crash" ? first : { kind: "armed", timetable, first };
}

/**
 * The period in nanoseconds, in the agent's 64 bits: a product that overflows wraps around, and then
 * may pass the upper limit as a negative number.
 */
function readPeriod(expr: string): bigint | Refusal {
  const [, digits, unit] = RATE.exec(expr) ?? [];
  const unitSeconds = UNIT_SECONDS[(unit ?? "").toLowerCase()];
  if (digits === undefined || unitSeconds === undefined)
    return plainRefusal("InvalidRateExpression");
  const count = BigInt(digits);
  if (count > INT64_MAX) {
    return rateNotUsable(`strconv.ParseInt: parsing "${digits}": value out of range`);
  }
  if (count === 0n) return rateNotUsable("Period value should be positive number");
  const period = int64(count * unitSeconds * NS_PER_SECOND);
  return period > LONGEST_NS ? plainRefusal("RateFrequencyTooLarge") : period;
}

/** A rate never finishes. */
type GridNext = Exclude<Next, { kind: "finished" }>;

function nextOnGrid(originNs: bigint, periodNs: bigint, clockNs: bigint): GridNext {
  const run = runAfter(originNs, periodNs, clockNs);
  if (run === undefined) return { kind: "crash" };
  return run < clockNs ? { kind: "dead" } : { kind: "at", atMs: Number(run / NS_PER_MS) };
}

/** undefined: a division by a period that wrapped around to zero. */
function runAfter(originNs: bigint, periodNs: bigint, clockNs: bigint): bigint | undefined {
  if (clockNs < originNs) return originNs + periodNs;
  if (periodNs === 0n) return undefined;
  const passed = int64Bounded(clockNs - originNs) / periodNs;
  return originNs + int64((passed + 1n) * periodNs);
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.floor(ms)) * NS_PER_MS;
}

function int64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** Go's difference of two times stops at the largest duration, 292 years. */
function int64Bounded(value: bigint): bigint {
  return value > INT64_MAX ? INT64_MAX : value;
}

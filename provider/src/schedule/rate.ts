/** `rate(…)` as the agent reads it: a grid from the creation of the task. */
import type { Refused } from "./fields.js";
import { nanosPerSecond, type Nanoseconds } from "./instant.js";
import type { Timer } from "./timer.js";

const unitSeconds: Readonly<Record<string, bigint>> = { s: 1n, m: 60n, h: 3_600n, d: 86_400n };
const invalid = "InvalidRateExpression";
const invalidText = `${invalid}: invalid rate expression cannot be parsed`;
const largest = 1_000n * 86_400n * nanosPerSecond;
const int64Max = 2n ** 63n - 1n;

/** The interval, or the agent's refusal. */
export function readRate(expr: string): { readonly period: Nanoseconds } | Refused {
  // With `u`, the letters match whatever folds to them, as they do for the agent (ſ is an s).
  const [, digits = "", unit = ""] =
    /^rate[\t\n\f\r ]*\((\d+)[\t\n\f\r ]*([smhd])\)$/iu.exec(expr) ?? [];
  if (digits === "") return { refused: invalid };
  const value = BigInt(digits);
  if (value > int64Max) {
    const reason = `strconv.ParseInt: parsing "${digits}": value out of range`;
    return { refused: `${invalidText}: ${reason}` };
  }
  if (value === 0n) return { refused: `${invalidText}: Period value should be positive number` };
  const seconds = unitSeconds[unit.toLowerCase()];
  if (seconds === undefined) return { refused: `${invalidText}: Invalid period unit` };
  // 64 bits wrap round, so that an absurd value can be taken for a small or a negative one.
  const period = int64(value * seconds * nanosPerSecond);
  return period > largest ? { refused: "RateFrequencyTooLarge" } : { period };
}

/** Runs at `origin` + k intervals, never at `origin` itself. */
export function rateTimer(period: Nanoseconds, origin: Nanoseconds): Timer {
  return (clock) => {
    if (clock >= origin && period === 0n) return { kind: "crash" };
    const count = clock < origin ? 1n : (clock - origin) / period + 1n;
    const at = origin + int64(count * period);
    return at < clock ? { kind: "dead" } : { kind: "run", at };
  };
}

function int64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

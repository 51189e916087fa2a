import { childrenCpuMs } from "./cpu-time.js";

/** The middle of the values; of an even number of them, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number): number => sorted[index] ?? NaN;
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
}

/** The fastest of some times: what else a machine does can only add to a time. */
export function fastest(times: readonly number[]): number {
  return Math.min(...times);
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}

/** How long something took, in milliseconds. */
export type Time = {
  readonly wall: number;
  /** Of the processor, over all processes that it started; undefined where that is not told. */
  readonly cpu: number | undefined;
};

/** Times some work that is done by child processes. */
export async function timed(work: () => Promise<unknown>): Promise<Time> {
  const [started, cpuBefore] = [performance.now(), childrenCpuMs()];
  await work();
  const [wall, cpuAfter] = [performance.now() - started, childrenCpuMs()];
  const known = cpuBefore !== undefined && cpuAfter !== undefined;
  return { wall, cpu: known ? cpuAfter - cpuBefore : undefined };
}

/**
 * Takes turns, so that a noisy minute of the machine falls on all alike: A B A B, not A A B B.
 *
 * @returns what each measured, turn by turn
 */
export async function inTurns<K extends string, T>(
  turns: number,
  measures: Readonly<Record<K, () => Promise<T>>>,
): Promise<Readonly<Record<K, readonly T[]>>> {
  const names = Object.keys(measures) as K[];
  const seen = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>;
  for (let turn = 0; turn < turns; turn += 1) {
    // Whoever goes second finds what the first left in the machine's caches, so they swap.
    const order = turn % 2 === 0 ? names : [...names].reverse();
    for (const name of order) seen[name].push(await measures[name]());
  }
  return seen;
}

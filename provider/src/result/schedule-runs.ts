import type { RowStatus } from "../inputs.js";

/** One run of a schedule on one machine. */
export type ScheduleRun = {
  readonly instanceId: string;
  readonly invocationId: string;
  /** By `successExitCodes`: a run whose exit code is listed there is a Success. */
  readonly status: RowStatus;
  /** ISO 8601, in whole seconds. */
  readonly startedAt: string;
  /** Absent while it is under way. */
  readonly finishedAt?: string;
  readonly exitCode?: number;
  readonly errorCode?: string;
  readonly errorInfo?: string;
};

export type RunCounts = {
  /** Those that have ended. */
  readonly runs: number;
  readonly succeeded: number;
  readonly underWay: number;
  readonly machines: number;
  /** Of those that have ended, from 0 to 1; undefined where none has. */
  readonly share: number | undefined;
};

export function countRuns(runs: readonly ScheduleRun[]): RunCounts {
  const ended = runs.filter((run) => run.finishedAt !== undefined);
  const succeeded = ended.filter((run) => run.status === "Success").length;
  return {
    runs: ended.length,
    succeeded,
    underWay: runs.length - ended.length,
    machines: new Set(runs.map((run) => run.instanceId)).size,
    share: ended.length === 0 ? undefined : succeeded / ended.length,
  };
}

const units = { m: 60, h: 3_600, d: 86_400 } as const;

/**
 * The moment that a text names: `24h`, `30m`, `7d` before now, or an ISO 8601 instant.
 *
 * @returns milliseconds since the epoch; undefined where it names none
 */
export function sinceOf(text: string, nowMs: number): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text.trim()) ?? [];
  if (count !== undefined && unit !== undefined) {
    return nowMs - Number(count) * units[unit as keyof typeof units] * 1_000;
  }
  if (!/^\d{4}-\d\d-\d\d/.test(text.trim())) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

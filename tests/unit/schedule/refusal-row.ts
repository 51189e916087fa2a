import {
  judgeSchedule,
  type JudgeOptions,
  type Schedule,
} from "../../../provider/src/schedule/index.js";

/** A schedule that is refused, when, and the parts of its message. */
export type Row = readonly [
  schedule: Schedule,
  options: Partial<JudgeOptions>,
  path: string,
  problem: string,
  given: string,
  allowed: string,
  action: string,
];

export const sixFields =
  "six fields, second minute hour day-of-month month day-of-week, and perhaps a year";
export const exactName =
  'a name of the tz database with its exact spelling, UTC, GMT+8:00 and the like, or "instance"';
export const interval = 'a whole number and one of s, m, h, d, for example "30m"';
export const iso8601 = "a moment in ISO 8601 with an offset, for example 2026-03-01T02:30:00+08:00";
export const oneKind = "exactly one of { cron, timezone }, { rate }, { at } and { boot }";

/** Exactly one problem, word by word. */
export function isRefused(
  ...[schedule, options, path, problem, given, allowed, action]: Row
): void {
  const now = "2026-11-25T02:40:00Z";
  const { refusals } = judgeSchedule(schedule, { now, timeoutSeconds: 60, ...options });
  expect(refusals).toEqual([{ path, problem, given, allowed, action }]);
}

import type { RowStatus, Schedule } from "../inputs.js";
import { nextRuns } from "../schedule/index.js";

const ran: readonly RowStatus[] = ["Success", "Failed", "Timeout", "Error"];
const alive: readonly RowStatus[] = ["Pending", "Running", "Scheduled"];

/** Whether the service holds a member as armed. One that is being stopped is not. */
export function isAlive(status: RowStatus): boolean {
  return alive.includes(status);
}

/** Whether a schedule has no run to come, whatever became of those it had. */
export function isOver(schedule: Schedule, nowMs: number): boolean {
  if (schedule.boot !== undefined || schedule.rate !== undefined) return false;
  // Without a year there is always another time.
  if (schedule.cron !== undefined && schedule.cron.trim().split(/\s+/).length < 7) return false;
  const { suspend: _suspend, ...when } = schedule;
  // Judged as if it had been armed long before: a moment that has passed is done, not refused.
  const next = nextRuns(when, { from: nowMs, createdAt: 0, count: 1 });
  return "runs" in next && next.runs.length === 0 && next.then === "finished";
}

/**
 * Whether a member that is not armed any more has ended by itself: its machine has started, or the
 * last time has come. Anything else was stopped, or never armed.
 */
export function hasFired(schedule: Schedule, status: RowStatus, over: boolean): boolean {
  return ran.includes(status) && (schedule.boot === "next" || over);
}

/** Whether a schedule can end without being stopped. */
export function canEnd(schedule: Schedule, over: boolean): boolean {
  return schedule.boot === "next" || over;
}

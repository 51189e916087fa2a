import type { InstanceStatus } from "cloud-assistant-api";
import type { Outcome, TaskRecord } from "../state/records.js";

/**
 * The steps of a task's life. Every field is named each time: a month of schedules makes millions of
 * these records, and an engine makes objects of one shape many times faster than spread ones.
 */

/** A run goes to the machine. */
export function handedOver(task: TaskRecord, version: number): TaskRecord {
  return {
    invokeId: task.invokeId,
    instanceId: task.instanceId,
    index: task.index,
    status: task.status,
    createdAt: task.createdAt,
    updatedAt: task.updatedAt,
    stopAt: task.stopAt,
    run: task.run + 1,
    inFlight: true,
    repeats: task.repeats,
    armed: version,
    startedAt: task.startedAt,
    finishedAt: task.finishedAt,
    exitCode: task.exitCode,
    output: task.output,
    dropped: task.dropped,
    errorCode: task.errorCode,
    errorInfo: task.errorInfo,
  };
}

/** The run has begun; the outcome of the one before is no longer shown. */
export function begun(task: TaskRecord, startedAt: number, nowMs: number): TaskRecord {
  return {
    invokeId: task.invokeId,
    instanceId: task.instanceId,
    index: task.index,
    status: task.status === "Stopping" ? "Stopping" : "Running",
    createdAt: task.createdAt,
    updatedAt: nowMs,
    stopAt: task.stopAt,
    run: task.run,
    inFlight: task.inFlight,
    repeats: task.repeats + 1,
    armed: task.armed,
    startedAt,
    finishedAt: undefined,
    exitCode: undefined,
    output: undefined,
    dropped: undefined,
    errorCode: undefined,
    errorInfo: undefined,
  };
}

/** A run or the whole task is over; its outcome takes the place of the one before. */
export function ended(
  task: TaskRecord,
  status: InstanceStatus,
  outcome: Outcome,
  nowMs: number,
): TaskRecord {
  return {
    invokeId: task.invokeId,
    instanceId: task.instanceId,
    index: task.index,
    status,
    createdAt: task.createdAt,
    updatedAt: nowMs,
    stopAt: task.stopAt,
    run: task.run,
    inFlight: undefined,
    repeats: task.repeats,
    armed: task.armed,
    startedAt: outcome.startedAt ?? task.startedAt,
    finishedAt: outcome.finishedAt,
    exitCode: outcome.exitCode,
    output: outcome.output,
    dropped: outcome.dropped,
    errorCode: outcome.errorCode,
    errorInfo: outcome.errorInfo,
  };
}

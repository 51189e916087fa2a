import type { InstanceStatus } from "cloud-assistant-api";
import type { InvocationRecord, Outcome, RunRecord, TaskRecord } from "../state/records.js";
import type { FinalReport } from "./run-outcome.js";
import { stoppedStatus } from "./status.js";

/** Schedules and every-boot plans: after a run there may be another. */
export function repeats(invocation: InvocationRecord): boolean {
  return invocation.repeatMode === "Period" || invocation.repeatMode === "EveryReboot";
}

/** What becomes of a schedule after one of its runs. */
export function statusOfSchedule(
  task: TaskRecord,
  status: InstanceStatus,
  report: FinalReport,
  isLastRun: () => boolean,
): InstanceStatus {
  if (report.kind === "stopped") return stoppedStatus(task.repeats);
  // The agent drops a schedule whose run it refused. [agent]
  if (report.kind === "invalid") return status;
  if (task.status === "Stopping") return "Terminated";
  if (!isLastRun()) return "Scheduled";
  // A schedule that is over shows success or failure of its last run, nothing finer.
  return status === "Success" ? "Success" : "Failed";
}

/** The record of a run that is over. */
export function pastRun(task: TaskRecord, status: InstanceStatus, outcome: Outcome): RunRecord {
  return {
    invokeId: task.invokeId,
    instanceId: task.instanceId,
    run: task.run,
    status,
    startedAt: outcome.startedAt ?? task.startedAt,
    finishedAt: outcome.finishedAt,
    exitCode: outcome.exitCode,
    output: outcome.output,
    dropped: outcome.dropped,
    errorCode: outcome.errorCode,
    errorInfo: outcome.errorInfo,
    stopAt: task.stopAt,
  };
}

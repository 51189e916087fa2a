import {
  INSTANCE_ERRORS,
  isFinalInstanceStatus,
  isInstanceErrorCode,
  type InstanceStatus,
  type InvocationStatus,
  type LegacyInstanceStatus,
  type LegacyInvocationStatus,
  type RepeatMode,
} from "cloud-assistant-api";

/** Whether nothing follows this status. */
export function isFinal(status: InstanceStatus): boolean {
  return isFinalInstanceStatus(status);
}

/** InvocationStatus of the whole, from those of its instances. */
export function aggregateStatus(statuses: readonly InstanceStatus[]): InvocationStatus {
  // Which "any" rule wins is not documented; this follows the old table: Running before Stopping.
  for (const status of ["Running", "Stopping", "Pending", "Scheduled"] as const) {
    if (statuses.includes(status)) return status;
  }
  const verdicts = statuses.map(verdict);
  const succeeded = verdicts.includes("succeeded");
  const failed = verdicts.includes("failed");
  if (succeeded) return failed ? "PartialFailed" : "Success";
  return failed ? "Failed" : "Stopped";
}

/** InstanceInvokeStatus and InvokeRecordStatus: in them a failed exit code is Finished. */
export function legacyInstanceStatus(status: InstanceStatus): LegacyInstanceStatus {
  switch (status) {
    case "Pending":
    case "Running":
    case "Scheduled":
      return "Running";
    case "Success":
    case "Failed":
      return "Finished";
    case "Timeout":
    case "Invalid":
    case "Aborted":
    case "Error":
      return "Failed";
    case "Stopping":
      return "Stopping";
    case "Cancelled":
    case "Terminated":
      return "Stopped";
  }
}

/**
 * InvokeStatus of the whole. A schedule is Running there until it is stopped, and is never Finished,
 * Failed or PartialFailed.
 */
export function legacyAggregateStatus(
  statuses: readonly InstanceStatus[],
  repeatMode: RepeatMode,
): LegacyInvocationStatus {
  const legacy = statuses.map(legacyInstanceStatus);
  if (legacy.includes("Running")) return "Running";
  if (legacy.includes("Stopping")) return "Stopping";
  if (repeatMode === "Period" || repeatMode === "EveryReboot") return "Stopped";
  const finished = legacy.includes("Finished");
  const failed = legacy.includes("Failed");
  if (finished) return failed ? "PartialFailed" : "Finished";
  return failed ? "Failed" : "Stopped";
}

/** Timed: a schedule or boot plan that still lives. */
export function isTimed(repeatMode: RepeatMode, statuses: readonly InstanceStatus[]): boolean {
  switch (repeatMode) {
    case "Once":
    case "DryRun":
      return false;
    case "Period":
    case "NextRebootOnly":
    case "EveryReboot":
      return statuses.some((status) => !isFinal(status));
  }
}

/** The status that goes with an ErrorCode; one that the API does not know is Invalid. */
export function statusOfError(code: string): InstanceStatus {
  return isInstanceErrorCode(code) ? INSTANCE_ERRORS[code].status : "Invalid";
}

/** How a stopped task ends: one that never ran is Cancelled. */
export function stoppedStatus(repeats: number): InstanceStatus {
  return repeats === 0 ? "Cancelled" : "Terminated";
}

function verdict(status: InstanceStatus): "succeeded" | "failed" | "stopped" | "living" {
  switch (status) {
    case "Success":
      return "succeeded";
    case "Invalid":
    case "Aborted":
    case "Failed":
    case "Timeout":
    case "Error":
      return "failed";
    case "Cancelled":
    case "Terminated":
      return "stopped";
    case "Pending":
    case "Running":
    case "Scheduled":
    case "Stopping":
      return "living";
  }
}

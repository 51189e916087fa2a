/** InvocationStatus of one instance. [doc-2025] */
export const INSTANCE_STATUSES = [
  "Pending",
  "Invalid",
  "Aborted",
  "Running",
  "Success",
  "Failed",
  "Error",
  "Timeout",
  "Cancelled",
  "Stopping",
  "Terminated",
  "Scheduled",
] as const;
export type InstanceStatus = (typeof INSTANCE_STATUSES)[number];

/** Statuses that nothing follows. [doc-2025, from the definitions] */
export const FINAL_INSTANCE_STATUSES = [
  "Invalid",
  "Aborted",
  "Success",
  "Failed",
  "Error",
  "Timeout",
  "Cancelled",
  "Terminated",
] as const satisfies readonly InstanceStatus[];
export type FinalInstanceStatus = (typeof FINAL_INSTANCE_STATUSES)[number];

/** InvocationStatus of a whole invocation. [doc-2025] */
export const INVOCATION_STATUSES = [
  "Pending",
  "Scheduled",
  "Running",
  "Success",
  "Failed",
  "Stopping",
  "Stopped",
  "PartialFailed",
] as const;
export type InvocationStatus = (typeof INVOCATION_STATUSES)[number];

/** InstanceInvokeStatus and InvokeRecordStatus, kept for old clients. Finished is not success. [doc-2021] */
export const LEGACY_INSTANCE_STATUSES = [
  "Running",
  "Finished",
  "Failed",
  "Stopping",
  "Stopped",
] as const;
export type LegacyInstanceStatus = (typeof LEGACY_INSTANCE_STATUSES)[number];

/** InvokeStatus of a whole invocation, kept for old clients. [doc-2021] */
export const LEGACY_INVOCATION_STATUSES = [...LEGACY_INSTANCE_STATUSES, "PartialFailed"] as const;
export type LegacyInvocationStatus = (typeof LEGACY_INVOCATION_STATUSES)[number];

/** Power of an ECS instance. [sdk] */
export const POWER_STATES = ["Pending", "Running", "Starting", "Stopping", "Stopped"] as const;
export type InstancePower = (typeof POWER_STATES)[number];

export function isFinalInstanceStatus(status: InstanceStatus): status is FinalInstanceStatus {
  return (FINAL_INSTANCE_STATUSES as readonly InstanceStatus[]).includes(status);
}

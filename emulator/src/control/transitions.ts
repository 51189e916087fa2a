import type { InstanceStatus } from "cloud-assistant-api";

/**
 * What may follow a status of an instance, from the meanings of the statuses. A report of a run's start
 * may be lost, so that a run ends as if it had never begun; a schedule goes back to Scheduled after a run.
 */
const FOLLOWING: Readonly<Record<InstanceStatus, readonly InstanceStatus[]>> = {
  Pending: [
    "Running",
    "Scheduled",
    "Invalid",
    "Aborted",
    "Cancelled",
    "Stopping",
    "Success",
    "Failed",
    "Timeout",
    "Error",
    "Terminated",
  ],
  Scheduled: [
    "Running",
    "Invalid",
    "Aborted",
    "Cancelled",
    "Stopping",
    "Success",
    "Failed",
    "Timeout",
    "Error",
    "Terminated",
  ],
  Running: [
    "Scheduled",
    "Stopping",
    "Success",
    "Failed",
    "Timeout",
    "Error",
    "Invalid",
    "Terminated",
  ],
  Stopping: [
    "Terminated",
    "Cancelled",
    "Success",
    "Failed",
    "Timeout",
    "Error",
    "Invalid",
    "Aborted",
  ],
  // Nothing follows these.
  Invalid: [],
  Aborted: [],
  Success: [],
  Failed: [],
  Error: [],
  Timeout: [],
  Cancelled: [],
  Terminated: [],
};

/** Whether a task may go from one status to the next. Staying where it is is no step. */
export function mayFollow(before: InstanceStatus, after: InstanceStatus): boolean {
  return before === after || FOLLOWING[before].includes(after);
}

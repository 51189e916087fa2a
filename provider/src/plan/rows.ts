import type { Row, Wait } from "../inputs.js";

const livingStatuses: readonly Row["status"][] = ["Pending", "Running", "Stopping", "Scheduled"];
const failedStatuses: readonly Row["status"][] = [
  "Failed",
  "Error",
  "Timeout",
  "Invalid",
  "Aborted",
  "Cancelled",
  "Terminated",
];

export function isLiving(row: Row): boolean {
  return livingStatuses.includes(row.status);
}

export function isFailed(row: Row): boolean {
  return failedStatuses.includes(row.status);
}

/**
 * Whether a member has not come as far as the program waits for: to its end, or with `acceptance`
 * past Pending. What happens behind that point is no business of the run.
 */
export function isAwaited(row: Row, wait: Wait | undefined): boolean {
  return wait?.for === "acceptance" ? row.status === "Pending" : isLiving(row);
}

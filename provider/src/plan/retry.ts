import type { CommandType, Retry, Row } from "../inputs.js";
import { isFailed } from "./continuation.js";

/**
 * Exit codes after which the machine powers off or reboots (API reference 6.4). Such a run is never
 * retried by itself: each retry would be another reboot.
 */
export function powerCodesOf(type: CommandType): {
  readonly powerOff: number;
  readonly reboot: number;
} {
  return type === "RunShellScript"
    ? { powerOff: 193, reboot: 194 }
    : { powerOff: 3009, reboot: 3010 };
}

/** Whether a failed row is tried again within the same run. */
export function isRetryable(row: Row, retry: Retry | undefined, type: CommandType): boolean {
  if (!isFailed(row) || row.status === "Cancelled" || row.status === "Terminated") return false;
  const power = powerCodesOf(type);
  if (row.exitCode === power.powerOff || row.exitCode === power.reboot) return false;
  const { exitCodes, errorCodes } = retry ?? {};
  if (exitCodes === undefined && errorCodes === undefined) return true;
  return (
    (row.exitCode !== undefined && exitCodes?.includes(row.exitCode) === true) ||
    (row.errorCode !== undefined && errorCodes?.includes(row.errorCode) === true)
  );
}

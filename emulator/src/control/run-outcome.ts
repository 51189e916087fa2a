import { INSTANCE_ERRORS, isInstanceErrorCode, type InstanceStatus } from "cloud-assistant-api";
import type { Report } from "../backends/backend.js";
import type { Outcome } from "../state/records.js";
import { statusOfError } from "./status.js";

/** A report after which nothing comes. */
export type FinalReport = Extract<
  Report,
  { kind: "finish" | "timeout" | "stopped" | "invalid" | "error" }
>;

export function isFinalReport(report: Report): report is FinalReport {
  return report.kind !== "running" && report.kind !== "output";
}

/** What a final report says of a run, in the API's terms. */
export function runOutcome(
  report: FinalReport,
  timeoutSeconds: number,
): { readonly status: InstanceStatus; readonly outcome: Outcome } {
  switch (report.kind) {
    case "finish": {
      const ok = report.exitCode === 0;
      return {
        status: ok ? "Success" : "Failed",
        outcome: {
          ...times(report),
          exitCode: report.exitCode,
          ...printed(report),
          ...(ok ? {} : errorOf("ExitCodeNonzero")),
        },
      };
    }
    case "timeout":
      return {
        status: "Timeout",
        outcome: {
          startedAt: report.startedAt,
          // The service shows the start plus the time-out, however late the report is.
          finishedAt:
            timeoutSeconds > 0 ? report.startedAt + timeoutSeconds * 1_000 : report.finishedAt,
          ...printed(report),
          ...errorOf("ExecutionTimeout"),
        },
      };
    case "stopped":
      return { status: "Terminated", outcome: { ...times(report), ...printed(report) } };
    case "invalid":
      return {
        status: statusOfError(report.errorCode),
        outcome: errorOf(report.errorCode, report.errorInfo),
      };
    case "error":
      return {
        status: "Error",
        outcome: {
          ...times(report),
          ...printed(report),
          ...errorOf(report.errorCode, report.errorInfo),
        },
      };
  }
}

/** ErrorCode and ErrorInfo; the captures end the service's own words with a full stop. */
export function errorOf(
  code: string,
  info?: string,
): { readonly errorCode: string; readonly errorInfo: string } {
  const words = isInstanceErrorCode(code) ? `${INSTANCE_ERRORS[code].info}.` : code;
  return { errorCode: code, errorInfo: info === undefined || info === "" ? words : info };
}

export function printed(report: { readonly output: Buffer; readonly dropped: number }): Outcome {
  return {
    ...(report.output.length === 0 ? {} : { output: report.output.toString("base64") }),
    ...(report.dropped === 0 ? {} : { dropped: report.dropped }),
  };
}

/** A task that never started reports zero times. */
function times(report: { readonly startedAt: number; readonly finishedAt: number }): Outcome {
  return report.startedAt === 0
    ? {}
    : { startedAt: report.startedAt, finishedAt: report.finishedAt };
}

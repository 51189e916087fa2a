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
          startedAt: timeOf(report.startedAt),
          finishedAt: timeOf(report.finishedAt),
          exitCode: report.exitCode,
          output: textOf(report.output),
          dropped: report.dropped,
          errorCode: ok ? undefined : "ExitCodeNonzero",
          errorInfo: ok ? undefined : wordsFor("ExitCodeNonzero"),
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
      return { status: "Terminated", outcome: { ...timesOf(report), ...printed(report) } };
    case "invalid":
      return {
        status: statusOfError(report.errorCode),
        outcome: errorOf(report.errorCode, report.errorInfo),
      };
    case "error":
      return {
        status: "Error",
        outcome: {
          ...timesOf(report),
          ...printed(report),
          ...errorOf(report.errorCode, report.errorInfo),
        },
      };
  }
}

/** ErrorCode and ErrorInfo. */
export function errorOf(
  code: string,
  info?: string,
): { readonly errorCode: string; readonly errorInfo: string } {
  return { errorCode: code, errorInfo: info === undefined || info === "" ? wordsFor(code) : info };
}

export function printed(report: { readonly output: Buffer; readonly dropped: number }): Outcome {
  return { output: textOf(report.output), dropped: report.dropped };
}

/** The captures end the service's own words with a full stop. */
function wordsFor(code: string): string {
  return isInstanceErrorCode(code) ? `${INSTANCE_ERRORS[code].info}.` : code;
}

function textOf(output: Buffer): string | undefined {
  return output.length === 0 ? undefined : output.toString("base64");
}

function timesOf(report: { readonly startedAt: number; readonly finishedAt: number }): Outcome {
  return { startedAt: timeOf(report.startedAt), finishedAt: timeOf(report.finishedAt) };
}

/** A task that never started reports zero times. */
function timeOf(atMs: number): number | undefined {
  return atMs === 0 ? undefined : atMs;
}

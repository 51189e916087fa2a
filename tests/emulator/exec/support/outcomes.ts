import { createHash } from "node:crypto";
import type { Report } from "../../../../emulator/src/backends/backend.js";
import { piecesOf, reportsIn, type Scenario, type TraceEvent } from "./traces.js";

/** What became of one execution, with times and paths taken out. */
export type Outcome =
  | { readonly kind: "running" }
  | { readonly kind: "finish"; readonly exitCode: number; readonly dropped: number; output: Output }
  | { readonly kind: "timeout"; readonly dropped: number; output: Output }
  | { readonly kind: "stopped"; readonly started: boolean; output: Output }
  | { readonly kind: "invalid"; readonly info: string }
  | { readonly kind: "error"; readonly started: boolean; readonly info: string };

/** Text, bytes in Base64 where it is no text, or the check sums of its pieces where it is long. */
export type Output = string | readonly string[];

/** The outcomes of a trace, for each task in the order of the wire. */
export function expectedOutcomes(scenario: Scenario): Map<string, Outcome[]> {
  const outcomes = new Map<string, Outcome[]>();
  const starts = new Set<string>();
  for (const event of reportsIn(scenario)) {
    const { taskId = "", invokeVersion = "", start = "" } = event.query ?? {};
    const outcome = outcomeOf(scenario, event);
    const execution = `${taskId} ${invokeVersion} ${start}`;
    if (outcome.kind === "running" && starts.has(execution)) continue;
    starts.add(execution);
    outcomes.set(taskId, [...(outcomes.get(taskId) ?? []), outcome]);
  }
  return outcomes;
}

/** Check sums of the pieces in which a trace has a long output. */
export function cut(output: Buffer, lengths: readonly number[]): string[] {
  let at = 0;
  return lengths.map((length) => sum(output.subarray(at, (at += length))));
}

export function actualOutcome(
  report: Report,
  clean: (text: string) => string,
  lengths: readonly number[] | undefined,
): Outcome | undefined {
  const output = "output" in report ? outputOf(report.output, clean, lengths) : "";
  switch (report.kind) {
    case "output":
      return undefined;
    case "running":
      return { kind: "running" };
    case "finish":
      return { kind: "finish", exitCode: report.exitCode, dropped: report.dropped, output };
    case "timeout":
      return { kind: "timeout", dropped: report.dropped, output };
    case "stopped":
      return { kind: "stopped", started: report.startedAt !== 0, output };
    case "invalid":
      return { kind: "invalid", info: `${report.errorCode}: ${clean(report.detail ?? "")}` };
    case "error":
      return { kind: "error", started: report.startedAt !== 0, info: clean(report.detail ?? "") };
  }
}

function outcomeOf(scenario: Scenario, event: TraceEvent): Outcome {
  const query = event.query ?? {};
  const started = query["start"] !== "0";
  switch (event.path?.split("/").pop()) {
    case "running":
      return { kind: "running" };
    case "finish":
      return {
        kind: "finish",
        exitCode: Number(query["exitCode"]),
        dropped: Number(query["dropped"]),
        output: joined(scenario, query),
      };
    case "timeout":
      return {
        kind: "timeout",
        dropped: Number(query["dropped"]),
        output: joined(scenario, query),
      };
    case "stopped":
      return { kind: "stopped", started, output: started ? joined(scenario, query) : "" };
    case "invalid":
      return { kind: "invalid", info: `${errorCodeOf(query)}: ${words(query["value"])}` };
    case "error":
      return { kind: "error", started, info: query["errDesc"] ?? "" };
    default:
      throw new Error(`${scenario.name}: what is ${event.path}?`);
  }
}

/** The API's word for what the agent reports as invalid. */
function errorCodeOf({ param = "", value = "" }: Readonly<Record<string, string>>): string {
  if (param === "UsernameOrPasswordInvalid") {
    return value.endsWith("exit status 1") ? "AccountNotExists" : "UserOrPasswordInvalid";
  }
  const code = ERROR_CODES[param];
  if (code === undefined) throw new Error(`no error code for ${param}`);
  return code;
}

const ERROR_CODES: Readonly<Record<string, string>> = {
  workingDirectory: "DirectoryNotExists",
  TypeInvalid: "CommandNotApplicable",
  InvalidEnvironmentParameter: "InvalidSystemBuiltInParameter",
  RoleNameFailed: "InstanceRoleInvalid",
};

/** Without what the agent's language adds to an error that has no cause. */
function words(value = ""): string {
  return value.replace(/: <nil>$/, "");
}

/** One execution's output as the server puts it together: pieces sent while it ran, and the last. */
function joined(scenario: Scenario, query: Readonly<Record<string, string>>): Output {
  const pieces = piecesOf(scenario, query["taskId"] ?? "").filter(
    (piece) => piece.query?.["start"] === query["start"],
  );
  if (pieces.some((piece) => piece.bodySha256 !== undefined)) {
    return pieces.map((piece) => piece.bodySha256 ?? sum(bytesOf(piece)));
  }
  return textOrBase64(Buffer.concat(pieces.map(bytesOf)));
}

function bytesOf(piece: TraceEvent): Buffer {
  if (piece.bodyBase64 !== undefined) return Buffer.from(piece.bodyBase64, "base64");
  return Buffer.from(piece.body ?? "");
}

function outputOf(
  output: Buffer,
  clean: (text: string) => string,
  lengths: readonly number[] | undefined,
): Output {
  return lengths === undefined ? clean(textOrBase64(output)) : cut(output, lengths);
}

function textOrBase64(output: Buffer): string {
  const text = output.toString();
  return Buffer.from(text).equals(output) ? text : output.toString("base64");
}

function sum(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

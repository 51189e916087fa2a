// For programs.
export { Command, type CommandArgs } from "./resources/command.js";
export {
  CommandInvocation,
  type CommandInvocationArgs,
  type ScheduleArgs,
  type TargetsArgs,
} from "./resources/command-invocation.js";
export type {
  CommandType,
  HoldReason,
  Ledger,
  Plan,
  ResourceStatus,
  Row,
  RowStatus,
  Summary,
  TerminationMode,
} from "./inputs.js";
export { getRuns, type GetRunsOptions, type RunsOf } from "./shells/get-runs.js";
export type { ScheduleRun } from "./result/schedule-runs.js";
export { agentRuns, nextRuns } from "./schedule/index.js";

// For other libraries: policy packs, reports.
export { commandInvocationType, commandType, tagKeys } from "./names.js";
export { CloudAssistantError, errorCodes, type ErrorCode } from "./errors.js";

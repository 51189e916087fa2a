/**
 * When schedules run: pure, and the same code as the preview uses. Public as
 * `pulumi-cloud-assistant/schedule`.
 */
// For programs, pipelines and policies.
export { agentRuns, type AgentTask, type Runs } from "./agent-runs.js";
export { nextRuns, type NextRunsOptions } from "./next-runs.js";
export { judgeSchedule, type JudgeOptions } from "./judge.js";
export type { Judgement, ScheduleRefusal } from "./finding.js";
export type { InstantLike } from "./instant.js";
export type { Then } from "./timer.js";
export type { Schedule, ScheduleHazard } from "../inputs.js";

// For the rest of the provider.
export { toFrequency, toRepeatMode } from "./frequency.js";

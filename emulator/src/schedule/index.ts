/**
 * When the agent runs a task: its grammar and its arithmetic, oddities included, as observed on release
 * 2.2.3.578. Pure: the clock and the instance's zone are arguments.
 */
export { arm, createArm } from "./arm.js";
export { parseFrequency, type FrequencyReading } from "./frequency.js";
export type { Arm, ArmMoment, ArmResult, Next, Refusal, Repeat, Timetable } from "./types.js";
export { isZoneName } from "./zone.js";

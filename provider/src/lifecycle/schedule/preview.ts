import type { CommandInvocationInputs, Schedule } from "../../inputs.js";
import { sameJson } from "../../plan/canonical-json.js";
import { armingChanges, whenOf } from "../../plan/schedule-change.js";
import { tracks } from "../../plan/tracking.js";
import { nextRuns } from "../../schedule/index.js";
import { containsUnknown } from "../../unknown.js";

/**
 * Whether this very schedule is in the state already, so that it is not judged again: a moment that
 * has passed is done, not wrong. One that is to be armed again is judged.
 */
export function scheduleStands(
  olds: CommandInvocationInputs | undefined,
  raw: Readonly<Record<string, unknown>>,
): boolean {
  const before = olds?.schedule;
  const after = raw.schedule as Schedule | undefined;
  if (before === undefined || after === undefined || containsUnknown(after)) return false;
  const armsAgain = before.suspend === true && after.suspend !== true;
  return (
    !armsAgain &&
    sameJson(whenOf(before), whenOf(after)) &&
    sameJson(before.allow, after.allow) &&
    sameJson(olds?.timeout, raw.timeout)
  );
}

/** The inputs with what a schedule is to be: armed, or not while it is suspended. */
export function withArmed(inputs: CommandInvocationInputs): CommandInvocationInputs {
  const { armed: _armed, ...rest } = inputs;
  if (inputs.schedule === undefined) return rest;
  return { ...rest, armed: inputs.schedule.suspend !== true };
}

/** Whether new inputs ask for anything of a schedule but other members. */
export function asksForArming(
  olds: CommandInvocationInputs,
  news: CommandInvocationInputs,
): boolean {
  const { renews, modifies } = armingChanges(olds, news);
  const suspends = (olds.schedule?.suspend === true) !== (news.schedule?.suspend === true);
  return suspends || renews.length + modifies.length > 0;
}

/** Whether all members are armed anew, so that they are found and looked at again. */
export function armsAll(olds: CommandInvocationInputs, news: CommandInvocationInputs): boolean {
  const rearms = olds.schedule?.suspend === true && news.schedule?.suspend !== true;
  return rearms || armingChanges(olds, news).renews.length > 0;
}

/** When it runs, for people. */
export function whenLines(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  nowMs: number,
): readonly string[] {
  const { schedule } = inputs;
  if (schedule === undefined || containsUnknown(schedule)) return [];
  if (schedule.suspend === true) {
    return ["suspended: nothing is armed until schedule.suspend is false"];
  }
  const isArmed = olds?.schedule !== undefined && !armsAll(olds, inputs);
  return [
    ...(schedule.boot === undefined ? runLines(schedule, isArmed, nowMs) : [bootLine(schedule)]),
    ...(tracks(inputs) ? ["machines that join later are added at the next `pulumi up`"] : []),
  ];
}

function bootLine({ boot }: Schedule): string {
  const when = boot === "next" ? "once, at the next start" : "at each start";
  return `runs ${when} of each machine; nothing here reboots them`;
}

/** So many fire times are shown. */
const shown = 3;

function runLines(schedule: Schedule, isArmed: boolean, nowMs: number): readonly string[] {
  if (schedule.rate !== undefined) return [rateLine(schedule, isArmed, nowMs)];
  const next = nextRuns(schedule, { from: nowMs, count: shown });
  if ("refused" in next || next.runs.length === 0) return [];
  const clock = schedule.timezone === "instance" ? ", on a machine whose own clock is UTC" : "";
  const end = next.then === "more" ? "" : `; then ${endWords[next.then] ?? next.then}`;
  return [`next runs: ${next.runs.join(", ")}${end}${clock}`];
}

/** A rate is counted from its arming, which the inputs do not tell. */
function rateLine(schedule: Schedule, isArmed: boolean, nowMs: number): string {
  const every = `next runs: every ${schedule.rate ?? ""}, counted from when it `;
  if (isArmed) return `${every}was armed`;
  const next = nextRuns(schedule, { from: Math.floor(nowMs / 1_000) * 1_000, count: shown });
  const runs = "refused" in next ? [] : next.runs;
  return runs.length === 0 ? `${every}is armed` : `${every}is armed: ${runs.join(", ")} if now`;
}

const endWords: Readonly<Record<string, string>> = {
  finished: "it is over",
  dead: "it dies",
  crash: "it crashes the agent",
};

/** A schedule in the words of the API. */
import type { RepeatMode } from "cloud-assistant-api";

import type { Schedule } from "../inputs.js";
import { readMoment } from "./moment.js";

/**
 * What the API's Frequency gets: `0 0 2 * * ? Asia/Shanghai`, without a zone for `"instance"`;
 * `rate(30m)`; `at(2026-01-02 03:04:05 UTC)`. Boot plans have none.
 */
export function toFrequency(schedule: Schedule): string | undefined {
  if (schedule.cron !== undefined) {
    const cron = schedule.cron.trim().replace(/\s+/g, " ");
    const { timezone } = schedule;
    return timezone === undefined || timezone === "instance" ? cron : `${cron} ${timezone}`;
  }
  if (schedule.rate !== undefined) return `rate(${schedule.rate})`;
  if (schedule.at === undefined) return undefined;
  const moment = readMoment(schedule.at);
  // A moment that cannot be read is refused by `judgeSchedule`; the service would refuse it as it is.
  return `at(${moment === undefined ? schedule.at : serviceTime(moment.seconds)})`;
}

/** What the API's RepeatMode gets. Cron, rate and at are all Period. */
export function toRepeatMode(schedule: Schedule): RepeatMode {
  if (schedule.boot === undefined) return "Period";
  return schedule.boot === "next" ? "NextRebootOnly" : "EveryReboot";
}

/** What the agent is handed for an At: the service has made UTC of it. */
export function toAgentAt(seconds: number): string {
  return `at(${new Date(seconds * 1000).toISOString().slice(0, 19)})`;
}

function serviceTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

import { judgeSchedule, type Schedule } from "../../../provider/src/schedule/index.js";
import { isRefused, type Row } from "./refusal-row.js";

const now = "2026-11-25T02:40:00Z";

test.each<Row>([
  [
    { cron: "0 30 2 * * ?", timezone: "America/New_York" },
    {},
    "schedule.cron",
    "dies at a clock change: on 2027-03-14 the clock of America/New_York skips 02:00 to 03:00; the last run is 2027-03-14T06:30:00Z (01:30 on that clock, ahead of its time), and then the agent never runs it again, without a report, until the task is delivered again (observed on agent 2.2.3.578)",
    '"0 30 2 * * ?" in America/New_York',
    'times that exist on every day; or this, with "dies-at-clock-change" in schedule.allow',
    'write cron: "0 30 3 * * ?" (03:30 exists on every day), or timezone: "GMT-5:00", the same clock all year',
  ],
  [
    { cron: "0 0 * * * ?", timezone: "America/New_York" },
    {},
    "schedule.cron",
    "dies at a clock change: on 2027-03-14 the clock of America/New_York skips 02:00 to 03:00; the last run is 2027-03-14T06:00:00Z (01:00 on that clock), and then the agent never runs it again, without a report, until the task is delivered again (observed on agent 2.2.3.578)",
    '"0 0 * * * ?" in America/New_York',
    'times that exist on every day; or this, with "dies-at-clock-change" in schedule.allow',
    'write timezone: "UTC", where it runs as often and never stops',
  ],
  [
    { cron: "0 0 0/2 * * ?", timezone: "America/St_Johns" },
    {},
    "schedule.cron",
    "dies at a clock change: on 2027-03-14 the clock of America/St_Johns skips 02:00 to 03:00; the last run is 2027-03-14T04:30:00Z (01:00 on that clock, ahead of its time), and then the agent never runs it again, without a report, until the task is delivered again (observed on agent 2.2.3.578)",
    '"0 0 0/2 * * ?" in America/St_Johns',
    'times that exist on every day; or this, with "dies-at-clock-change" in schedule.allow',
    'write timezone: "GMT-3:30", the same clock all year',
  ],
  [
    { cron: "0 30 2 14 3 ?", timezone: "America/New_York" },
    {},
    "schedule.cron",
    "dies at a clock change: on 2027-03-14 the clock of America/New_York skips 02:00 to 03:00; the last run is 2027-03-14T06:30:00Z (01:30 on that clock, ahead of its time), and then the agent never runs it again, without a report, until the task is delivered again (observed on agent 2.2.3.578)",
    '"0 30 2 14 3 ?" in America/New_York',
    'times that exist on every day; or this, with "dies-at-clock-change" in schedule.allow',
    'write cron: "0 30 3 14 3 ?" (03:30 exists on every day), or timezone: "GMT-5:00", the same clock all year',
  ],
  [
    { cron: "0 */30 * * * ?", timezone: "America/New_York" },
    { now: "2026-11-01T06:10:00Z" },
    "schedule.cron",
    "is dead at once if it is armed now: the clock of America/New_York went back at 2026-11-01T06:00:00Z, and the agent takes the next time for one that is past (observed on agent 2.2.3.578)",
    '"0 */30 * * * ?" in America/New_York',
    'to be armed when the repeated time is over; or now, with "dies-at-clock-change" in schedule.allow',
    "arm it after 2026-11-01T07:00:00Z",
  ],
  [
    { cron: "0 30 2 * * ?", timezone: "instance" },
    { instanceZone: "America/New_York" },
    "schedule.cron",
    "dies at a clock change: on 2027-03-14 the clock of America/New_York skips 02:00 to 03:00; the last run is 2027-03-14T06:30:00Z (01:30 on that clock, ahead of its time), and then the agent never runs it again, without a report, until the task is delivered again (observed on agent 2.2.3.578)",
    '"0 30 2 * * ?" in America/New_York',
    'times that exist on every day; or this, with "dies-at-clock-change" in schedule.allow',
    'write cron: "0 30 3 * * ?" (03:30 exists on every day), or timezone: "GMT-5:00", the same clock all year',
  ],
  [
    { cron: "0 0 22-6 * * ?", timezone: "UTC" },
    {},
    "schedule.cron",
    "crashes the agent's process: the range 22-6 in the hour field is empty, since it ends before it begins; nothing is reported (observed on agent 2.2.3.578)",
    '"0 0 22-6 * * ?"',
    'ranges that do not wrap; or this, with "crashes-agent" in schedule.allow',
    'write cron: "0 0 22-23,0-6 * * ?" (the same times, without a range that wraps)',
  ],
  [
    { cron: "0 0 22-6/2 * * ?", timezone: "UTC" },
    {},
    "schedule.cron",
    "crashes the agent's process: the range 22-6/2 in the hour field is empty, since it ends before it begins; nothing is reported (observed on agent 2.2.3.578)",
    '"0 0 22-6/2 * * ?"',
    'ranges that do not wrap; or this, with "crashes-agent" in schedule.allow',
    'write cron: "0 0 22,0,2,4,6 * * ?" (the same times, without a range that wraps)',
  ],
  [
    { cron: "0 0 0 1 NOV-FEB ?", timezone: "UTC" },
    {},
    "schedule.cron",
    "crashes the agent's process: the range NOV-FEB in the month field is empty, since it ends before it begins; nothing is reported (observed on agent 2.2.3.578)",
    '"0 0 0 1 NOV-FEB ?"',
    'ranges that do not wrap; or this, with "crashes-agent" in schedule.allow',
    'write cron: "0 0 0 1 NOV-DEC,JAN-FEB ?" (the same times, without a range that wraps)',
  ],
  [
    { cron: "0 50-10 * * * ?", timezone: "UTC" },
    {},
    "schedule.cron",
    "crashes the agent's process: the range 50-10 in the minute field is empty, since it ends before it begins; nothing is reported (observed on agent 2.2.3.578)",
    '"0 50-10 * * * ?"',
    'ranges that do not wrap; or this, with "crashes-agent" in schedule.allow',
    'write cron: "0 50-59,0-10 * * * ?" (the same times, without a range that wraps)',
  ],
  [
    { cron: "0 0 2 ? * MON-SUN", timezone: "UTC" },
    {},
    "schedule.cron",
    "never runs: the range MON-SUN in the day-of-week field is empty, since it ends before it begins; every machine answers CronExpressionExpired (observed on agent 2.2.3.578)",
    '"0 0 2 ? * MON-SUN"',
    'a time to come; or this, with "never-fires" in schedule.allow',
    'write cron: "0 0 2 ? * *" (the same times, without a range that wraps)',
  ],
  [
    { cron: "0 0 2 ? * FRI-MON", timezone: "UTC" },
    {},
    "schedule.cron",
    "never runs: the range FRI-MON in the day-of-week field is empty, since it ends before it begins; every machine answers CronExpressionExpired (observed on agent 2.2.3.578)",
    '"0 0 2 ? * FRI-MON"',
    'a time to come; or this, with "never-fires" in schedule.allow',
    'write cron: "0 0 2 ? * FRI,SAT,SUN,MON" (the same times, without a range that wraps)',
  ],
  [
    { cron: "0 0 2 ? * 5-7", timezone: "UTC" },
    {},
    "schedule.cron",
    "never runs: the range 5-7 in the day-of-week field is empty, since it ends before it begins; every machine answers CronExpressionExpired (observed on agent 2.2.3.578)",
    '"0 0 2 ? * 5-7"',
    'a time to come; or this, with "never-fires" in schedule.allow',
    'write cron: "0 0 2 ? * 5,6,7" (the same times, without a range that wraps)',
  ],
  [
    { cron: "0 0 0 30 2 ?", timezone: "UTC" },
    {},
    "schedule.cron",
    "never runs: no day fits it; every machine answers CronExpressionExpired (observed on agent 2.2.3.578)",
    '"0 0 0 30 2 ?"',
    'a time to come; or this, with "never-fires" in schedule.allow',
    'write days that its months have; "L" is the last day of a month',
  ],
  [
    { cron: "0 0 0 1 1 ? 2026", timezone: "UTC" },
    {},
    "schedule.cron",
    "never runs: its last time is past; every machine answers CronExpressionExpired (observed on agent 2.2.3.578)",
    '"0 0 0 1 1 ? 2026"',
    'a time to come; or this, with "never-fires" in schedule.allow',
    "leave the year out, or write a later one",
  ],
  [
    { cron: "0 0 0 1 1 ? 2030-2028", timezone: "UTC" },
    {},
    "schedule.cron",
    "never runs: the range 2030-2028 in the year field is empty, since it ends before it begins; every machine answers CronExpressionExpired (observed on agent 2.2.3.578)",
    '"0 0 0 1 1 ? 2030-2028"',
    'a time to come; or this, with "never-fires" in schedule.allow',
    'write cron: "0 0 0 1 1 ? 2028-2030" (the same times, without a range that wraps)',
  ],
])("refused, a hazard: %j %j", isRefused);

test.each<[Schedule, string]>([
  [
    { cron: "0 30 2 * * ?", timezone: "America/New_York", allow: ["dies-at-clock-change"] },
    "schedule.cron: dies at a clock change: on 2027-03-14 the clock of America/New_York skips 02:00 to 03:00; the last run is 2027-03-14T06:30:00Z (01:30 on that clock, ahead of its time), and then the agent never runs it again, without a report, until the task is delivered again (observed on agent 2.2.3.578).",
  ],
  [
    { cron: "0 0 22-6 * * ?", timezone: "UTC", allow: ["never-fires", "crashes-agent"] },
    "schedule.cron: crashes the agent's process: the range 22-6 in the hour field is empty, since it ends before it begins; nothing is reported (observed on agent 2.2.3.578).",
  ],
  [
    { cron: "0 0 0 30 2 ?", timezone: "UTC", allow: ["never-fires"] },
    "schedule.cron: never runs: no day fits it; every machine answers CronExpressionExpired (observed on agent 2.2.3.578).",
  ],
])("a hazard that is allowed is a warning: %j", (schedule, warning) => {
  expect(judgeSchedule(schedule, { now })).toEqual({ refusals: [], warnings: [warning] });
});

test("allowing one hazard does not allow another", () => {
  const schedule: Schedule = {
    cron: "0 0 22-6 * * ?",
    timezone: "UTC",
    allow: ["dies-at-clock-change", "never-fires"],
  };
  expect(judgeSchedule(schedule, { now }).refusals).toHaveLength(1);
});

test("what is to be written instead of a hazard is none itself", () => {
  const dying = [
    ["0 30 2 * * ?", "America/New_York"],
    ["0 0 * * * ?", "America/St_Johns"],
    ["0 15,45 0 ? * SUN", "America/Santiago"],
    ["0 0 0-5 * * ?", "Atlantic/Azores"],
    ["*/30 * * * * ?", "America/New_York"],
  ] as const;
  for (const [cron, timezone] of dying) {
    const [refusal] = judgeSchedule({ cron, timezone }, { now }).refusals;
    const action = refusal?.action ?? "";
    const [, otherCron] = /cron: "([^"]+)"/.exec(action) ?? [];
    const [, otherZone = ""] = /timezone: "([^"]+)"/.exec(action) ?? [];
    expect(judgeSchedule({ cron, timezone: otherZone }, { now }).refusals).toEqual([]);
    if (otherCron === undefined) continue;
    expect(judgeSchedule({ cron: otherCron, timezone }, { now }).refusals).toEqual([]);
  }
  expect.hasAssertions();
});

test("a yearly schedule that meets its clock change years from now is refused today", () => {
  // 10 March is the second Sunday of March in 2030.
  const schedule: Schedule = { cron: "0 30 2 10 3 ?", timezone: "America/New_York" };
  const [refusal] = judgeSchedule(schedule, { now }).refusals;
  expect(refusal?.problem).toContain("the last run is 2030-03-10T06:30:00Z");
});

test("a day that no year has is told from one that is past", () => {
  const problemOf = (cron: string): string | undefined =>
    judgeSchedule({ cron, timezone: "UTC" }, { now }).refusals[0]?.problem;
  expect(problemOf("0 0 0 30 2 ? 2026")).toContain("no day fits it");
  expect(problemOf("0 0 0 28 2 ? 2026")).toContain("its last time is past");
});

import { unknown } from "../../../provider/src/unknown.js";
import { judgeSchedule, type Schedule } from "../../../provider/src/schedule/index.js";
import { isRefused, oneKind, type Row } from "./refusal-row.js";

test.each<Row>([
  [
    {},
    {},
    "schedule",
    "does not say when",
    "{}",
    oneKind,
    "write one, or leave schedule out to run now",
  ],
  [
    { timezone: "UTC" },
    {},
    "schedule",
    "does not say when",
    '{"timezone":"UTC"}',
    oneKind,
    'write the expression too: cron: "0 30 2 * * ?"',
  ],
  [
    { cron: "0 0 2 * * ?", timezone: "UTC", rate: "5m" },
    {},
    "schedule",
    "has 2 kinds at once: cron, rate",
    '{"cron":"0 0 2 * * ?","timezone":"UTC","rate":"5m"}',
    oneKind,
    "keep one, and make a resource for each other",
  ],
  [
    { cron: "0 0 2 * * ?" },
    {},
    "schedule.timezone",
    "is missing, and without it each machine would count by its own clock",
    "nothing",
    'a zone, or "instance"',
    'write timezone: "UTC" or another, or "instance" if each machine\'s own clock is meant',
  ],
  [
    { rate: "5m", timezone: "UTC" },
    {},
    "schedule.timezone",
    "is given without cron",
    '"UTC"',
    "beside cron only",
    "take it out: only cron counts by a clock",
  ],
  [{ rate: 30 } as never, {}, "schedule.rate", "is not text", "30", "text", "write it in quotes"],
  [
    { boot: "always" } as never,
    {},
    "schedule.boot",
    "is not a boot plan that is known",
    '"always"',
    '"next" or "every"',
    'write "next" for the next start only, or "every" for each start',
  ],
  [
    { rate: "5m", suspend: "yes" } as never,
    {},
    "schedule.suspend",
    "is neither true nor false",
    '"yes"',
    "true or false",
    "write true or false without quotes",
  ],
  [
    { rate: "5m", allow: "never-fires" } as never,
    {},
    "schedule.allow",
    "is not a list",
    '"never-fires"',
    'a list of "dies-at-clock-change", "crashes-agent" or "never-fires"',
    "write it in square brackets",
  ],
  [
    { rate: "5m", allow: ["dies"] } as never,
    {},
    "schedule.allow[0]",
    "is not a hazard that is known",
    '"dies"',
    '"dies-at-clock-change", "crashes-agent" or "never-fires"',
    "write one of these, or take it out",
  ],
  [
    { rate: "5m", every: "day" } as never,
    {},
    "schedule.every",
    "is not an input that is known here",
    '"day"',
    "cron, rate, at, boot, timezone, suspend, allow",
    "take it out, or write one of these names",
  ],
  [
    null as never,
    {},
    "schedule",
    "is not a map",
    "nothing",
    oneKind,
    'write { rate: "30m" } or another of these',
  ],
  [
    ["5m"] as never,
    {},
    "schedule",
    "is not a map",
    '["5m"]',
    oneKind,
    'write { rate: "30m" } or another of these',
  ],
])("refused, a form: %j %j", isRefused);

test("all problems come at once", () => {
  const schedule = { cron: "0 2 * * *", timezone: "utc", allow: ["dies"], suspend: 1 } as never;
  const { refusals } = judgeSchedule(schedule, { now: "2026-11-25T02:40:00Z" });
  expect(refusals.map(({ path }) => path)).toEqual([
    "schedule.suspend",
    "schedule.allow[0]",
    "schedule.cron",
    "schedule.timezone",
  ]);
});

test.each<Schedule>([
  { cron: "0 0 2 * * ?", timezone: "Asia/Shanghai" },
  { cron: "0 0 2 * * ? 2027", timezone: "UTC" },
  { cron: "0 0 2 * * ? *", timezone: "GMT" },
  { cron: "*/10 * * * * ?", timezone: "GMT+8:00" },
  { cron: "0 0 2 L * ?", timezone: "GMT-12:59" },
  { cron: "0 0 2 ? * MON#1,FRIL", timezone: "Asia/Kolkata" },
  { rate: "61s" },
  { rate: "7d" },
  { at: "2026-11-25T10:40:00+08:00" },
  { at: "2026-11-25T02:40Z" },
  { boot: "next", suspend: true },
  { boot: "every", allow: [] },
])("%j is neither refused nor warned of", (schedule) => {
  const timeoutSeconds = "cron" in schedule ? 10 : 60;
  const judged = judgeSchedule(schedule, { now: "2026-11-25T02:40:00Z", timeoutSeconds });
  expect(judged).toEqual({ refusals: [], warnings: [] });
});

test("without a time-out, intervals are not compared with it", () => {
  expect(judgeSchedule({ rate: "60s" }, { now: 0 }).refusals).toEqual([]);
});

test.each([
  [{ cron: unknown, timezone: "UTC" }],
  [{ cron: "0 0 2 * * ?", timezone: unknown }],
  [{ rate: unknown }],
  [{ at: unknown }],
  [{ boot: unknown, suspend: unknown, allow: unknown }],
  [{ rate: "5m", allow: [unknown] }],
])("what is not known yet is not judged (%#)", (schedule) => {
  const judged = judgeSchedule(schedule as never, { now: "2026-11-25T02:40:00Z" });
  expect(judged).toEqual({ refusals: [], warnings: [] });
});

test("what is known beside it is judged", () => {
  const schedule = { cron: "0 2 * * *", timezone: unknown } as never;
  const { refusals } = judgeSchedule(schedule, { now: "2026-11-25T02:40:00Z" });
  expect(refusals.map(({ path }) => path)).toEqual(["schedule.cron"]);
});

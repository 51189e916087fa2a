import { type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "no moment",
    { schedule: {} },
    [
      "schedule: does not say when. Given: {}. Allowed: exactly one of { cron, timezone }, { rate }, { at } and { boot }. What to do: write one, or leave schedule out to run now.",
    ],
  ],
  [
    "two moments",
    { schedule: { rate: "30m", boot: "every" } },
    [
      'schedule: has 2 kinds at once: rate, boot. Given: {"rate":"30m","boot":"every"}. Allowed: exactly one of { cron, timezone }, { rate }, { at } and { boot }. What to do: keep one, and make a resource for each other.',
    ],
  ],
  [
    "cron without a zone",
    { schedule: { cron: "0 0 2 * * ?" } },
    [
      'schedule.timezone: is missing, and without it each machine would count by its own clock. Given: nothing. Allowed: a zone, or "instance". What to do: write timezone: "UTC" or another, or "instance" if each machine\'s own clock is meant.',
    ],
  ],
  [
    "a zone without cron",
    { schedule: { rate: "30m", timezone: "UTC" } },
    [
      'schedule.timezone: is given without cron. Given: "UTC". Allowed: beside cron only. What to do: take it out: only cron counts by a clock.',
    ],
  ],
  [
    "an unknown boot",
    { schedule: { boot: "always" } },
    [
      'schedule.boot: is not a boot plan that is known. Given: "always". Allowed: "next" or "every". What to do: write "next" for the next start only, or "every" for each start.',
    ],
  ],
  [
    "an unknown hazard, suspend as text",
    { schedule: { rate: "30m", allow: ["anything"], suspend: "yes" } },
    [
      'schedule.suspend: is neither true nor false. Given: "yes". Allowed: true or false. What to do: write true or false without quotes.',
      'schedule.allow[0]: is not a hazard that is known. Given: "anything". Allowed: "dies-at-clock-change", "crashes-agent" or "never-fires". What to do: write one of these, or take it out.',
    ],
  ],
  [
    "a schedule as text",
    { schedule: "0 0 2 * * ?" },
    [
      'schedule: is not a map. Given: "0 0 2 * * ?". Allowed: { cron, timezone }, { rate }, { at } or { boot }. What to do: write a map, in curly brackets.',
    ],
  ],
  [
    "triggers beside a schedule",
    { schedule: { boot: "every" }, triggers: ["v2"] },
    [
      'triggers: is given beside schedule. Given: ["v2"]. Allowed: with a run now only. What to do: take triggers out; a schedule runs when its time comes.',
    ],
  ],
  [
    "a rollout beside a schedule",
    { schedule: { boot: "every" }, rollout: { batchSize: 1 } },
    [
      'rollout: is given beside schedule, where all machines run at the same moment. Given: { "batchSize": 1 }. Allowed: with a run now only. What to do: take rollout out, or use a schedule for each group of machines.',
    ],
  ],
  [
    "waiting for completion beside a schedule",
    { schedule: { boot: "every" }, wait: { for: "completion" } },
    [
      'wait.for: is given beside schedule, whose runs come later. Given: "completion". Allowed: "acceptance", which is what a schedule is waited for. What to do: take it out.',
    ],
  ],
  [
    "another tool's names",
    { schedule: { tz: "UTC", frequency: "0 0 2 * * ?" } },
    [
      'schedule.tz: is not a known input. Given: "UTC". Allowed: cron, timezone, rate, at, boot, suspend, allow. What to do: write schedule.timezone.',
      'schedule.frequency: is not a known input. Given: "0 0 2 * * ?". Allowed: cron, timezone, rate, at, boot, suspend, allow. What to do: write schedule.cron, schedule.rate or schedule.at.',
    ],
  ],
  [
    "a crontab line of five fields",
    { schedule: { cron: "0 2 * * *", timezone: "UTC" } },
    [
      'schedule.cron: has 5 fields, and the agent reads six (InvalidCronExpression). Given: "0 2 * * *". Allowed: six fields, second minute hour day-of-month month day-of-week, and perhaps a year. What to do: write cron: "0 0 2 * * ?" (the first field is the second).',
    ],
  ],
  [
    "a zone in another spelling",
    { schedule: { cron: "0 0 2 * * ?", timezone: "Asia/shanghai" } },
    [
      'schedule.timezone: is not a zone that the agent finds: names are matched exactly. Given: "Asia/shanghai". Allowed: a name of the tz database with its exact spelling, UTC, GMT+8:00 and the like, or "instance". What to do: write "Asia/Shanghai".',
    ],
  ],
  [
    "an interval shorter than the timeout of the script",
    { schedule: { rate: "60s" }, timeout: 120 },
    [
      'schedule.rate: is not longer than the time-out of 120 s, as the service asks. Given: "60s". Allowed: more than 120s, at most 7d. What to do: write "121s" or more, or lower timeout.',
    ],
  ],
  [
    "a moment that has passed",
    { schedule: { at: "2020-01-01T00:00:00Z" } },
    [
      'schedule.at: is in the past: it is 2020-01-01T00:00:00Z, and now it is 2023-11-14T22:13:20Z. Given: "2020-01-01T00:00:00Z". Allowed: a moment to come. What to do: write a later moment, or leave schedule out to run now.',
    ],
    { nowMs: 1_700_000_000_000 },
  ],
  [
    "a secret schedule",
    { schedule: { cron: "c4n4ry", timezone: "UTC" }, secretInputs: ["schedule.cron"] },
    [
      "schedule.cron: is refused, and the reason would show a part of what is marked as secret. Given: [secret]. Allowed: a schedule that the service and the machines accept. What to do: take the mark off to see the reason; a preview shows schedules anyway.",
    ],
  ],
];

describe("Schedule", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

/**
 * Corners that the golden data leave out. Every value was observed by running the genuine agent's
 * schedule code (release v578, zone rules 2025b) on a fixed clock, at 2026-01-15T02:30:17.250Z
 * unless a row says otherwise.
 */
import { agentRuns, type AgentTask } from "../../../provider/src/schedule/index.js";

const now = "2026-01-15T02:30:17.250Z";

function told(
  task: Omit<AgentTask, "now" | "instanceZone" | "count"> & Partial<AgentTask>,
): unknown {
  const found = agentRuns({ now, instanceZone: "Asia/Shanghai", count: 2, ...task });
  return "refused" in found ? found.refused : [...found.runs, found.then];
}

const corrupt =
  "TimezoneInformationCorrupt: Information of sepcified timezone in cron expression cannot be parsed";

test.each([
  [
    "an alias counts as one field, and what it stands for wins",
    "@daily * * * * *",
    ["2026-01-15T16:00:00Z", "2026-01-16T16:00:00Z", "more"],
  ],
  [
    "what stands behind an alias is not looked at",
    "@yearly a b c d e",
    ["2026-12-31T16:00:00Z", "2027-12-31T16:00:00Z", "more"],
  ],
  [
    "an ideographic space parts fields for the agent and not for its library",
    "0 0 12 * *\u3000?",
    "syntax error in day-of-week field: '*\u3000?'",
  ],
  ["too many such spaces leave too few fields", "0\u00a00\u00a012\u00a0* * ?", "missing field(s)"],
  [
    "behind a wildcard anything passes",
    "*,x * * * * ?",
    ["2026-01-15T02:30:18Z", "2026-01-15T02:30:19Z", "more"],
  ],
  ["before a wildcard it does not", "x,* * * * * ?", "syntax error in second field: 'x'"],
  ["a step that is too large is found first", "x,*/60 * * * * ?", "invalid interval */60"],
  [
    "a dotted capital I is an i",
    "0 0 0 ? * FR\u0130",
    ["2026-01-15T16:00:00Z", "2026-01-22T16:00:00Z", "more"],
  ],
  [
    "a wildcard in a list of days frees the days",
    "0 0 0 15,* * ?",
    ["2026-01-15T16:00:00Z", "2026-01-16T16:00:00Z", "more"],
  ],
  ["07 is Sunday", "0 0 0 ? * 07", ["2026-01-17T16:00:00Z", "2026-01-24T16:00:00Z", "more"]],
  ["1-05 runs from Monday to Sunday, which is nowhere", "0 0 0 ? * 1-05", "CronExpressionExpired"],
  [
    "05L is the last Sunday",
    "0 0 0 ? * 05L",
    ["2026-01-24T16:00:00Z", "2026-02-21T16:00:00Z", "more"],
  ],
  [
    "a day's name with a step goes to Saturday",
    "0 0 0 ? * MON/3",
    ["2026-01-18T16:00:00Z", "2026-01-21T16:00:00Z", "more"],
  ],
  [
    "a month may lack a fifth Saturday",
    "0 0 0 ? * Sat#5",
    ["2026-01-30T16:00:00Z", "2026-05-29T16:00:00Z", "more"],
  ],
  [
    "a year with a step goes to 2099",
    "0 0 0 1 1 ? 2030/20",
    ["2029-12-31T16:00:00Z", "2049-12-31T16:00:00Z", "more"],
  ],
  [
    "59 is the longest step of a year below 1970",
    "0 0 0 1 1 ? */59",
    ["2028-12-31T16:00:00Z", "2087-12-31T16:00:00Z", "finished"],
  ],
  ["60 is not", "0 0 0 1 1 ? */60", "invalid interval */60"],
  [
    "a zone is a path to a file",
    "0 0 2 * * ? Asia//Shanghai",
    ["2026-01-15T18:00:00Z", "2026-01-16T18:00:00Z", "more"],
  ],
  [
    "the path may begin here",
    "0 0 2 * * ? ./Asia/Shanghai",
    ["2026-01-15T18:00:00Z", "2026-01-16T18:00:00Z", "more"],
  ],
  [
    "there is a second tree of them",
    "0 0 2 * * ? posix/Asia/Shanghai",
    ["2026-01-15T18:00:00Z", "2026-01-16T18:00:00Z", "more"],
  ],
  ["a folder is no zone", "0 0 2 * * ? Asia/", `${corrupt}: is a directory`],
  ["a file is no folder", "0 0 2 * * ? Asia/Shanghai/", `${corrupt}: not a directory`],
  [
    "what stands around an offset is not looked at",
    "0 0 2 * * ? xGMT+8:005",
    ["2026-01-15T18:00:00Z", "2026-01-16T18:00:00Z", "more"],
  ],
  ["two offsets are one too many", "0 0 2 * * ? GMT+1:00GMT+2:00", "InvalidGMTOffsetForTimezone"],
  ["GMT is written in capitals", "0 0 2 * * ? gmt+8:00", "InvalidGMTOffsetForTimezone"],
  [
    "the agent takes offsets that no place has",
    "0 0 2 * * ? GMT-14:00",
    ["2026-01-15T16:00:00Z", "2026-01-16T16:00:00Z", "more"],
  ],
  ["no month at all crashes", "0 0 0 1 5-2 ?", ["crash"]],
  ["but not where the years are over", "0 0 0 1 5-2 ? 2026", "CronExpressionExpired"],
  [
    "no second at all does not crash where the years are over",
    "5-2 0 0 1 1 ? 2025",
    "CronExpressionExpired",
  ],
])("%s: %j", (_why, expr, expected) => {
  expect(told({ repeat: "Period", expr })).toEqual(expected);
});

test("a zone that skipped a whole day kills a schedule of that day", () => {
  const found = told({
    repeat: "Period",
    expr: "0 30 3 * * ? Pacific/Apia",
    now: "2011-12-28T12:00:00Z",
    count: 12,
  });
  expect(found).toEqual(["2011-12-28T13:30:00Z", "2011-12-29T13:30:00Z", "dead"]);
});

test("a month without a day that begins in a skipped hour sends the agent round in circles", () => {
  // Cuba's clock skipped the first hour of 2012-04-01, and April 2012 has no fifth Friday.
  const found = told({
    repeat: "Period",
    expr: "0 59 0 * * 5#5",
    instanceZone: "America/Havana",
    now: "2011-12-31T00:00:00Z",
    count: 12,
  });
  expect(found).toEqual(["2012-03-30T05:59:00Z", "crash"]);
});

const second = Date.parse(now) - 1000;

test.each([
  ["rate(18446744074s)", second, ["2026-01-15T02:30:17.411Z", "2026-01-15T02:30:17.702Z", "more"]],
  ["rate(36028797018963968s)", second, ["crash"]],
  [
    "rate(9223372036854775808s)",
    0,
    'InvalidRateExpression: invalid rate expression cannot be parsed: strconv.ParseInt: parsing "9223372036854775808": value out of range',
  ],
  [
    "rate(0m)",
    0,
    "InvalidRateExpression: invalid rate expression cannot be parsed: Period value should be positive number",
  ],
  [
    "rate(5\u017f)",
    0,
    "InvalidRateExpression: invalid rate expression cannot be parsed: Invalid period unit",
  ],
  [
    "rate(5m)",
    Date.parse("2026-01-15T02:40:17.250Z"),
    ["2026-01-15T02:45:17.250Z", "2026-01-15T02:50:17.250Z", "more"],
  ],
  ["rate(5m)", -600_000_123, ["2026-01-15T02:34:59.877Z", "2026-01-15T02:39:59.877Z", "more"]],
  ["rate (5M)", 0, ["2026-01-15T02:35:00Z", "2026-01-15T02:40:00Z", "more"]],
  [" rate(5m)", 0, "InvalidRateExpression"],
])("the rate %j of a task made at %d", (expr, creationTime, expected) => {
  expect(told({ repeat: "Rate", expr, creationTime })).toEqual(expected);
});

test("a rate without the time of its making counts from now", () => {
  expect(told({ repeat: "Rate", expr: "rate(5m)" })).toEqual([
    "2026-01-15T02:35:17.250Z",
    "2026-01-15T02:40:17.250Z",
    "more",
  ]);
});

test.each([
  ["at(2026-03-01T5:00:00)", ["2026-03-01T05:00:00Z", "finished"]],
  ["at(2026-02-29T00:00:00)", 'parsing time "2026-02-29T00:00:00": day out of range'],
  ["at(2026-13-01T00:00:00)", 'parsing time "2026-13-01T00:00:00": month out of range'],
  ["at(2026-03-01T24:00:00)", 'parsing time "2026-03-01T24:00:00": hour out of range'],
  ["at(2026-03-01T00:60:00)", 'parsing time "2026-03-01T00:60:00": minute out of range'],
  ["at(2026-03-01T00:00:00,25)", ["2026-03-01T00:00:00.250Z", "finished"]],
  ["at(2026-03-01T00:00:00.)", 'parsing time "2026-03-01T00:00:00.": extra text: "."'],
  ["2026-03-01T00:00:00", ["2026-03-01T00:00:00Z", "finished"]],
  [
    'at(\u00e9"\\)',
    'parsing time "\\xc3\\xa9\\"\\\\" as "2006-01-02T15:04:05": cannot parse "\\xc3\\xa9\\"\\\\" as "2006"',
  ],
  [
    "at(2026-03-1T00:00:00)",
    'parsing time "2026-03-1T00:00:00" as "2006-01-02T15:04:05": cannot parse "1T00:00:00" as "02"',
  ],
  ["\u00e9a", "InvalidAtExpression"],
  // The agent cannot count a longer wait than 292 years.
  ["at(9999-12-31T23:59:59)", ["2318-04-27T02:17:34.104Z", "2610-08-06T02:04:50.960Z", "more"]],
])("the moment %j", (expr, expected) => {
  expect(told({ repeat: "At", expr })).toEqual(expected);
});

test("a machine with a zone that it does not know counts in UTC, and a line says so", () => {
  const task = { repeat: "Period", expr: "0 0 2 * * ?", now, count: 1 } as const;
  expect(agentRuns({ ...task, instanceZone: "Asia/shanghai" })).toEqual({
    runs: ["2026-01-16T02:00:00Z"],
    then: "more",
    warnings: ["A machine does not know the zone Asia/shanghai: its agent counts in UTC."],
  });
});

test.each(["", "UTC", ":UTC", "Etc/UTC", "Zulu"])(
  "a machine whose TZ is %j counts in UTC",
  (zone) => {
    expect(told({ repeat: "Period", expr: "0 0 2 * * ?", instanceZone: zone, count: 1 })).toEqual([
      "2026-01-16T02:00:00Z",
      "more",
    ]);
  },
);

test.each(["PRC", "/usr/share/zoneinfo/Asia/Shanghai", ":Asia/Shanghai"])(
  "a machine may have %j as its own zone",
  (zone) => {
    expect(told({ repeat: "Period", expr: "0 0 2 * * ?", instanceZone: zone, count: 1 })).toEqual([
      "2026-01-15T18:00:00Z",
      "more",
    ]);
  },
);

test("a verdict names the release that it was observed on", () => {
  const dead = agentRuns({
    repeat: "Period",
    expr: "0 30 2 * * ? America/New_York",
    instanceZone: "UTC",
    now: "2026-03-07T12:00:00Z",
  });
  expect(dead).toEqual({
    runs: ["2026-03-08T06:30:00Z"],
    then: "dead",
    warnings: [
      "After 2026-03-08T06:30:00Z it never runs again: the next instant that the agent computes lies in the past; nothing is reported until the task is delivered again (observed on agent 2.2.3.578).",
    ],
  });
  const crash = agentRuns({ repeat: "Period", expr: "0 0 22-6 * * ?", instanceZone: "UTC", now });
  expect(crash).toEqual({
    runs: [],
    then: "crash",
    warnings: [
      "The agent's process crashes on this expression, and nothing is reported (observed on agent 2.2.3.578).",
    ],
  });
});

test("nothing is thrown for a clock that is none", () => {
  expect(told({ repeat: "At", expr: "", now: "yesterday" })).toBe("now is not an instant");
});

import {
  arm,
  type ArmResult,
  type Next,
  type Repeat,
} from "../../../emulator/src/schedule/index.js";
import { instant } from "./golden-cases.js";

// What is not among the golden cases was tried on the same code of release v578.

type Moment = { readonly now: string; readonly zone?: string; readonly created?: string };

function arrive(repeat: Repeat, expr: string, moment: Moment): ArmResult {
  return arm(repeat, expr, {
    nowMs: Date.parse(moment.now),
    instanceZone: moment.zone ?? "UTC",
    creationTimeMs: Date.parse(moment.created ?? moment.now),
  });
}

function runs(result: ArmResult, count: number): string[] {
  if (result.kind !== "armed") return [result.kind];
  const seen: string[] = [];
  let next: Next = result.first;
  while (next.kind === "at" && seen.length < count) {
    seen.push(instant(next.atMs));
    next = result.timetable.next(next.atMs);
  }
  return next.kind === "at" ? seen : [...seen, next.kind];
}

const winter = { now: "2026-01-15T02:30:17.250Z" };

describe("what the API shows for a refusal", () => {
  const cases: [Repeat, string, string, string][] = [
    ["Period", "0 0 * * *", "BadCronExpression", "InvalidCronExpression"],
    ["Period", "0 0 25 * * ?", "BadCronExpression", "syntax error in hour field: '25'"],
    ["Period", "0 0 0 1 1 ? 2025", "CronExpressionExpired", "CronExpressionExpired"],
    ["Period", "0 0 9 * * ? PRC", "TimezoneInformationCorrupt", "TimezoneInformationCorrupt"],
    [
      "Period",
      "0 0 9 * * ? Asia/shanghai",
      "TimezoneInformationCorrupt",
      "TimezoneInformationCorrupt: Information of sepcified timezone in cron expression cannot be parsed: unknown time zone Asia/shanghai",
    ],
    [
      "Period",
      "0 0 9 * * ? GMT+08:00",
      "InvalidGMTOffsetForTimezone",
      "InvalidGMTOffsetForTimezone",
    ],
    ["Rate", "rate(5min)", "InvalidRateExpression", "InvalidRateExpression"],
    [
      "Rate",
      "rate(0m)",
      "InvalidRateExpression",
      "InvalidRateExpression: invalid rate expression cannot be parsed: Period value should be positive number",
    ],
    [
      "Rate",
      "rate(9223372036854775808s)",
      "InvalidRateExpression",
      'InvalidRateExpression: invalid rate expression cannot be parsed: strconv.ParseInt: parsing "9223372036854775808": value out of range',
    ],
    ["Rate", "rate(1001d)", "RateFrequencyTooLarge", "RateFrequencyTooLarge"],
    ["At", "at(", "InvalidAtExpression", "InvalidAtExpression"],
    [
      "At",
      "at(2026-02-29T00:00:00)",
      "InvalidAtExpression",
      'parsing time "2026-02-29T00:00:00": day out of range',
    ],
    [
      "At",
      'at("é\n)',
      "InvalidAtExpression",
      'parsing time "\\"\\xc3\\xa9\\x0a" as "2006-01-02T15:04:05": cannot parse "\\"\\xc3\\xa9\\x0a" as "2006"',
    ],
  ];

  test.each(cases)("%s %j is %s", (repeat, expr, errorCode, reported) => {
    expect(arrive(repeat, expr, winter)).toEqual({
      kind: "refused",
      refusal: { errorCode, reported },
    });
  });
});

describe("clock changes", () => {
  test("west of Greenwich a run in the skipped hour comes an hour early and is the last", () => {
    const result = arrive("Period", "0 30 2 * * ? America/New_York", {
      now: "2026-03-07T00:00:00Z",
    });
    expect(runs(result, 5)).toEqual(["2026-03-07T07:30:00Z", "2026-03-08T06:30:00Z", "dead"]);
  });

  test("delivered again after that, the same schedule lives", () => {
    const result = arrive("Period", "0 30 2 * * ? America/New_York", {
      now: "2026-03-08T07:00:00Z",
    });
    expect(runs(result, 2)).toEqual(["2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"]);
  });

  test("a clock that reads later than 1 ms after the run does not bring it back to life", () => {
    const result = arrive("Period", "0 30 2 * * ?", {
      now: "2026-03-08T00:00:00Z",
      zone: "America/New_York",
    });
    if (result.kind !== "armed") throw new Error(result.kind);
    const afterRun = Date.parse("2026-03-08T06:30:00Z");
    expect([afterRun, afterRun + 40].map((at) => result.timetable.next(at).kind)).toEqual([
      "dead",
      "dead",
    ]);
  });

  test("east of Greenwich it comes an hour later and goes on", () => {
    const result = arrive("Period", "0 30 2 * * ? Europe/Berlin", { now: "2026-03-28T12:00:00Z" });
    expect(runs(result, 2)).toEqual(["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]);
  });

  test("a day that a zone leaves out altogether ends a schedule, since it was west until then", () => {
    const result = arrive("Period", "0 30 3 * * ? Pacific/Apia", { now: "2011-12-28T00:00:00Z" });
    expect(runs(result, 5)).toEqual(["2011-12-28T13:30:00Z", "2011-12-29T13:30:00Z", "dead"]);
  });

  test("the agent dies where the clock skips the start of a western month without a matching day", () => {
    const moment = { now: "2023-09-30T12:00:00Z", zone: "America/Asuncion" };
    expect(arrive("Period", "0 0 0 ? * 5#5", moment)).toEqual({ kind: "crash" });
  });
});

describe("an expression of odd shape", () => {
  const cases: [string, string, string[]][] = [
    [
      "an alias in a field is expanded where it stands",
      "@daily * * * * *",
      ["2026-01-16T00:00:00Z"],
    ],
    ["a wildcard hides what stands behind it", "0 0 *,nonsense * * ?", ["2026-01-15T03:00:00Z"]],
    ["a year may stand anywhere in the year word", "0 0 0 1 1 ? 2026/2", ["2028-01-01T00:00:00Z"]],
    ["0-7 is Sunday alone", "0 0 0 ? * 0-7", ["2026-01-18T00:00:00Z"]],
    [
      "a path to a zone's file is a zone",
      "0 0 9 * * ? posix/Asia/./Shanghai",
      ["2026-01-16T01:00:00Z"],
    ],
    ["an empty set behind an exhausted year is not reached", "0 30-10 * * * ? 2025", ["refused"]],
    ["an empty set that is reached kills the agent", "0 30-10 * * * ? 2026", ["crash"]],
  ];

  test.each(cases)("%s: %j", (_what, expr, expected) => {
    expect(runs(arrive("Period", expr, winter), 1)).toEqual(expected);
  });

  test("six fields apart by no-break spaces are fewer than five to the parser", () => {
    const result = arrive("Period", "0 0 0 * * ?".replaceAll(" ", "\u00a0"), winter);
    expect(result.kind === "refused" && result.refusal.reported).toBe("missing field(s)");
  });

  test("an instance zone that nobody knows is UTC", () => {
    const result = arrive("Period", "0 0 9 * * ?", { ...winter, zone: "Mars/Olympus" });
    expect(runs(result, 1)).toEqual(["2026-01-15T09:00:00Z"]);
  });
});

describe("rates and times", () => {
  test("a rate's first run is one interval after its creation, also when it arrives before that", () => {
    const result = arrive("Rate", "rate(5m)", { ...winter, created: "2026-01-15T02:31:00Z" });
    expect(runs(result, 2)).toEqual(["2026-01-15T02:36:00Z", "2026-01-15T02:41:00Z"]);
  });

  test("ticks that a late clock has passed are left out, the grid stays", () => {
    const result = arrive("Rate", "rate(5m)", { now: "2026-01-15T00:00:00Z" });
    if (result.kind !== "armed") throw new Error(result.kind);
    expect(result.timetable.next(Date.parse("2026-01-15T00:17:30.500Z"))).toEqual({
      kind: "at",
      atMs: Date.parse("2026-01-15T00:20:00Z"),
    });
  });

  test("a period that overflows to nothing kills the agent", () => {
    expect(arrive("Rate", "rate(36028797018963968s)", winter)).toEqual({ kind: "crash" });
  });

  test("an At runs once, and a fraction of its second counts", () => {
    const result = arrive("At", "at(2026-01-15T02:30:17,2509)", winter);
    expect(runs(result, 2)).toEqual(["2026-01-15T02:30:17.250Z", "finished"]);
  });

  test("an At that is past is neither run nor reported", () => {
    const result = arrive("At", "at(2026-01-15T02:30:17.249)", winter);
    expect(result).toEqual({ kind: "expired-unreported" });
  });

  test("an At beyond the agent's longest wait comes when that is over", () => {
    const result = arrive("At", "at(9999-01-01T00:00:00)", { now: "2026-01-01T00:00:00Z" });
    expect(runs(result, 1)).toEqual(["2318-04-12T23:47:16.854Z"]);
  });
});

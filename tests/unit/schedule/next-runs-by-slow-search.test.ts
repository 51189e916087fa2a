import fc from "fast-check";

import { agentRuns, nextRuns } from "../../../provider/src/schedule/index.js";
import { type PlainCron, slowRuns, type Span, type Special, textOf } from "./slow-search.js";

/** Zones whose clocks are not changed between 2024 and 2031, and their offsets in minutes. */
const steadyZones = [
  ["UTC", 0],
  ["Asia/Shanghai", 480],
  ["Asia/Kolkata", 330],
  ["Asia/Kathmandu", 345],
  ["America/Phoenix", -420],
  ["Pacific/Kiritimati", 840],
  ["Pacific/Marquesas", -570],
  ["GMT+5:45", 345],
  ["GMT-3:30", -210],
] as const;

const span = (min: number, max: number, steps: number): fc.Arbitrary<Span> =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.integer({ min: 1, max: steps }))
    .map(([a, b, step]) => ({ from: Math.min(a, b), to: Math.max(a, b), step }));

const spans = (min: number, max: number, steps: number): fc.Arbitrary<Span[]> =>
  fc.array(span(min, max, steps), { minLength: 1, maxLength: 3 });

const quarters: fc.Arbitrary<Span[]> = fc
  .subarray([0, 15, 30, 45], { minLength: 1 })
  .map((seconds) => seconds.map((value) => ({ from: value, to: value, step: 1 })));

const weekday = fc.integer({ min: 0, max: 6 });
const ofMonth: fc.Arbitrary<Span | Special> = fc.oneof(
  span(1, 31, 9),
  fc.constant({ kind: "last" } as const),
  fc.constant({ kind: "last-weekday" } as const),
  fc.integer({ min: 1, max: 31 }).map((day) => ({ kind: "nearest", day }) as const),
);
const ofWeek: fc.Arbitrary<Span | Special> = fc.oneof(
  span(0, 6, 3),
  weekday.map((day) => ({ kind: "last-of-week", day }) as const),
  fc
    .tuple(weekday, fc.integer({ min: 1, max: 5 }))
    .map(([day, n]) => ({ kind: "nth-of-week", day, n }) as const),
);
const someDays = <T>(entry: fc.Arbitrary<T>): fc.Arbitrary<T[] | undefined> =>
  fc.option(fc.array(entry, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 2 });

const cron: fc.Arbitrary<PlainCron> = fc.record({
  seconds: quarters,
  minutes: spans(0, 59, 30),
  hours: spans(0, 23, 12),
  daysOfMonth: someDays(ofMonth),
  months: fc.oneof(fc.constant([{ from: 1, to: 12, step: 1 }]), spans(1, 12, 6)),
  daysOfWeek: someDays(ofWeek),
});

const from = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 11, 31) });
const window = 36 * 3_600_000;

test("the next runs are those that a search second by second finds", () => {
  fc.assert(
    fc.property(cron, fc.constantFrom(...steadyZones), from, (plain, [timezone, offset], start) => {
      const expected = slowRuns(plain, start, start + window, offset * 60_000);
      const found = nextRuns(
        { cron: textOf(plain), timezone },
        { from: start, count: expected.length + 1 },
      );
      const runs = "runs" in found ? found.runs : [];
      expect(runs.slice(0, expected.length).map((run) => Date.parse(run))).toEqual(expected);
      // What comes next lies behind the window, or nothing does.
      const next = runs[expected.length];
      if (next !== undefined) expect(Date.parse(next)).toBeGreaterThan(start + window);
    }),
    { numRuns: 80 },
  );
}, 30_000);

/** Zones whose clocks are changed, to be searched where they are not. */
const changingZones = [
  "America/New_York",
  "America/Santiago",
  "Europe/London",
  "Europe/Berlin",
  "Africa/Cairo",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
] as const;

const wallClocks = new Map(
  changingZones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      dateStyle: "short",
      timeStyle: "medium",
    }),
  ]),
);

/** By how much a clock is ahead of UTC, from what it shows. */
function offsetOf(zone: (typeof changingZones)[number], at: number): number {
  const whole = Math.floor(at / 1_000) * 1_000;
  const [month, day, year, hour, minute, second] = wallClocks
    .get(zone)!
    .format(whole)
    .match(/\d+/g)!
    .map(Number);
  return Date.UTC(2000 + year!, month! - 1, day, hour, minute, second) - whole;
}

test("so they are in zones with clock changes, in any time between two of them", () => {
  let searched = 0;
  fc.assert(
    fc.property(cron, fc.constantFrom(...changingZones), from, (plain, timezone, start) => {
      const offset = offsetOf(timezone, start);
      // Neither in it nor just before it, since one that is armed in the second pass is dead at once.
      const moments = [start - 2 * 3_600_000, start + window];
      if (moments.some((at) => offsetOf(timezone, at) !== offset)) return;
      const expected = slowRuns(plain, start, start + window, offset);
      const found = nextRuns(
        { cron: textOf(plain), timezone },
        { from: start, count: expected.length },
      );
      const runs = "runs" in found ? found.runs : [];
      expect(runs.map((run) => Date.parse(run))).toEqual(expected);
      searched += expected.length;
    }),
    { numRuns: 80 },
  );
  expect(searched).toBeGreaterThan(0);
}, 30_000);

test("the runs of a rate are those that are found by counting seconds from its arming", () => {
  const rate = fc.constantFrom<[string, number]>(
    ["60s", 60],
    ["90s", 90],
    ["7m", 420],
    ["1h", 3_600],
    ["1d", 86_400],
  );
  const armed = fc.integer({ min: 0, max: 3 * 86_400 });
  fc.assert(
    fc.property(rate, armed, from, ([text, seconds], before, start) => {
      const created = Math.floor(start / 1_000) * 1_000 - before * 1_000;
      const expected: number[] = [];
      for (let at = created + 1_000; expected.length < 3; at += 1_000) {
        if (at > start && (at - created) % (seconds * 1_000) === 0) expected.push(at);
      }
      const found = nextRuns({ rate: text }, { from: start, createdAt: created, count: 3 });
      expect("runs" in found && found.runs.map((run) => Date.parse(run))).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test("a resource's cron runs as the agent runs the expression that is sent for it", () => {
  fc.assert(
    fc.property(cron, fc.constantFrom(...steadyZones), from, (plain, [timezone], start) => {
      const expr = `${textOf(plain)} ${timezone}`;
      const agent = agentRuns({ repeat: "Period", expr, instanceZone: "Asia/Tokyo", now: start });
      const resource = nextRuns({ cron: textOf(plain), timezone }, { from: start });
      if ("refused" in agent) expect(resource).toHaveProperty("refused");
      else expect(resource).toMatchObject({ runs: agent.runs, then: agent.then });
    }),
    { numRuns: 150 },
  );
}, 30_000);

test.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago"])(
  "where the clock is changed the two agree too (%s)",
  (timezone) => {
    const crons = ["0 0 * * * ?", "0 30 2 * * ?", "0 15,45 0-3 * * ?", "0 0 23 ? * SAT,SUN"];
    for (const cron of crons) {
      for (let month = 0; month < 12; month++) {
        const now = new Date(Date.UTC(2026, month, 1));
        const task = { repeat: "Period" as const, expr: `${cron} ${timezone}`, now, count: 150 };
        const agent = agentRuns({ ...task, instanceZone: "UTC" });
        const resource = nextRuns({ cron, timezone }, { from: now, count: 150 });
        if (!("runs" in agent)) throw new Error(agent.refused);
        expect(resource).toMatchObject({ runs: agent.runs, then: agent.then });
      }
    }
  },
);

test("an instant may be text, a Date or milliseconds", () => {
  const schedule = { cron: "0 30 2 * * ?", timezone: "Asia/Shanghai" };
  const instant = Date.UTC(2026, 10, 25, 2, 40);
  const byText = nextRuns(schedule, { from: "2026-11-25T10:40:00+08:00", count: 1 });
  expect(byText).toEqual({ runs: ["2026-11-25T18:30:00Z"], then: "more", warnings: [] });
  expect(nextRuns(schedule, { from: new Date(instant), count: 1 })).toEqual(byText);
  expect(nextRuns(schedule, { from: instant, count: 1 })).toEqual(byText);
});

test("a run at the very instant is not a next one, and twelve are listed unless said otherwise", () => {
  const found = nextRuns(
    { cron: "0 0 * * * ?", timezone: "UTC" },
    { from: "2026-11-25T02:00:00Z" },
  );
  if (!("runs" in found)) throw new Error(found.refused);
  expect(found.runs[0]).toBe("2026-11-25T03:00:00Z");
  expect(found.runs).toHaveLength(12);
});

test.each([
  [0, 0],
  [1, 1],
  [2.9, 2],
  [-3, 0],
  [Number.NaN, 12],
])("a count of %d lists %d runs", (count, length) => {
  const found = nextRuns({ rate: "5m" }, { from: "2026-11-25T02:00:00Z", count });
  expect(found).toMatchObject({ then: "more" });
  expect("runs" in found && found.runs).toHaveLength(length);
});

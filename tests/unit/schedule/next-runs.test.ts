import {
  nextRuns,
  type NextRunsOptions,
  type Schedule,
} from "../../../provider/src/schedule/index.js";

const from = "2026-11-25T02:40:00Z";

function told(schedule: Schedule, options: Partial<NextRunsOptions> = {}): unknown {
  const found = nextRuns(schedule, { from, count: 2, ...options });
  return "refused" in found ? found.refused : [...found.runs, found.then];
}

test("a rate lies on the grid from when it was armed, the first run one interval later", () => {
  expect(told({ rate: "30m" })).toEqual(["2026-11-25T03:10:00Z", "2026-11-25T03:40:00Z", "more"]);
  expect(told({ rate: "30m" }, { createdAt: "2026-11-25T02:15:00.500Z" })).toEqual([
    "2026-11-25T02:45:00.500Z",
    "2026-11-25T03:15:00.500Z",
    "more",
  ]);
  expect(told({ rate: "1d" }, { createdAt: Date.UTC(2020, 1, 29, 12) })).toEqual([
    "2026-11-25T12:00:00Z",
    "2026-11-26T12:00:00Z",
    "more",
  ]);
});

test("a moment runs once, is finished when it has run, and refused when it never could", () => {
  const at = "2026-11-25T12:00:00+08:00";
  expect(told({ at })).toEqual(["2026-11-25T04:00:00Z", "finished"]);
  expect(told({ at }, { from: "2026-12-01T00:00:00Z", createdAt: from })).toEqual(["finished"]);
  expect(told({ at }, { from: "2026-12-01T00:00:00Z" })).toMatch(/^schedule\.at: is in the past/);
});

test("a year that is over is finished for whoever was armed before, and refused for a new one", () => {
  const schedule = { cron: "0 0 0 1 1 ? 2026", timezone: "UTC" };
  const before = { createdAt: "2025-06-01T00:00:00Z" };
  expect(nextRuns(schedule, { from, ...before })).toEqual({
    runs: [],
    then: "finished",
    warnings: [],
  });
  expect(told(schedule)).toMatch(/^schedule\.cron: never runs: its last time is past/);
  expect(told(schedule, { ...before, from: "2025-12-31T00:00:00Z" })).toEqual([
    "2026-01-01T00:00:00Z",
    "finished",
  ]);
});

test("a schedule that dies lists its last run, and says why", () => {
  const schedule = { cron: "0 30 2 * * ?", timezone: "America/New_York" };
  expect(nextRuns(schedule, { from: "2027-03-13T00:00:00Z" })).toEqual({
    runs: ["2027-03-13T07:30:00Z", "2027-03-14T06:30:00Z"],
    then: "dead",
    warnings: [
      "schedule.cron: dies at a clock change: on 2027-03-14 the clock of America/New_York skips 02:00 to 03:00; the last run is 2027-03-14T06:30:00Z (01:30 on that clock, ahead of its time), and then the agent never runs it again, without a report, until the task is delivered again (observed on agent 2.2.3.578).",
    ],
  });
});

test("one that may have died since it was armed says on which machines", () => {
  const schedule = { cron: "0 30 2 * * ?", timezone: "America/New_York" };
  const found = nextRuns(schedule, { from: "2027-06-13T00:00:00Z", createdAt: from, count: 1 });
  expect(found).toMatchObject({ runs: ["2027-06-13T06:30:00Z"], then: "more" });
  expect("warnings" in found && found.warnings[1]).toBe(
    "schedule.cron: on 2027-03-14 the clock of America/New_York skips 02:00 to 03:00; the last run is 2027-03-14T06:30:00Z (01:30 on that clock, ahead of its time), and then the agent never runs it again, on every machine whose agent was not started since.",
  );
});

test("one that crashes the agent has no runs", () => {
  const found = nextRuns({ cron: "0 0 22-6 * * ?", timezone: "UTC" }, { from });
  expect(found).toMatchObject({ runs: [], then: "crash" });
});

test("hazards that are allowed change nothing in what runs", () => {
  const schedule: Schedule = { cron: "0 30 2 * * ?", timezone: "America/New_York" };
  const allowed: Schedule = { ...schedule, allow: ["dies-at-clock-change"] };
  expect(nextRuns(allowed, { from })).toEqual(nextRuns(schedule, { from }));
});

test("a machine's own clock is that of the zone given, or UTC", () => {
  const schedule = { cron: "0 0 2 * * ?", timezone: "instance" };
  expect(told(schedule, { count: 1 })).toEqual(["2026-11-26T02:00:00Z", "more"]);
  expect(told(schedule, { count: 1, instanceZone: "Asia/Shanghai" })).toEqual([
    "2026-11-25T18:00:00Z",
    "more",
  ]);
});

test("boot plans and suspended schedules have no instants", () => {
  expect(nextRuns({ boot: "next" }, { from })).toEqual({
    runs: [],
    then: "more",
    warnings: [
      "schedule.boot: runs once, at the next start of the machine, whenever that is; nothing here restarts it.",
    ],
  });
  expect(nextRuns({ rate: "5m", suspend: true }, { from })).toEqual({
    runs: [],
    then: "finished",
    warnings: ["schedule.suspend: is true: nothing runs until it is false."],
  });
});

test.each<[unknown, RegExp]>([
  [{ cron: "0 2 * * *", timezone: "UTC" }, /^schedule\.cron: has 5 fields.*"0 0 2 \* \* \?"/],
  [{ cron: "0 0 2 * * ?", timezone: "utc" }, /^schedule\.timezone: .* write "UTC"\.$/],
  [{ cron: "*/5 * * * * ?", timezone: "UTC" }, /^schedule\.cron: runs more often/],
  [{ rate: "59s" }, /^schedule\.rate: is shorter/],
  [{}, /^schedule: does not say when/],
  [null, /^schedule: is not a map/],
])("what the service would refuse is refused, and nothing thrown: %j", (schedule, words) => {
  expect(told(schedule as never)).toMatch(words);
});

test("two problems are two lines", () => {
  expect(told({ cron: "0 2 * * *", timezone: "utc" })).toMatch(
    /^schedule\.cron: .*\nschedule\.timezone: .*$/,
  );
});

test.each([
  ["from", { from: "soon" }],
  ["createdAt", { createdAt: Number.NaN }],
])("an instant that is none is refused: %s", (name, options) => {
  expect(told({ rate: "5m" }, options)).toBe(`${name} is not an instant`);
});

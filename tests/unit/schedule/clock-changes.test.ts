import fc from "fast-check";

import { agentRuns } from "../../../provider/src/schedule/index.js";
import {
  clockChanges,
  deathOf,
  disturbanceOf,
} from "../../../provider/src/schedule/clock-changes.js";
import { readCron } from "../../../provider/src/schedule/grammar.js";
import { agentZone, type Zone } from "../../../provider/src/schedule/zone.js";

const year = 366 * 86_400;
const start = Date.UTC(2026, 0, 1) / 1000;

function zoneOf(name: string): Zone {
  const zone = agentZone(name);
  if ("refused" in zone) throw new Error(zone.refused);
  return zone;
}

function setsOf(expr: string): Parameters<typeof deathOf>[0] {
  const cron = readCron(expr);
  if ("refused" in cron) throw new Error(cron.refused);
  return cron.sets;
}

const iso = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

test.each([
  ["UTC", []],
  ["GMT-5:00", []],
  ["Asia/Shanghai", []],
  ["America/New_York", ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"]],
  ["Europe/Berlin", ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"]],
  ["Australia/Lord_Howe", ["2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"]],
  ["Africa/Casablanca", ["2026-02-15T02:00:00Z", "2026-03-22T02:00:00Z"]],
])("the clock of %s changes in 2026 at %j", (name, expected) => {
  const changes = [...clockChanges(zoneOf(name), start, start + 365 * 86_400)];
  expect(changes.map(({ at }) => iso(at))).toEqual(expected);
});

const crons = fc
  .record({
    minute: fc.constantFrom("0", "30", "15,45", "59"),
    hour: fc.constantFrom("*", "0", "1", "2", "3", "23", "0-3", "*/2", "2,3", "22,23"),
    day: fc.constantFrom("*", "1", "8", "L", "*/10"),
    weekday: fc.constantFrom("?", "?", "SUN", "SAT,SUN", "SUN#2"),
  })
  .map(({ minute, hour, day, weekday }) => `0 ${minute} ${hour} ${day} * ${weekday}`);
const changing = fc.constantFrom(
  ...["America/New_York", "America/Santiago", "Atlantic/Azores", "America/St_Johns"],
  ...[
    "America/Havana",
    "Europe/Berlin",
    "Europe/London",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
  ],
);

test("a death is foretold exactly where the agent's loop, run by run, comes to it", () => {
  fc.assert(
    fc.property(crons, changing, fc.integer({ min: 0, max: 365 }), (expr, name, days) => {
      const from = start + days * 86_400 + 12 * 3_600;
      const agent = agentRuns({
        repeat: "Period",
        expr: `${expr} ${name}`,
        instanceZone: "UTC",
        now: from * 1000,
        count: 7_300,
      });
      if (!("runs" in agent)) throw new Error(agent.refused);
      const until = from + 100 * 86_400;
      const death = deathOf(setsOf(expr), zoneOf(name), from, until);
      const last = agent.runs[agent.runs.length - 1];
      const dies = agent.then === "dead" && (last === undefined || Date.parse(last) < until * 1000);
      expect(death === undefined ? "lives" : iso(death.lastRun)).toBe(dies ? last : "lives");
    }),
    { numRuns: 25 },
  );
}, 60_000);

test.each([
  ["moved", "0 30 2 * * ?", "Europe/Berlin", "2026-03-29T01:30:00Z"],
  ["moved", "0 15 2 * * ?", "Australia/Lord_Howe", "2026-10-03T15:45:00Z"],
  ["merged", "0 0 2,3 * * ?", "Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["hole", "0 0 * * * ?", "Europe/Berlin", "2026-10-24T23:00:00Z 2026-10-25T01:00:00Z"],
  ["hole", "0 */20 * * * ?", "Europe/London", "2026-10-24T23:40:00Z 2026-10-25T01:00:00Z"],
  ["hole", "0 0 1,2 * * ?", "America/New_York", "2026-11-01T05:00:00Z 2026-11-01T07:00:00Z"],
])("runs are disturbed at a clock change (%s): %s in %s", (kind, expr, name, expected) => {
  // West of Greenwich the first change is a death; the second is looked at.
  const from = name === "America/New_York" ? start + year / 2 : start;
  const found = disturbanceOf(setsOf(expr), zoneOf(name), from, from + year);
  expect(found?.kind).toBe(kind);
  if (found === undefined) return;
  const instants = found.kind === "hole" ? [found.from, found.to] : [found.run];
  expect(instants.map(iso).join(" ")).toBe(expected);
  const agent = agentRuns({
    repeat: "Period",
    expr: `${expr} ${name}`,
    instanceZone: "UTC",
    now: (instants[0]! - 12 * 3_600) * 1000,
    count: 50,
  });
  expect(agent).toMatchObject({ runs: expect.arrayContaining(instants.map(iso)) });
});

test.each([
  ["0 30 2 * * ?", "Asia/Shanghai"],
  ["0 30 1 * * ?", "America/New_York"],
  ["0 30 12 * * ?", "Europe/Berlin"],
  ["0 0 */12 * * ?", "Europe/Berlin"],
])("once a day, away from skipped times, nothing is disturbed: %s in %s", (expr, name) => {
  expect(disturbanceOf(setsOf(expr), zoneOf(name), start, start + year)).toBeUndefined();
});

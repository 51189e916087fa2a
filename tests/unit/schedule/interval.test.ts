import fc from "fast-check";

import { readCron } from "../../../provider/src/schedule/grammar.js";
import { shortestGap } from "../../../provider/src/schedule/interval.js";
import { nextTime } from "../../../provider/src/schedule/next-run.js";
import { utc } from "../../../provider/src/schedule/zone.js";

function setsOf(expr: string): Parameters<typeof shortestGap>[0] {
  const cron = readCron(expr);
  if ("refused" in cron) throw new Error(cron.refused);
  return cron.sets;
}

test.each([
  ["* * * * * ?", 1, "00:00:00", "00:00:01"],
  ["*/5 30 2 * * ?", 5, "02:30:00", "02:30:05"],
  ["0,55 * * * * ?", 5, "00:00:55", "00:01:00"],
  ["0 0/7 * * * ?", 240, "00:56:00", "01:00:00"],
  ["0 0 2,14 * * ?", 43_200, "02:00:00", "14:00:00"],
  ["0 0 23,0 * * ?", 3_600, "23:00:00", "00:00:00"],
  ["0 0 1,23 ? * SUN", 79_200, "01:00:00", "23:00:00"],
  ["0 0 0,23 L,1 * ?", 3_600, "23:00:00", "00:00:00"],
])("%s leaves %d s between two runs", (expr, seconds, from, to) => {
  expect(shortestGap(setsOf(expr))).toEqual({ seconds, from, to });
});

test.each(["0 0 2 * * ?", "0 0 2 1 * ?", "10-5 0 0 1 1 ?"])(
  "%s leaves a day or more, or never runs",
  (expr) => {
    expect(shortestGap(setsOf(expr))).toBeUndefined();
  },
);

test("no two runs of two years lie closer together, and two do lie that close", () => {
  const list = (max: number): fc.Arbitrary<string> =>
    fc
      .uniqueArray(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 3 })
      .map((values) => values.join(","));
  const days = fc.constantFrom("* * ?", "1 * ?", "? * MON", "? * MON,TUE", "L,1 * ?", "*/2 * ?");
  fc.assert(
    fc.property(list(59), list(59), list(23), days, (second, minute, hour, day) => {
      const sets = setsOf(`${second} ${minute} ${hour} ${day}`);
      const start = Date.UTC(2026, 0, 1) / 1000;
      let [at, shortest] = [start, 86_400];
      for (let before: number | undefined; at < start + 100 * 86_400; before = at) {
        const next = nextTime(sets, utc, at);
        if (next.kind !== "time") throw new Error(next.kind);
        at = next.wall;
        if (before !== undefined) shortest = Math.min(shortest, at - before);
      }
      expect(shortestGap(sets)?.seconds ?? 86_400).toBe(shortest);
    }),
    { numRuns: 60 },
  );
});

import fc from "fast-check";

import { judgeSchedule } from "../../../provider/src/schedule/index.js";
import { readNumbers } from "../../../provider/src/schedule/fields.js";
import { readCron } from "../../../provider/src/schedule/grammar.js";
import { meantCron } from "../../../provider/src/schedule/meant-cron.js";
import { cronFields, unwrapped } from "../../../provider/src/schedule/meant-field.js";
import { meantZones } from "../../../provider/src/schedule/meant-zone.js";
import { agentZone } from "../../../provider/src/schedule/zone.js";

const part = fc.constantFrom(
  ...[
    "*",
    "?",
    "0",
    "5",
    "10-5",
    "22-6",
    "*/15",
    "*/60",
    "24",
    "08",
    "008",
    "MON",
    "TUES",
    "SUN-MON",
  ],
  ...["5-7", "L", "LW", "WL", "15W", "2#1", "SEPT", "NOV-FEB", "H", "2026", "x", "1,15", "UTC"],
);
const line = fc.array(part, { minLength: 4, maxLength: 8 }).map((parts) => parts.join(" "));

test("what is to be written instead is always an expression that the agent reads", () => {
  fc.assert(
    fc.property(line, (text) => {
      const cron = meantCron(text)?.write.cron;
      if (cron !== undefined) expect(readCron(cron)).not.toHaveProperty("refused");
    }),
    { numRuns: 3_000 },
  );
});

test("nothing is thrown for any text, in any place", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const now = "2026-11-25T02:40:00Z";
      judgeSchedule({ cron: text, timezone: text }, { now });
      judgeSchedule({ cron: `0 0 ${text} * * ?`, timezone: "UTC" }, { now });
      judgeSchedule({ rate: text }, { now });
      judgeSchedule({ at: text }, { now });
    }),
    { numRuns: 200 },
  );
});

test.each(["__proto__", "constructor", "toString"])(
  "the text %s has no special meaning",
  (text) => {
    const { refusals } = judgeSchedule({ cron: text, timezone: text }, { now: 0 });
    expect(refusals.map(({ path }) => path)).toEqual(["schedule.cron", "schedule.timezone"]);
    expect(meantZones(text)).toEqual([]);
  },
);

test.each(cronFields.slice(0, 6).map((field) => [field.name, field] as const))(
  "a range of the %s field that wraps is written as the same values without wrapping",
  (_name, field) => {
    const value = fc.integer({ min: field.min, max: field.max });
    const step = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(value, value, step, (first, last, by) => {
        const text = by === 1 ? `${first}-${last}` : `${first}-${last}/${by}`;
        const written = unwrapped(text, field);
        if (first <= last) {
          expect(written).toBeUndefined();
          return;
        }
        const size = field.max - field.min + 1;
        const expected = new Set<number>();
        for (let at = first; at <= last + size; at += by) {
          expected.add(field.min + ((at - field.min) % size));
        }
        expect(readNumbers(written ?? "", field)).toEqual([...expected].sort((a, b) => a - b));
      }),
    );
  },
);

test("a zone that is suggested is one that the agent finds", () => {
  const words = fc.oneof(
    fc.constantFrom("CST", "est5edt", "beijing", "UTC+8", "+05:30", "gmt-03", "Local", "berlin"),
    fc.stringMatching(/^[A-Za-z]{2,9}(?:\/[A-Za-z_]{2,12})?$/),
  );
  fc.assert(
    fc.property(words, (text) => {
      for (const name of meantZones(text)) {
        expect(name === "instance" || !("refused" in agentZone(name))).toBe(true);
      }
    }),
  );
});

test.each([
  ["berlin", ["Europe/Berlin"]],
  ["Frankfurt", ["Europe/Berlin"]],
  ["Asia/Hong Kong", ["Asia/Hong_Kong"]],
  ["America/Buenos_aires", ["America/Buenos_Aires"]],
  ["Eurpe/Londn", ["Europe/London"]],
  ["+05:30", ["GMT+5:30"]],
  ["UTC-3", ["GMT-3:00"]],
  ["GMT+15:00", []],
  ["", []],
])("the zone %j means %j", (text, expected) => {
  expect(meantZones(text)).toEqual(expected);
});

import fc from "fast-check";
import { arm, createArm, type Next } from "../../../emulator/src/schedule/index.js";

/** A field: its text, and independently of any parser which values it means. */
type Field = { readonly text: string; readonly has: (value: number) => boolean };

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/** Zones without a clock change since 2000, with their distance from UTC in minutes. */
const STEADY: readonly (readonly [string, number])[] = [
  ["Asia/Shanghai", 480],
  ["Asia/Kathmandu", 345],
  ["Etc/GMT+9", -540],
  ["GMT-7:30", -450],
  ["GMT+14:59", 899],
  ["UTC", 0],
];

const steadyZone = fc.constantFrom(...STEADY);
const someNow = fc.integer({
  min: Date.parse("2005-01-01T00:00:00Z"),
  max: Date.parse("2035-01-01T00:00:00Z"),
});

function field(min: number, max: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  const padded = (number: number): string => String(number).padStart(2, "0");
  const entry = fc.oneof(
    value.map((only): Field => ({ text: padded(only), has: (v) => v === only })),
    fc.tuple(value, value).map(([a, b]): Field => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      return { text: `${from}-${to}`, has: (v) => v >= from && v <= to };
    }),
    fc.tuple(value, fc.integer({ min: 1, max })).map(([from, step]): Field => {
      const has = (v: number): boolean => v >= from && (v - from) % step === 0;
      return { text: `${from}/${step}`, has };
    }),
    fc.integer({ min: 1, max }).map((step): Field => {
      return { text: `*/${step}`, has: (v) => (v - min) % step === 0 };
    }),
  );
  const list = fc.array(entry, { minLength: 1, maxLength: 3 }).map((entries): Field => {
    const text = entries.map((one) => one.text).join(",");
    return { text, has: (v) => entries.some((one) => one.has(v)) };
  });
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<Field>({ text: "*", has: () => true }) },
    list,
  );
}

/** Day fields: text, and whether a day of a month matches, told from the calendar alone. */
type DayField = { readonly text: string; readonly has: (day: Date) => boolean };

const lengthOf = (day: Date): number =>
  new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
const isWeekday = (day: Date): boolean => day.getUTCDay() !== 0 && day.getUTCDay() !== 6;
const dayOf = (day: Date, dayOfMonth: number): Date =>
  new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), dayOfMonth));

/** The weekday nearest to the wanted day that is in the same month, by looking around. */
function isNearestWeekday(day: Date, wanted: number): boolean {
  if (wanted > lengthOf(day)) return false;
  const near = [0, -1, 1, -2, 2]
    .map((distance) => wanted + distance)
    .filter((candidate) => candidate >= 1 && candidate <= lengthOf(day))
    .find((candidate) => isWeekday(dayOf(day, candidate)));
  return near === day.getUTCDate();
}

const monthDayField: fc.Arbitrary<DayField> = fc.oneof(
  field(1, 31)
    .filter((days) => days.text !== "*")
    .map((days) => ({ text: days.text, has: (day: Date) => days.has(day.getUTCDate()) })),
  fc.constant({ text: "L", has: (day: Date) => day.getUTCDate() === lengthOf(day) }),
  fc.constant({ text: "LW", has: (day: Date) => isNearestWeekday(day, lengthOf(day)) }),
  fc.oneof(fc.constantFrom(1, 30, 31), fc.integer({ min: 1, max: 31 })).map((wanted) => ({
    text: `${wanted}W`,
    has: (day: Date) => isNearestWeekday(day, wanted),
  })),
);

const weekDayField: fc.Arbitrary<DayField> = fc.oneof(
  fc.integer({ min: 0, max: 7 }).map((weekday) => ({
    text: String(weekday),
    has: (day: Date) => day.getUTCDay() === weekday % 7,
  })),
  fc.integer({ min: 0, max: 7 }).map((weekday) => ({
    text: `${weekday}L`,
    has: (day: Date) => day.getUTCDay() === weekday % 7 && day.getUTCDate() + 7 > lengthOf(day),
  })),
  fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 5 })).map(([weekday, n]) => ({
    text: `${weekday}#${n}`,
    has: (day: Date) =>
      day.getUTCDay() === weekday % 7 && Math.floor((day.getUTCDate() - 1) / 7) === n - 1,
  })),
);

/** The runs after now that lie before the end, at most as many. */
function fastRuns(expr: string, nowMs: number, endMs: number, count: number): number[] {
  const result = arm("Period", expr, { nowMs, instanceZone: "UTC", creationTimeMs: 0 });
  if (result.kind === "refused" && result.refusal.reported === "CronExpressionExpired") return [];
  if (result.kind !== "armed") throw new Error(`${expr}: ${JSON.stringify(result)}`);
  const runs: number[] = [];
  let next: Next = result.first;
  while (next.kind === "at" && next.atMs < endMs && runs.length < count) {
    runs.push(next.atMs);
    next = result.timetable.next(next.atMs);
  }
  return runs;
}

describe("in a zone whose clock never changes", () => {
  test("the next runs are those that a search second by second finds", () => {
    const property = fc.property(
      field(0, 59),
      field(0, 59),
      field(0, 23),
      steadyZone,
      someNow,
      (second, minute, hour, [zone, offsetMinutes], nowMs) => {
        const endMs = nowMs + DAY_MS + SECOND_MS;
        const slow: number[] = [];
        let at = (Math.floor(nowMs / SECOND_MS) + 1) * SECOND_MS;
        for (; slow.length < 4 && at < endMs; at += SECOND_MS) {
          const local = new Date(at + offsetMinutes * 60_000);
          const matches =
            second.has(local.getUTCSeconds()) &&
            minute.has(local.getUTCMinutes()) &&
            hour.has(local.getUTCHours());
          if (matches) slow.push(at);
        }
        const expr = `${second.text} ${minute.text} ${hour.text} * * ? ${zone}`;
        expect([expr, ...fastRuns(expr, nowMs, endMs, 4)]).toEqual([expr, ...slow]);
      },
    );
    fc.assert(property, { numRuns: 150 });
  });

  test("the next days are those that a search day by day finds", () => {
    const property = fc.property(
      fc.option(monthDayField, { nil: undefined }),
      field(1, 12),
      fc.option(weekDayField, { nil: undefined }),
      steadyZone,
      someNow,
      (monthDay, month, weekDay, [zone, offsetMinutes], nowMs) => {
        const endMs = nowMs + 3 * 366 * DAY_MS;
        const local = new Date(nowMs + offsetMinutes * 60_000);
        let day = dayOf(local, local.getUTCDate() + 1);
        const slow: number[] = [];
        while (slow.length < 12) {
          const atMs = day.getTime() - offsetMinutes * 60_000;
          if (atMs >= endMs) break;
          const anyDay = monthDay === undefined && weekDay === undefined;
          const dayMatches = anyDay || monthDay?.has(day) === true || weekDay?.has(day) === true;
          if (month.has(day.getUTCMonth() + 1) && dayMatches) slow.push(atMs);
          day = dayOf(day, day.getUTCDate() + 1);
        }
        const expr = `0 0 0 ${monthDay?.text ?? "?"} ${month.text} ${weekDay?.text ?? "?"} ${zone}`;
        expect([expr, ...fastRuns(expr, nowMs, endMs, 12)]).toEqual([expr, ...slow]);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

describe("whatever the text", () => {
  const word = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom("*", "?", "0", "L", "5W", "1#2", "10-5", "*/7", "@daily", "America/Havana"),
  );
  const anyText = fc.oneof(
    fc.string(),
    fc.array(word, { minLength: 5, maxLength: 9 }).map((words) => words.join(" ")),
    fc.string().map((inside) => `at(${inside})`),
    fc.bigInt({ min: 0n, max: 2n ** 70n }).map((count) => `rate(${count}s)`),
  );

  test("arming answers, and runs come in ascending order", () => {
    const property = fc.property(
      fc.constantFrom("Period" as const, "Rate" as const, "At" as const),
      anyText,
      someNow,
      (repeat, expr, nowMs) => {
        const result = arm(repeat, expr, { nowMs, instanceZone: "UTC", creationTimeMs: 0 });
        if (result.kind !== "armed") return;
        let next: Next = result.first;
        for (let count = 0, last = nowMs - 1; next.kind === "at" && count < 20; count += 1) {
          expect(next.atMs).toBeGreaterThan(last);
          last = next.atMs;
          next = result.timetable.next(next.atMs);
        }
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});

describe("one arm for many tasks", () => {
  const moment = { nowMs: Date.parse("2026-03-01T00:00:00Z"), creationTimeMs: 0 };

  test("hands the same timetable to every instance with that expression and zone", () => {
    const shared = createArm();
    const berlin = { ...moment, instanceZone: "Europe/Berlin" };
    const [one, two] = [
      shared("Period", "0 */5 * * * ?", berlin),
      shared("Period", "0 */5 * * * ?", { ...berlin, nowMs: berlin.nowMs + DAY_MS }),
    ];
    expect(one.kind === "armed" && two.kind === "armed" && one.timetable === two.timetable).toBe(
      true,
    );
  });

  test("keeps instances of different zones apart", () => {
    const shared = createArm();
    const first = (instanceZone: string): unknown => {
      const result = shared("Period", "0 0 9 * * ?", { ...moment, instanceZone });
      return result.kind === "armed" && result.first.kind === "at" && result.first.atMs;
    };
    expect(first("Asia/Shanghai")).toBe(Date.parse("2026-03-01T01:00:00Z"));
    expect(first("America/New_York")).toBe(Date.parse("2026-03-01T14:00:00Z"));
  });

  test("judges an expression anew at each arrival, so it can have expired since", () => {
    const shared = createArm();
    const arrive = (now: string): string =>
      shared("Period", "0 0 0 1 4 ? 2026", {
        nowMs: Date.parse(now),
        instanceZone: "UTC",
        creationTimeMs: 0,
      }).kind;
    expect(arrive("2026-03-31T23:59:59Z")).toBe("armed");
    expect(arrive("2026-04-01T00:00:00Z")).toBe("refused");
    expect(arrive("2026-03-31T23:59:59Z")).toBe("armed");
  });
});

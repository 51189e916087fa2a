import { arm, createArm, type ArmResult } from "../../../emulator/src/schedule/index.js";
import { readCron, type Cron } from "../../../emulator/src/schedule/cron-expression.js";
import { openZone } from "../../../emulator/src/schedule/zone.js";
import { changedZones, goldenCases, instant, type GoldenCase } from "./golden-cases.js";

const named = goldenCases.map((golden): [string, string, GoldenCase] => [
  golden.id,
  JSON.stringify(golden.expr),
  golden,
]);

const sharedArm = createArm();

describe("what the genuine agent did with an expression, the emulator's schedule does", () => {
  test("there are 313 cases", () => {
    expect(goldenCases).toHaveLength(313);
  });

  test.each(named)("%s %s", (id, _expr, golden) => {
    const seen = outcome(armed(arm, golden));
    if (changedZones.has(id)) expect(seen).not.toEqual(expected(golden));
    else expect(seen).toEqual(expected(golden));
  });

  test.each(named)("%s %s, also with a memory shared by all cases", (_id, _expr, golden) => {
    expect(outcome(armed(sharedArm, golden))).toEqual(outcome(armed(arm, golden)));
  });
});

describe("the sets of a cron expression are the agent's", () => {
  const parsed = named.filter(([, , golden]) => golden.repeat === "Period" && golden.parsed);

  test.each(parsed)("%s %s", (_id, _expr, golden) => {
    const reading = readCron(golden.expr, openZone);
    expect(reading.ok && describeSets(reading.cron)).toEqual(withoutZone(golden));
  });
});

function armed(armer: typeof arm, golden: GoldenCase): ArmResult {
  return armer(golden.repeat, golden.expr, {
    nowMs: Date.parse(golden.now),
    instanceZone: golden.tz,
    creationTimeMs: golden.creationTime ?? 0,
  });
}

function expected(golden: GoldenCase): unknown {
  if (golden.panic !== undefined) return { crash: true };
  if (!golden.ok) return { reported: golden.reported };
  return { fires: golden.fires, end: golden.end };
}

function outcome(result: ArmResult): unknown {
  switch (result.kind) {
    case "crash":
      return { crash: true };
    case "expired-unreported":
      return { fires: [], end: "expired-unreported" };
    case "refused":
      // Also where the data call the text loose, because it is from the library of the agent's language.
      return { reported: result.refusal.reported };
    case "armed": {
      const fires: string[] = [];
      let next: ReturnType<typeof result.timetable.next> = result.first;
      while (next.kind === "at" && fires.length < 12) {
        fires.push(instant(next.atMs));
        next = result.timetable.next(next.atMs);
      }
      return { fires, end: next.kind === "at" ? "more" : next.kind };
    }
  }
}

/** As `parsed` in the data spells them. */
function describeSets(cron: Cron): Record<string, unknown> {
  const { monthDays, weekDays } = cron;
  return {
    sec: ranges(cron.seconds),
    min: ranges(cron.minutes),
    hour: ranges(cron.hours),
    ...(monthDays && { dom: ranges(monthDays.days) }),
    ...(monthDays?.nearWeekday.size && { domW: ranges(monthDays.nearWeekday) }),
    ...(monthDays?.last && { domL: true }),
    ...(monthDays?.lastWeekday && { domLW: true }),
    ...(weekDays && { dow: ranges(weekDays.days) }),
    ...(weekDays?.last.size && { dowL: ranges(weekDays.last) }),
    ...(weekDays?.nth.length && {
      dowNth: weekDays.nth.map(({ day, week }) => `${day}#${week}`).join(","),
    }),
    ...(cron.months.length < 12 && { mon: ranges(cron.months) }),
    ...(cron.years.length < 130 && { year: ranges(cron.years) }),
  };
}

function withoutZone(golden: GoldenCase): unknown {
  const { zone: _zone, ...sets } = golden.parsed ?? {};
  return sets;
}

/** Three numbers or more in a row become a range. */
function ranges(values: Iterable<number>): string {
  const rows: number[][] = [];
  for (const value of [...values].sort((a, b) => a - b)) {
    const row = rows.at(-1);
    if (row?.at(-1) === value - 1) row.push(value);
    else rows.push([value]);
  }
  return rows.map((row) => (row.length < 3 ? row.join(",") : `${row[0]}-${row.at(-1)}`)).join(",");
}

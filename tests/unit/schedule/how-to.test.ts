import { readFileSync } from "node:fs";
import { join } from "node:path";

import { judgeSchedule, nextRuns, type Schedule } from "../../../provider/src/schedule/index.js";

const page = readFileSync(join(__dirname, "../../../docs/how-to/schedules.md"), "utf8");
const now = "2026-11-25T02:40:00Z";

/** The cells of the rows of a table, by the heading over its first column. */
function tableOf(heading: string): string[][] {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  return lines.slice(start + 2, end).map((line) => line.split("|").slice(1, -1));
}

/** What is written as code in a cell. */
function codeIn(cell: string | undefined): string[] {
  return [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

const examples = tableOf("you want").flatMap(([, code]) => codeIn(code));
const schedules = examples
  .filter((code) => code.startsWith("{"))
  .map((code): Schedule => JSON.parse(code.replace(/(\w+):(?= )/g, '"$1":')));

test("the page has examples of every kind", () => {
  const kinds = new Set(schedules.flatMap((schedule) => Object.keys(schedule)));
  expect([...kinds].sort()).toEqual(["at", "boot", "cron", "rate", "timezone"]);
});

test.each(schedules)("the example %j is neither refused nor warned of", (schedule) => {
  expect(judgeSchedule(schedule, { now, timeoutSeconds: 60 })).toEqual({
    refusals: [],
    warnings: [],
  });
});

/** A whole expression, for what stands in one field only. */
function wholeOf(code: string, where: string): string {
  if (code.includes(" ") || code.startsWith("@")) return code;
  return where.includes("hour") ? `0 0 ${code} * * ?` : `0 0 3 ? * ${code}`;
}

const dialects = tableOf("you may know").map(([known = "", , here = ""]) => ({ known, here }));

test.each(dialects)("what the page says of another dialect is so: $known → $here", (row) => {
  const written = codeIn(row.here);
  const codes = codeIn(row.known);
  const both = codes.join() === "1-7,MON";
  for (const [i, code] of (both ? ["0 0 3 1-7 * MON"] : codes).entries()) {
    const cron = wholeOf(code, row.known);
    const { refusals, warnings } = judgeSchedule({ cron, timezone: "UTC" }, { now });
    const instead = written[written.length > 1 ? i : 0] ?? "";
    const told = [...refusals.map(({ action }) => action), ...warnings].join("\n");
    expect(told).toContain(instead);
    expect(refusals.length > 0).toBe(/refused|never|crashes/.test(row.here));
    expect(judgeSchedule({ cron: wholeOf(instead, row.known), timezone: "UTC" }, { now })).toEqual({
      refusals: [],
      warnings: [],
    });
  }
});

test("the call that the page shows answers what the page says", () => {
  const found = nextRuns(
    { cron: "0 0 3 ? * MON#1", timezone: "UTC" },
    { from: "2026-11-25T00:00:00Z", count: 3 },
  );
  const shown = /\/\/ \{ runs: (\[.*\]),/.exec(page)?.[1] ?? "";
  expect(found).toEqual({ runs: JSON.parse(shown), then: "more", warnings: [] });
  expect(page).toContain('cron: "0 0 3 ? * MON#1", timezone: "UTC" },\n  { from: "2026-11-25');
});

test.each([
  ["0 30 2 * * ?", "America/New_York"],
  ["0 0 * * * ?", "America/New_York"],
])("%s in %s dies, as the page says", (cron, timezone) => {
  expect(page).toContain(`\`${cron}\``);
  const [refusal] = judgeSchedule({ cron, timezone }, { now }).refusals;
  expect(refusal?.problem).toMatch(/^dies at a clock change/);
});

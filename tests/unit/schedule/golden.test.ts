import { readFileSync } from "node:fs";
import { join } from "node:path";

import { agentRuns } from "../../../provider/src/schedule/index.js";

type Case = {
  readonly id: string;
  readonly group: string;
  readonly repeat: "Period" | "Rate" | "At";
  readonly expr: string;
  readonly tz: string;
  readonly now: string;
  readonly creationTime?: number;
  readonly ok: boolean;
  readonly reported?: string;
  readonly loose?: boolean;
  readonly panic?: string;
  readonly fires?: readonly string[];
  readonly end?: string;
};

const data = join(__dirname, "../../data/schedule-golden.json");
const golden = JSON.parse(readFileSync(data, "utf8")) as {
  readonly meta: { readonly tzdata: string };
  readonly cases: readonly Case[];
};
const { cases } = golden;

function seen(given: Case): unknown {
  if (given.panic !== undefined) return { runs: [], then: "crash" };
  if (!given.ok) return { refused: wordsOf(given.reported ?? "", given) };
  const then = given.end === "expired-unreported" ? "expired" : given.end;
  return { runs: given.fires, then };
}

/** The tail of a loose text comes from the language's runtime and differs between builds. */
function wordsOf(text: string, { loose }: Case): string {
  return loose === true ? (text.split(": ")[0] ?? "") : text;
}

test("the data is whole", () => {
  expect(cases).toHaveLength(313);
  expect(golden.meta.tzdata).toBe("2025b");
});

test.each(cases.map((given) => [given.id, given.group, given.expr, given] as const))(
  "%s (%s): %j is refused or runs as the genuine agent was seen to do",
  (_id, _group, _expr, given) => {
    const { repeat, expr, now } = given;
    const found = agentRuns({
      repeat,
      expr,
      now,
      instanceZone: given.tz,
      creationTime: given.creationTime,
    });
    const told =
      "refused" in found
        ? { refused: wordsOf(found.refused, given) }
        : { runs: found.runs, then: found.then };
    expect(told).toEqual(seen(given));
  },
);

import { describeMissed, missedRuns } from "../../../provider/src/plan/missed-runs.js";
import { canEnd, hasFired, isOver } from "../../../provider/src/plan/schedule-end.js";

const at = (text: string): number => Date.parse(text);
const armed = at("2026-03-01T00:00:00Z");
const [from, to] = [at("2026-03-02T08:05:00Z"), at("2026-03-02T09:00:00Z")];
const hourly = { cron: "0 0 * * * ?", timezone: "UTC" };

test("a run after the stop and up to the arming is missed, and none before or behind", () => {
  expect(missedRuns(hourly, armed, from, to)).toEqual({
    kind: "known",
    runs: ["2026-03-02T09:00:00Z"],
    more: false,
  });
  expect(missedRuns(hourly, armed, at("2026-03-02T08:00:00Z"), at("2026-03-02T08:59:59Z"))).toEqual(
    {
      kind: "known",
      runs: [],
      more: false,
    },
  );
});

test("a rate is counted on the grid of its own arming", () => {
  const rate = { rate: "30m" };
  const missed = missedRuns(rate, at("2026-03-02T08:10:00Z"), from, to);
  expect(missed).toMatchObject({ runs: ["2026-03-02T08:40:00Z"] });
});

test("a boot plan misses nothing, and machines with their own clocks miss what nobody can list", () => {
  expect(missedRuns({ boot: "every" }, armed, from, to)).toMatchObject({ runs: [] });
  const own = missedRuns({ cron: "0 0 * * * ?", timezone: "instance" }, armed, from, to);
  expect(describeMissed(own, from, to)).toBe(
    "runs between 2026-03-02T08:05:00Z and 2026-03-02T09:00:00Z are missed, by each machine's own clock",
  );
});

test("machines with their own clocks miss none where no clock in the world has a run", () => {
  const nightly = { cron: "0 0 3 * * ?", timezone: "instance" };
  const between = (a: string, b: string) => missedRuns(nightly, armed, at(a), at(b)).kind;
  expect(between("2026-03-02T08:01:00Z", "2026-03-02T08:14:59Z")).toBe("known");
  // Three o'clock in Kathmandu, and on Chatham.
  expect(between("2026-03-02T21:14:00Z", "2026-03-02T21:15:00Z")).toBe("by-machine");
  expect(between("2026-03-02T13:14:00Z", "2026-03-02T13:15:00Z")).toBe("by-machine");
});

test("the line names the first five and counts the rest", () => {
  const often = { cron: "0 * * * * ?", timezone: "UTC" };
  const few = missedRuns(often, armed, from, from + 3 * 60_000);
  expect(describeMissed(few, from, to)).toBe(
    "missed 3 runs: 2026-03-02T08:06:00Z, 2026-03-02T08:07:00Z, 2026-03-02T08:08:00Z",
  );
  const many = missedRuns(often, armed, from, from + 86_400_000);
  expect(describeMissed(many, from, to)).toMatch(/^missed more than 100 runs: (\S+ ){4}\S+ …$/);
  expect(describeMissed(missedRuns(hourly, armed, from, from), from, from)).toBeUndefined();
});

const now = at("2026-03-02T08:00:00Z");
test.each([
  [{ at: "2026-03-02T07:59:59Z" }, true],
  [{ at: "2026-03-02T08:00:01Z" }, false],
  [{ cron: "0 0 9 2 3 ? 2026", timezone: "UTC" }, false],
  [{ cron: "0 0 7 2 3 ? 2026", timezone: "UTC" }, true],
  [{ cron: "0 0 9 2 3 ?", timezone: "UTC" }, false],
  [{ cron: "0 0 7 2 3 ? 2026", timezone: "UTC", suspend: true }, true],
  [{ rate: "30m" }, false],
  [{ boot: "next" as const }, false],
])("%j is over: %s", (schedule, over) => {
  expect(isOver(schedule, now)).toBe(over);
});

test("only what can end by itself has fired; anything else that is not armed was stopped", () => {
  expect(hasFired({ boot: "next" }, "Failed", false)).toBe(true);
  expect(hasFired({ boot: "next" }, "Cancelled", false)).toBe(false);
  expect(hasFired({ boot: "every" }, "Success", false)).toBe(false);
  expect(hasFired({ at: "2026-03-02T07:00:00Z" }, "Success", true)).toBe(true);
  expect(hasFired({ at: "2026-03-02T07:00:00Z" }, "Invalid", true)).toBe(false);
  expect([canEnd({ boot: "next" }, false), canEnd({ rate: "1h" }, false)]).toEqual([true, false]);
});

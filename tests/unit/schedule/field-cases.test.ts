/** The cases sc-1, sc-4 and sc-5 that people met in the field; the clock is that of the cases. */
import { agentRuns, judgeSchedule, nextRuns } from "../../../provider/src/schedule/index.js";

const now = "2026-11-25T02:40:00Z";
const agent = (expr: string, count?: number): ReturnType<typeof agentRuns> =>
  agentRuns({ repeat: "Period", expr, instanceZone: "UTC", now, count });

test("sc-1: five fields are refused by the agent, and in check with their six-field form", () => {
  expect(agent("0 2 * * *")).toEqual({ refused: "InvalidCronExpression" });
  const { refusals } = judgeSchedule({ cron: "0 2 * * *", timezone: "UTC" }, { now });
  expect(refusals).toHaveLength(1);
  expect(refusals[0]?.path).toBe("schedule.cron");
  expect(refusals[0]?.action).toContain("0 0 2 * * ?");
});

test("sc-1: five fields and a zone are six to the splitter, and still refused", () => {
  expect(agent("0 2 * * * UTC")).toEqual({
    refused: "syntax error in day-of-week field: 'UTC'",
  });
});

test("sc-4: the days 1 to 7 and Mondays are joined by or", () => {
  const dates = ["11-30", "12-01", "12-02", "12-03", "12-04", "12-05", "12-06", "12-07"];
  const later = ["2026-12-14", "2026-12-21", "2026-12-28", "2027-01-01", "2027-01-02"];
  const expected = [...dates.map((date) => `2026-${date}`), ...later];
  const found = nextRuns(
    { cron: "0 0 3 1-7 * MON", timezone: "UTC" },
    { from: now, count: expected.length },
  );
  const runs = expected.map((date) => `${date}T03:00:00Z`);
  expect(found).toMatchObject({ runs, then: "more" });
  expect(agent("0 0 3 1-7 * MON", runs.length)).toMatchObject({ runs, then: "more" });
  expect("warnings" in found && found.warnings.join()).toContain("0 0 3 ? * MON#1");
});

test("sc-4: the first Monday of the month", () => {
  const runs = ["2026-12-07", "2027-01-04", "2027-02-01", "2027-03-01"].map(
    (date) => `${date}T03:00:00Z`,
  );
  const schedule = { cron: "0 0 3 ? * MON#1", timezone: "UTC" };
  expect(nextRuns(schedule, { from: now, count: 4 })).toEqual({ runs, then: "more", warnings: [] });
  expect(agent("0 0 3 ? * MON#1", 4)).toMatchObject({ runs, then: "more" });
});

test.each([
  ["Asia/shanghai", "Asia/Shanghai"],
  ["europe/berlin", "Europe/Berlin"],
  ["Asia/Beijing", undefined],
  ["EST5EDT", undefined],
  ["utc", "UTC"],
])("sc-5: the zone %s, which JavaScript may forgive, is refused", (timezone, right) => {
  const { refusals } = judgeSchedule({ cron: "0 30 2 * * ?", timezone }, { now });
  expect(refusals.map(({ path }) => path)).toEqual(["schedule.timezone"]);
  if (right !== undefined) expect(refusals[0]?.action).toContain(right);
});

test("sc-5: the agent refuses a zone in the wrong case, and runs in the right one", () => {
  const refused = agent("0 30 2 * * ? Asia/shanghai");
  expect("refused" in refused && refused.refused.split(": ")[0]).toBe("TimezoneInformationCorrupt");
  const runs = ["2026-11-25T18:30:00Z", "2026-11-26T18:30:00Z"];
  expect(agent("0 30 2 * * ? Asia/Shanghai", 2)).toMatchObject({ runs });
  const schedule = { cron: "0 30 2 * * ?", timezone: "Asia/Shanghai" };
  expect(judgeSchedule(schedule, { now })).toEqual({ refusals: [], warnings: [] });
  expect(nextRuns(schedule, { from: now, count: 2 })).toMatchObject({ runs });
});

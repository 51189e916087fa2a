import { parseFrequency } from "../../../emulator/src/schedule/index.js";

describe("rate", () => {
  test.each([
    ["rate(60s)", "rate(60s)", 60_000],
    ["rate(1m)", "rate(1m)", 60_000],
    ["rate(7d)", "rate(7d)", 604_800_000],
    ["  Rate ( 12 H ) ", "rate(12h)", 43_200_000],
  ])("%j is accepted", (text, agentExpr, intervalMs) => {
    expect(parseFrequency(text)).toEqual({ ok: true, repeat: "Rate", agentExpr, intervalMs });
  });

  test.each(["rate(59s)", "rate(0m)", "rate(169h)", "rate(8d)", "rate(999999999999999999999d)"])(
    "%j is outside 60 seconds to 7 days and refused",
    (text) => {
      expect(parseFrequency(text)).toEqual({
        ok: false,
        reason: "the interval is not between 60 seconds and 7 days",
      });
    },
  );

  test.each(["rate(5min)", "rate()", "rate(5m", "rate(1.5h)", "rate(-5m)", "rate(5m) UTC"])(
    "%j is malformed and refused",
    (text) => {
      expect(parseFrequency(text).ok).toBe(false);
    },
  );
});

describe("at", () => {
  test.each([
    ["at(2026-06-01 09:30:00)", "at(2026-06-01T09:30:00)"],
    ["at(2026-06-01 09:30:00 UTC)", "at(2026-06-01T09:30:00)"],
    ["at(2026-06-01 09:30:00 Asia/Shanghai)", "at(2026-06-01T01:30:00)"],
    ["at(2026-06-01 00:30:00 GMT+8:00)", "at(2026-05-31T16:30:00)"],
    ["AT(2026-06-01 09:30:00 America/New_York)", "at(2026-06-01T13:30:00)"],
  ])("%j reaches the agent as %s", (text, agentExpr) => {
    expect(parseFrequency(text)).toEqual({ ok: true, repeat: "At", agentExpr });
  });

  test.each([
    ["America/New_York", "at(2026-03-08T07:30:00)"],
    ["Europe/Berlin", "at(2026-03-08T01:30:00)"],
  ])("a time that the clock skips moves on by the gap, on both sides: %s", (zone, agentExpr) => {
    expect(parseFrequency(`at(2026-03-08 02:30:00 ${zone})`)).toMatchObject({ agentExpr });
  });

  test("of a time that comes twice, the first counts", () => {
    expect(parseFrequency("at(2026-11-01 01:30:00 America/New_York)")).toMatchObject({
      agentExpr: "at(2026-11-01T05:30:00)",
    });
    expect(parseFrequency("at(2026-10-25 02:30:00 Europe/Berlin)")).toMatchObject({
      agentExpr: "at(2026-10-25T00:30:00)",
    });
  });

  test.each([
    "at(2026-06-01T09:30:00)",
    "at(2026-06-01)",
    "at(2026-02-30 09:30:00)",
    "at(2026-06-01 24:00:00)",
    "at(2026-06-01 09:30:00 Asia/shanghai)",
    "at(2026-06-01 09:30:00 GMT+08:00)",
    "at(2026-06-01 09:30:00 UTC now)",
    "at(9999-12-31 23:30:00 GMT-1:00)",
    "at(0000-01-01 00:30:00 GMT+1:00)",
    "at()",
  ])("%j cannot be converted and is refused", (text) => {
    expect(parseFrequency(text).ok).toBe(false);
  });
});

describe("cron", () => {
  test.each([
    ["0 */20 * * * ?", 1_200_000],
    ["0,30 * * * * ?", 30_000],
    ["0 0 0,23 * * ?", 3_600_000],
    ["0 0 0,23 1 * ?", 82_800_000],
    ["0 0 9 ? * MON,THU Asia/Shanghai", 3 * 86_400_000],
    ["0 0 0 L * ?", 28 * 86_400_000],
    ["0 0 0 29 2 ?", 1461 * 86_400_000],
    ["55 59 23,0 15 * ?", 82_800_000],
  ])("%j is accepted, and its runs are at least %d ms apart", (text, intervalMs) => {
    const agentExpr = text;
    expect(parseFrequency(text)).toEqual({ ok: true, repeat: "Period", agentExpr, intervalMs });
  });

  test("one run alone has no interval", () => {
    const agentExpr = "0 0 0 1 1 ? 2030";
    expect(parseFrequency(agentExpr)).toEqual({ ok: true, repeat: "Period", agentExpr });
  });

  test.each(["* * * * * ?", "*/9 * * * * ?", "0,55 * * * * ?", "0,59 59,0 0,23 * * ?"])(
    "%j has runs less than 10 seconds apart and is refused",
    (text) => {
      expect(parseFrequency(text)).toEqual({
        ok: false,
        reason: "two runs are less than 10 seconds apart",
      });
    },
  );

  test.each([
    "0 0 25 * * ?",
    "0 0 9 * * ? PRC",
    "0 0 9 * * ? GMT+08:00",
    "0 0 9 * * ? Foo/Bar",
    "0 0 0 1 1 ? 2020",
    "0 0 22-6 * * ?",
    "a b c d e f",
  ])("%j is for the agent to judge and accepted", (agentExpr) => {
    expect(parseFrequency(agentExpr)).toEqual({ ok: true, repeat: "Period", agentExpr });
  });

  test.each([
    "",
    "hello",
    "*/5 * * * *",
    "@daily",
    "0 0 0 * * ? 2026 UTC extra",
    "0 0 9 * * '?'",
    "0 0 9 * * ?\u0000",
    "0 0 9 * * ? Asia\\Shanghai",
  ])("%j is malformed and refused", (text) => {
    expect(parseFrequency(text).ok).toBe(false);
  });
});

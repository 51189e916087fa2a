import { toFrequency, toRepeatMode, type Schedule } from "../../../provider/src/schedule/index.js";

test.each<[Schedule, string | undefined, string]>([
  [{ cron: "0 0 2 * * ?", timezone: "Asia/Shanghai" }, "0 0 2 * * ? Asia/Shanghai", "Period"],
  [{ cron: "0 0 2 * * ? 2027", timezone: "GMT+8:00" }, "0 0 2 * * ? 2027 GMT+8:00", "Period"],
  [{ cron: "0 0 2 * * ?", timezone: "UTC" }, "0 0 2 * * ? UTC", "Period"],
  [{ cron: "0 0 2 * * ?", timezone: "instance" }, "0 0 2 * * ?", "Period"],
  [{ cron: " 0  0\t2 * * ?\n", timezone: "UTC" }, "0 0 2 * * ? UTC", "Period"],
  [{ rate: "30m" }, "rate(30m)", "Period"],
  [{ at: "2026-01-02T03:04:05Z" }, "at(2026-01-02 03:04:05 UTC)", "Period"],
  [{ at: "2026-01-02T03:04:05+08:00" }, "at(2026-01-01 19:04:05 UTC)", "Period"],
  [{ at: "2026-01-02T03:04:05.9Z" }, "at(2026-01-02 03:04:05 UTC)", "Period"],
  [{ at: "2026-01-02T03:04-0730" }, "at(2026-01-02 10:34:00 UTC)", "Period"],
  [{ boot: "next" }, undefined, "NextRebootOnly"],
  [{ boot: "every" }, undefined, "EveryReboot"],
  [{ rate: "5m", suspend: true }, "rate(5m)", "Period"],
])("%j is sent as %j with %s", (schedule, frequency, mode) => {
  expect(toFrequency(schedule)).toBe(frequency);
  expect(toRepeatMode(schedule)).toBe(mode);
});

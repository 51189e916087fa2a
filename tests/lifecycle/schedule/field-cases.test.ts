/** Troubles that people have reported from the field, as far as they concern schedules and boot. */
import type { Emulator } from "cloud-assistant-emulator";
import { agentRuns, nextRuns } from "../../../provider/src/schedule/index.js";
import {
  destroy,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type Kept,
} from "../../support/lifecycle.js";
import { apiOf, changes, fleet, idOf, living, runsOf, script, web } from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

describe("li-2: destroying what is armed on machines that are gone", () => {
  const inputs = {
    script,
    targets: { instanceIds: [idOf(1), idOf(2)] },
    schedule: { rate: "30m" },
  };
  let kept: Kept;
  beforeEach(async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    kept = (await up(emulator, undefined, inputs)).kept!;
    emulator.requests.clear();
  });

  function nothingIsLeft(lines: readonly string[]): void {
    const stops = emulator.requests.list({ action: "StopInvocation" });
    expect(stops.length).toBeLessThanOrEqual(2);
    expect(living(emulator)).toEqual([]);
    expect(lines.join("\n")).not.toMatch(/not (found|exist)/i);
  }

  test("(a) one of them", async () => {
    emulator.instances.remove(idOf(2));
    nothingIsLeft(await destroy(emulator, kept));
  });

  test("(b) both", async () => {
    emulator.instances.remove(idOf(1));
    emulator.instances.remove(idOf(2));
    nothingIsLeft(await destroy(emulator, kept));
  });

  test("(c) both, so long ago that the record is gone", async () => {
    emulator.instances.remove(idOf(1));
    emulator.instances.remove(idOf(2));
    await emulator.clock.advance(31 * 86_400_000);
    nothingIsLeft(await destroy(emulator, kept));
  });

  test("(d) the same with a refresh before, which is no error and arms nothing", async () => {
    emulator.instances.remove(idOf(1));
    emulator.instances.remove(idOf(2));
    await emulator.clock.advance(31 * 86_400_000);
    const refreshed = await refresh(emulator, kept);
    expect(changes(emulator)).toEqual([]);
    nothingIsLeft(await destroy(emulator, refreshed));
  });

  test("one whose stop nobody will ever report is not waited for", async () => {
    emulator.instances.agent(idOf(2), { fault: "never-closes" });
    emulator.instances.remove(idOf(2));
    const began = emulator.clock.now();
    nothingIsLeft(await destroy(emulator, kept));
    expect(emulator.clock.now() - began).toBeLessThan(60_000);
  });
});

test("sc-1: five fields are refused with the six that were meant, and nothing is called", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const inputs = { script, targets: web, schedule: { cron: "0 2 * * *", timezone: "UTC" } };
  await expect(up(emulator, undefined, inputs)).rejects.toThrow(/schedule\.cron[^]*0 0 2 \* \* \?/);
  expect(emulator.requests.list()).toEqual([]);
  const raw = { repeat: "Period", instanceZone: "UTC", now: 0 } as const;
  expect(agentRuns({ ...raw, expr: "0 2 * * *" })).toMatchObject({
    refused: expect.stringContaining("InvalidCronExpression"),
  });
  expect(agentRuns({ ...raw, expr: "0 2 * * * UTC" })).toHaveProperty("refused");
});

describe("sc-4: first Monday of the month", () => {
  const cases = {
    "0 0 3 1-7 * MON": [
      "2026-11-30",
      "2026-12-01",
      "2026-12-02",
      "2026-12-03",
      "2026-12-04",
      "2026-12-05",
      "2026-12-06",
      "2026-12-07",
      "2026-12-14",
      "2026-12-21",
      "2026-12-28",
      "2027-01-01",
      "2027-01-02",
    ],
    "0 0 3 ? * MON#1": ["2026-12-07", "2027-01-04", "2027-02-01", "2027-03-01"],
  };

  test.each(Object.entries(cases))(
    "%s fires on the days that the preview shows",
    async (cron, days) => {
      emulator = await startVirtual({
        instances: fleet(1),
        clock: { mode: "virtual", now: "2026-11-25T00:00:00Z" },
      });
      const schedule = { cron, timezone: "UTC" };
      const wanted = days.map((day) => `${day}T03:00:00Z`);
      const runs = nextRuns(schedule, { from: "2026-11-25T00:00:00Z", count: days.length });
      expect(runs).toMatchObject({ runs: wanted });
      const { lines, failure } = await up(emulator, undefined, { script, targets: web, schedule });
      expect(failure).toBeUndefined();
      expect(lines).toContain(`run: next runs: ${wanted.slice(0, 3).join(", ")}`);
      await emulator.clock.advanceTo(`${days.at(-1)!}T04:00:00Z`);
      expect(runsOf(emulator, idOf(1))).toEqual(wanted);
    },
  );
});

describe("sc-5: a zone spelled as JavaScript forgives it", () => {
  test.each([
    ["Asia/shanghai", "Asia/Shanghai"],
    ["europe/berlin", "Europe/Berlin"],
    ["Asia/Beijing", ""],
    ["EST5EDT", ""],
    ["utc", "UTC"],
  ])("%s is refused, and nothing is called", async (timezone, right) => {
    emulator = await startVirtual({ instances: fleet(1) });
    const inputs = { script, targets: web, schedule: { cron: "0 30 2 * * ?", timezone } };
    const refused = up(emulator, undefined, inputs);
    await expect(refused).rejects.toThrow("schedule.timezone");
    await refused.catch((reason: unknown) => {
      expect(String(reason)).toContain(right);
    });
    expect(emulator.requests.list()).toEqual([]);
  });

  test("Asia/Shanghai is armed, and fires at half past two there", async () => {
    emulator = await startVirtual({
      instances: fleet(1),
      clock: { mode: "virtual", now: "2026-11-25T08:00:00Z" },
    });
    const schedule = { cron: "0 30 2 * * ?", timezone: "Asia/Shanghai" };
    await up(emulator, undefined, { script, targets: web, schedule });
    await emulator.clock.advanceTo("2026-11-26T19:00:00Z");
    expect(runsOf(emulator, idOf(1))).toEqual(["2026-11-25T18:30:00Z", "2026-11-26T18:30:00Z"]);
  });
});

test("bo-2 (c): a script that asks for a reboot at every boot runs twice, and reboots once", async () => {
  const behaviour = {
    rules: [{ attempt: 1, outcome: { kind: "finish", exitCode: 194, output: "first\n" } }],
    outcome: { kind: "finish", exitCode: 0, output: "second\n" },
  } as const;
  emulator = await startVirtual({ instances: fleet(1, { behaviour }) });
  const inputs = { script, targets: web, schedule: { boot: "every" } };
  const first = await up(emulator, undefined, inputs);
  const before = emulator.instances.get(idOf(1))!.bootCount;
  emulator.instances.reboot(idOf(1));
  await emulator.clock.advance(120_000);
  expect(emulator.instances.get(idOf(1))!.bootCount - before).toBe(2);
  const history = await apiOf(emulator).call("DescribeInvocationResults", {
    invokeId: living(emulator)[0]!.invokeId,
    includeHistory: true,
    contentEncoding: "Base64",
  });
  const rows = history.invocation?.invocationResults?.invocationResult ?? [];
  const printed = rows.map((row) => Buffer.from(row.output ?? "", "base64").toString("utf8"));
  expect(rows.map((row) => row.exitCode)).toEqual([0, 194]);
  expect(printed).toEqual(["second\n", "first\n"]);
  const refreshed = await refresh(emulator, first.kept!);
  expect(stateOf(refreshed).status).toBe("Scheduled");
  expect(rowsOf(refreshed)[idOf(1)]).toMatchObject({ status: "Scheduled", exitCode: 0 });
});

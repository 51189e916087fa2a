import { openBack, type Back } from "../support/back.js";
import { allResults, invocation, row, rows, run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1", timeZone: "UTC" },
      { instanceId: "i-off", power: "Stopped" },
      { instanceId: "i-win", osType: "windows" },
    ],
    sim: {
      rules: [
        { contains: "off-code", outcome: { kind: "finish", exitCode: 193 } },
        { contains: "reboot-code", attempt: 1, outcome: { kind: "finish", exitCode: 194 } },
        { contains: "win-reboot", outcome: { kind: "finish", exitCode: 3_010 } },
        { contains: "win-off", outcome: { kind: "finish", exitCode: 3_009 } },
        { contains: "long", afterMs: 600_000, outcome: { kind: "finish", exitCode: 0 } },
        { contains: "vanish", afterMs: 2_000, outcome: { kind: "machine", does: "release" } },
        { contains: "switch off", afterMs: 2_000, outcome: { kind: "machine", does: "powerOff" } },
      ],
    },
  });
});
afterEach(() => back.close());

const instance = (id: string) => back.service.admin.instances.get(id)!;
const reboot = async (id = "i-1") => {
  back.ok("RebootInstance", { InstanceId: id });
  await back.advance(10);
};

test("a boot has a new id and a count, a start as well as a reboot", async () => {
  const before = instance("i-1");
  expect([before.bootCount, instance("i-off").bootCount]).toEqual([1, 0]);
  await reboot();
  expect(instance("i-1").bootCount).toBe(2);
  expect(instance("i-1").bootId).not.toBe(before.bootId);
  back.ok("StartInstance", { InstanceId: "i-off" });
  await back.advance(10);
  expect(instance("i-off")).toMatchObject({ bootCount: 1, power: "Running" });
});

test("NextRebootOnly runs at the next start, once", async () => {
  const { InvokeId } = run(back, ["i-1", "i-off"], { RepeatMode: "NextRebootOnly" });
  await back.advance(120);
  expect(Object.values(rows(back, InvokeId)).map((one) => one.InvocationStatus)).toEqual([
    "Scheduled",
    "Scheduled",
  ]);
  await reboot();
  expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Success", Repeats: 1 });
  back.ok("StartInstance", { InstanceId: "i-off" });
  await back.advance(10);
  expect(invocation(back, InvokeId)).toMatchObject({ InvocationStatus: "Success", Timed: false });
  await reboot();
  await reboot("i-off");
  expect(Object.values(rows(back, InvokeId)).map((one) => one.Repeats)).toEqual([1, 1]);
});

test("EveryReboot runs at each start and goes on waiting", async () => {
  const { InvokeId } = run(back, ["i-1"], { RepeatMode: "EveryReboot" });
  for (let boot = 1; boot <= 3; boot += 1) {
    await reboot();
    expect(row(back, InvokeId, "i-1")).toMatchObject({
      InvocationStatus: "Scheduled",
      Repeats: boot,
      ExitCode: 0,
    });
  }
  expect(allResults(back, { InvokeId, IncludeHistory: true })).toHaveLength(3);
});

test("a restart of the agent alone is no boot", async () => {
  const every = run(back, ["i-1"], { RepeatMode: "EveryReboot" }).InvokeId;
  const next = run(back, ["i-1"], { RepeatMode: "NextRebootOnly" }).InvokeId;
  back.service.admin.instances.agent("i-1", { restart: true });
  await back.advance(10);
  expect(row(back, every, "i-1").Repeats).toBe(0);
  expect(row(back, next, "i-1").InvocationStatus).toBe("Scheduled");
});

test("a client that is away at the boot runs the boot tasks when it comes", async () => {
  const { InvokeId } = run(back, ["i-1"], { RepeatMode: "NextRebootOnly" });
  back.service.admin.instances.agent("i-1", { mode: "silent" });
  await reboot();
  expect(row(back, InvokeId, "i-1").Repeats).toBe(0);
  back.service.admin.instances.agent("i-1", { mode: "online" });
  await back.settle();
  expect(row(back, InvokeId, "i-1").Repeats).toBe(1);
});

test("what runs at a reboot ends as InstanceRestarted, at a stop as interrupted", async () => {
  const first = run(back, ["i-1"], { CommandContent: "long", Timeout: 900 }).InvokeId;
  await back.advance(7);
  await reboot();
  expect(row(back, first, "i-1")).toMatchObject({
    InvocationStatus: "Error",
    ErrorCode: "InstanceRestarted",
    FinishTime: "2026-03-01T00:00:07Z",
    Repeats: 1,
  });
  const second = run(back, ["i-1"], { CommandContent: "long", Timeout: 900 }).InvokeId;
  await back.advance(1);
  back.ok("StopInstance", { InstanceId: "i-1" });
  await back.advance(1);
  expect(row(back, second, "i-1")).toMatchObject({
    InvocationStatus: "Error",
    ErrorCode: "ExecutionInterrupted",
  });
});

test("a run of a schedule that a reboot cut off is history, and the schedule is delivered anew", async () => {
  const { InvokeId } = run(back, ["i-1"], {
    CommandContent: "long",
    Frequency: "rate(30m)",
    Timeout: 900,
  });
  await back.advance(1_805);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Running");
  await reboot();
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Scheduled",
    ErrorCode: "InstanceRestarted",
  });
  await back.advance(1_800);
  const history = allResults(back, { InvokeId, IncludeHistory: true });
  expect(history.map((one) => one.InvocationStatus)).toEqual(["Running", "Error"]);
});

test("a machine that is off misses its runs without a record", async () => {
  const { InvokeId } = run(back, ["i-1"], { Frequency: "0 * * * * ?", Timeout: 30 });
  await back.advance(61);
  back.ok("StopInstance", { InstanceId: "i-1" });
  await back.advance(120);
  expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Scheduled", Repeats: 1 });
  back.ok("StartInstance", { InstanceId: "i-1" });
  await back.advance(60);
  expect(row(back, InvokeId, "i-1").Repeats).toBe(2);
});

describe("exit codes that move the machine", () => {
  test("193 switches it off after its own result", async () => {
    const { InvokeId } = run(back, ["i-1"], { CommandContent: "off-code" });
    await back.advance(5);
    expect(row(back, InvokeId, "i-1")).toMatchObject({
      InvocationStatus: "Failed",
      ExitCode: 193,
      ErrorCode: "ExitCodeNonzero",
    });
    expect(instance("i-1").power).toBe("Stopped");
  });

  test("194 boots it again, once", async () => {
    const { InvokeId } = run(back, ["i-1"], { CommandContent: "reboot-code" });
    await back.advance(60);
    expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Failed", ExitCode: 194 });
    expect(instance("i-1")).toMatchObject({ power: "Running", bootCount: 2 });
  });

  test("in a plan for every boot it makes one boot more, and the plan goes on", async () => {
    const { InvokeId } = run(back, ["i-1"], {
      CommandContent: "reboot-code",
      RepeatMode: "EveryReboot",
    });
    await reboot();
    await back.advance(60);
    expect(allResults(back, { InvokeId, IncludeHistory: true }).map((one) => one.ExitCode)).toEqual(
      [0, 194],
    );
    expect(instance("i-1").bootCount).toBe(3);
    expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Scheduled");
  });

  test("on Windows they are 3009 and 3010", async () => {
    const Type = "RunPowerShellScript";
    run(back, ["i-win"], { Type, CommandContent: "win-reboot" });
    await back.advance(10);
    expect(instance("i-win")).toMatchObject({ power: "Running", bootCount: 2 });
    run(back, ["i-win"], { Type, CommandContent: "win-off" });
    await back.advance(10);
    expect(instance("i-win").power).toBe("Stopped");
  });
});

test("a machine that vanishes or is switched off in mid-run ends its row with the reason", async () => {
  const gone = run(back, ["i-1"], { CommandContent: "vanish" }).InvokeId;
  await back.advance(2);
  expect(row(back, gone, "i-1").ErrorCode).toBe("InstanceReleased");
  expect(back.service.admin.instances.get("i-1")).toBeUndefined();
  back.ok("StartInstance", { InstanceId: "i-off" });
  await back.advance(10);
  const off = run(back, ["i-off"], { CommandContent: "switch off" }).InvokeId;
  await back.advance(5);
  expect(row(back, off, "i-off").ErrorCode).toBe("ExecutionInterrupted");
  expect(instance("i-off").power).toBe("Stopped");
});

test("the times of power and agent are dials", async () => {
  back.service.admin.limits.set({ stoppingMs: 20_000, startingMs: 30_000, agentStartMs: 5_000 });
  const { InvokeId } = run(back, ["i-1"], { RepeatMode: "NextRebootOnly" });
  back.ok("RebootInstance", { InstanceId: "i-1" });
  await back.advance(49);
  expect(instance("i-1").power).toBe("Starting");
  await back.advance(1);
  expect(instance("i-1").power).toBe("Running");
  await back.advance(4);
  expect(row(back, InvokeId, "i-1").Repeats).toBe(0);
  await back.advance(1);
  expect(row(back, InvokeId, "i-1").StartTime).toBe("2026-03-01T00:00:55Z");
});

import { openBack, type Back } from "../support/back.js";
import { invocation, row, rows, run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [{ instanceId: "i-1" }, { instanceId: "i-2" }, { instanceId: "i-3" }],
    sim: { afterMs: 30_000, outcome: { kind: "finish", exitCode: 0, output: "partial" } },
  });
});
afterEach(() => back.close());

test("what runs is Stopping at once and Terminated with its output when the machine says so", async () => {
  const { InvokeId } = run(back, ["i-1", "i-2"]);
  await back.advance(5);
  expect(back.ok("StopInvocation", { InvokeId })).toEqual({ RequestId: expect.any(String) });
  expect(invocation(back, InvokeId)).toMatchObject({
    InvocationStatus: "Stopping",
    InvokeStatus: "Stopping",
  });
  await back.settle();
  expect(invocation(back, InvokeId)).toMatchObject({
    InvocationStatus: "Stopped",
    InvokeStatus: "Stopped",
  });
  const found = row(back, InvokeId, "i-1");
  expect(found).toMatchObject({
    InvocationStatus: "Terminated",
    InstanceInvokeStatus: "Stopped",
    Output: "partial",
    StartTime: "2026-03-01T00:00:00Z",
    FinishTime: "2026-03-01T00:00:05Z",
    StopTime: "2026-03-01T00:00:05Z",
    Repeats: 1,
  });
  expect(found).not.toHaveProperty("ExitCode");
});

test("what was not delivered is Cancelled at once", () => {
  const { InvokeId } = run(back, ["i-1"]);
  back.ok("StopInvocation", { InvokeId });
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Cancelled",
    Repeats: 0,
    StartTime: "",
  });
});

test("a cancelled task never reaches the machine", async () => {
  const { InvokeId } = run(back, ["i-1"]);
  back.ok("StopInvocation", { InvokeId });
  await back.advance(120);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Cancelled");
});

test("stops only the instances that are named", async () => {
  const { InvokeId } = run(back, ["i-1", "i-2", "i-3"]);
  await back.advance(1);
  back.ok("StopInvocation", { InvokeId, InstanceId: ["i-2"] });
  await back.advance(29);
  const found = rows(back, InvokeId);
  expect(Object.values(found).map((one) => one.InvocationStatus)).toEqual([
    "Success",
    "Terminated",
    "Success",
  ]);
  expect(invocation(back, InvokeId)).toMatchObject({
    InvocationStatus: "Success",
    InvokeStatus: "Finished",
  });
});

test("an invocation that is finished is a success and stays as it was", async () => {
  const { InvokeId } = run(back, ["i-1"]);
  await back.advance(30);
  back.ok("StopInvocation", { InvokeId });
  await back.settle();
  expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Success", StopTime: "" });
});

test("a schedule that never ran ends Cancelled, one that did Terminated, and neither runs again", async () => {
  const early = run(back, ["i-1"], { Frequency: "rate(5m)" }).InvokeId;
  const late = run(back, ["i-1"], { Frequency: "rate(5m)" }).InvokeId;
  await back.settle();
  back.ok("StopInvocation", { InvokeId: early });
  await back.advance(400);
  back.ok("StopInvocation", { InvokeId: late });
  await back.advance(900);
  expect(row(back, early, "i-1")).toMatchObject({ InvocationStatus: "Cancelled", Repeats: 0 });
  expect(row(back, late, "i-1")).toMatchObject({
    InvocationStatus: "Terminated",
    Repeats: 1,
    ExitCode: 0,
    Output: "partial",
  });
  expect(invocation(back, late)).toMatchObject({ Timed: false, InvokeStatus: "Stopped" });
});

test("a schedule in mid-run is ended, and its run is in the history", async () => {
  const { InvokeId } = run(back, ["i-1"], { Frequency: "rate(5m)" });
  await back.advance(310);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Running");
  back.ok("StopInvocation", { InvokeId });
  await back.settle();
  expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Terminated", Repeats: 1 });
  const history = back.ok("DescribeInvocationResults", { InvokeId, IncludeHistory: true });
  expect(history.Invocation.InvocationResults.InvocationResult).toEqual([
    expect.objectContaining({ InvocationStatus: "Terminated", StopTime: "2026-03-01T00:05:10Z" }),
  ]);
});

test("a boot plan is stopped without asking any machine", async () => {
  const { InvokeId } = run(back, ["i-1"], { RepeatMode: "NextRebootOnly" });
  back.service.admin.instances.agent("i-1", { mode: "offline" });
  back.ok("StopInvocation", { InvokeId });
  await back.settle();
  expect(invocation(back, InvokeId).InvocationStatus).toBe("Stopped");
});

test("a machine that is gone or off counts as stopped", async () => {
  const { InvokeId } = run(back, ["i-1", "i-2"], { Frequency: "rate(5m)" });
  await back.settle();
  back.service.admin.instances.remove("i-1");
  back.service.admin.instances.stop("i-2");
  await back.advance(5);
  back.ok("StopInvocation", { InvokeId });
  await back.settle();
  expect(Object.values(rows(back, InvokeId)).map((one) => one.InvocationStatus)).toEqual([
    "Error",
    "Cancelled",
  ]);
});

test("an agent that cannot be reached keeps it Stopping for a minute and no longer", async () => {
  const { InvokeId } = run(back, ["i-1"], { Timeout: 600 });
  await back.advance(1);
  back.service.admin.instances.agent("i-1", { mode: "silent" });
  back.ok("StopInvocation", { InvokeId });
  await back.advance(59);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Stopping");
  await back.advance(1);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Terminated");
});

test("an agent that is back in time hears of the stop", async () => {
  const { InvokeId } = run(back, ["i-1"]);
  await back.advance(1);
  back.service.admin.instances.agent("i-1", { mode: "silent" });
  back.ok("StopInvocation", { InvokeId });
  await back.advance(10);
  back.service.admin.instances.agent("i-1", { mode: "online" });
  await back.settle();
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Terminated",
    FinishTime: "2026-03-01T00:00:11Z",
  });
});

test.each([
  [{}, "MissingParameter"],
  [{ InvokeId: "t-none" }, "InvalidInvokeId.NotFound"],
  [{ InstanceId: ["i-1", "i-9"] }, "InvalidInstanceId.NotFound"],
  [{ InstanceId: Array.from({ length: 51 }, (_, i) => `i-${i}`) }, "InstanceIds.ExceedLimit"],
])("refuses %j", (params, code) => {
  const { InvokeId } = run(back, ["i-1"]);
  const named = "InstanceId" in params ? { InvokeId, ...params } : params;
  expect(back.refused("StopInvocation", named)).toBe(code);
});

test("another account's invocation is not found", () => {
  const { InvokeId } = run(back, ["i-1"]);
  expect(back.refused("StopInvocation", { InvokeId }, { accountId: "2000000000000002" })).toBe(
    "InvalidInvokeId.NotFound",
  );
});

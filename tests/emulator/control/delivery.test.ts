import { openBack, type Back } from "../support/back.js";
import { invocation, row, rows, run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1" },
      { instanceId: "i-off", power: "Stopped" },
      { instanceId: "i-bare", agent: { installed: false } },
      { instanceId: "i-away", agent: { mode: "offline" } },
      { instanceId: "i-silent", agent: { mode: "silent" } },
      { instanceId: "i-old", agent: { version: "2.2.3.281" } },
    ],
  });
});
afterEach(() => back.close());

test.each([
  ["i-off", 0, "InstanceNotRunning"],
  ["i-bare", 60, "ClientNotRunning"],
  ["i-away", 60, "ClientNotRunning"],
  ["i-silent", 60, "ClientNotResponse"],
])("%s is Aborted after %i seconds with %s", async (id, seconds, code) => {
  const { InvokeId } = run(back, ["i-1", id]);
  if (seconds > 0) {
    await back.advance(seconds - 1);
    expect(row(back, InvokeId, id).InvocationStatus).toBe("Pending");
    expect(invocation(back, InvokeId).InvocationStatus).toBe("Pending");
    await back.advance(1);
  } else {
    await back.settle();
  }
  expect(row(back, InvokeId, id)).toMatchObject({
    InvocationStatus: "Aborted",
    InstanceInvokeStatus: "Failed",
    ErrorCode: code,
    Repeats: 0,
    StartTime: "",
    FinishTime: "",
  });
  expect(invocation(back, InvokeId).InvocationStatus).toBe("PartialFailed");
});

test("one that went away a moment ago counts as there and does not answer", async () => {
  await back.advance(50);
  back.service.admin.instances.agent("i-1", { mode: "offline" });
  const { InvokeId } = run(back, ["i-1"]);
  await back.advance(60);
  expect(row(back, InvokeId, "i-1").ErrorCode).toBe("ClientNotResponse");
});

test.each(["i-away", "i-silent"])(
  "%s gets its task when it is back within the minute",
  async (id) => {
    const { InvokeId } = run(back, [id]);
    await back.advance(59);
    back.service.admin.instances.agent(id, { mode: "online" });
    await back.settle();
    expect(row(back, InvokeId, id)).toMatchObject({
      InvocationStatus: "Success",
      StartTime: "2026-03-01T00:00:59Z",
    });
    await back.advance(60);
    expect(row(back, InvokeId, id).InvocationStatus).toBe("Success");
  },
);

test("a machine that starts within the minute gets it too", async () => {
  back.ok("StartInstance", { InstanceId: "i-off" });
  const { InvokeId } = run(back, ["i-off"]);
  await back.advance(5);
  expect(row(back, InvokeId, "i-off").InvocationStatus).toBe("Success");
});

test("the window is a dial, and so is the time to the first try", async () => {
  back.service.admin.limits.set({ deliveryWindowMs: 5_000, deliveryDelayMs: 2_000 });
  const { InvokeId } = run(back, ["i-1", "i-silent"]);
  await back.advance(1);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Pending");
  await back.advance(1);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Success");
  await back.advance(3);
  expect(row(back, InvokeId, "i-silent").InvocationStatus).toBe("Aborted");
});

test.each([
  [{ Frequency: "rate(5m)" }, "rate"],
  [{ Frequency: "at(2027-01-01 00:00:00)" }, "at"],
  [{ Frequency: "0 0 12 * * ? 2027" }, "year"],
  [{ Frequency: "0 0 12 * * ? UTC" }, "zone"],
  [{ ContainerName: "web" }, "containers"],
  [{ EnableParameter: true, CommandContent: "{{ACS::InvokeId}}" }, "built-in"],
  [{ EnableParameter: true, CommandContent: "{{ACS::InstanceName}}" }, "InstanceName"],
])("an agent that does not know %j says that it needs an upgrade", async (params, word) => {
  const { InvokeId } = run(back, ["i-old", "i-1"], params);
  await back.settle();
  expect(row(back, InvokeId, "i-old")).toMatchObject({
    InvocationStatus: "Aborted",
    ErrorCode: "ClientNeedUpgrade",
    ErrorInfo: expect.stringMatching(new RegExp(`2\\.2\\.3\\.\\d+.*${word}`)),
  });
  expect(row(back, InvokeId, "i-1").ErrorCode).toBe("");
});

test("what it knows it does", async () => {
  const params = { EnableParameter: true, CommandContent: "{{ACS::InstanceId}}" };
  const ids = [run(back, ["i-old"], params), run(back, ["i-old"], { Frequency: "0 0 12 * * ?" })];
  await back.settle();
  expect(ids.map(({ InvokeId }) => row(back, InvokeId, "i-old").InvocationStatus)).toEqual([
    "Success",
    "Scheduled",
  ]);
});

test("an instance that is released before delivery is aborted or closed, never left open", async () => {
  const { InvokeId } = run(back, ["i-1", "i-silent"]);
  back.service.admin.instances.remove("i-1");
  back.service.admin.instances.remove("i-silent");
  await back.advance(61);
  const statuses = Object.values(rows(back, InvokeId)).map((one) => one.ErrorCode);
  expect(statuses).toEqual(["InstanceReleased", "InstanceReleased"]);
});

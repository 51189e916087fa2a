import { openBack, type Back } from "../support/back.js";
import { row, run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [{ instanceId: "i-1" }, { instanceId: "i-2", power: "Stopped" }],
    sim: { afterMs: 120_000, outcome: { kind: "finish", exitCode: 0, output: "x" } },
  });
});
afterEach(() => back.close());

test("a stopped instance goes, a running one only by force", async () => {
  expect(back.refused("DeleteInstance", { InstanceId: "i-1" })).toBe("IncorrectInstanceStatus");
  back.ok("DeleteInstance", { InstanceId: "i-2" });
  back.ok("DeleteInstance", { InstanceId: "i-1", Force: true }, { regionId: "" });
  expect(back.ok("DescribeInstances", {}).TotalCount).toBe(0);
  expect(back.refused("DeleteInstance", { InstanceId: "i-1", Force: true })).toBe(
    "InvalidInstanceId.NotFound",
  );
});

test("what ran on it ends as released, what waited too, and the record stays", async () => {
  const once = run(back, ["i-1"], { Timeout: 300 }).InvokeId;
  const timer = run(back, ["i-1"], { Frequency: "rate(5m)" }).InvokeId;
  await back.advance(30);
  back.ok("DeleteInstance", { InstanceId: "i-1", Force: true });
  await back.settle();
  expect(row(back, once, "i-1")).toMatchObject({
    InvocationStatus: "Error",
    ErrorCode: "InstanceReleased",
    FinishTime: "2026-03-01T00:00:30Z",
  });
  expect(row(back, timer, "i-1")).toMatchObject({
    InvocationStatus: "Error",
    ErrorCode: "InstanceReleased",
  });
  await back.advance(3_600);
  expect(row(back, timer, "i-1").Repeats).toBe(0);
});

test("by the dial of the machine the service never closes its rows", async () => {
  back.service.admin.instances.agent("i-1", { fault: "never-closes" });
  const { InvokeId } = run(back, ["i-1"]);
  await back.advance(30);
  back.ok("DeleteInstance", { InstanceId: "i-1", Force: true });
  await back.advance(3_600);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Running");
});

test("a dry run deletes nothing", () => {
  const params = { InstanceId: "i-2", DryRun: true };
  expect(back.refused("DeleteInstance", params)).toBe("DryRunOperation");
  expect(back.ok("DescribeInstances", {}).TotalCount).toBe(2);
});

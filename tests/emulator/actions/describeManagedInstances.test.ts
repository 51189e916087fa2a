import { openBack, tag, type Back } from "../support/back.js";
import { row, run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "mi-1", instanceName: "edge-1", tags: { site: "a" } },
      { instanceId: "mi-2", instanceName: "edge-2", osType: "windows", agent: { mode: "offline" } },
      { managed: true, resourceGroupId: "rg-1" },
      { instanceId: "i-1", tags: { site: "a" } },
    ],
  });
});
afterEach(() => back.close());

const found = (params: object): any[] => back.ok("DescribeManagedInstances", params).Instances;

test("instances and tags are plain arrays", async () => {
  run(back, ["mi-1"]);
  await back.settle();
  expect(found({ InstanceId: ["mi-1"] })).toEqual([
    {
      InstanceId: "mi-1",
      InstanceName: "edge-1",
      Hostname: "edge-1",
      OsType: "linux",
      OsVersion: "",
      AgentVersion: "2.2.3.578",
      Connected: true,
      InternetIp: "",
      IntranetIp: "",
      InvocationCount: 1,
      LastInvokedTime: "2026-03-01T00:00:00Z",
      RegistrationTime: "2026-03-01T00:00:00Z",
      ActivationId: "",
      MachineId: "1",
      ResourceGroupId: "",
      Tags: [{ TagKey: "site", TagValue: "a" }],
    },
  ]);
});

test("filters, and never shows ECS instances", () => {
  const ids = (params: object) => found(params).map((one) => one.InstanceId);
  expect(ids({})).toHaveLength(3);
  expect(ids({ Tag: [tag("site", "a")] })).toEqual(["mi-1"]);
  expect(ids({ InstanceName: "edge-*" })).toEqual(["mi-2", "mi-1"]);
  expect(ids({ OsType: "windows" })).toEqual(["mi-2"]);
  expect(ids({ Connected: false })).toEqual(["mi-2"]);
  expect(ids({ ResourceGroupId: "rg-1" })[0]).toMatch(/^mi-hz0/);
  expect(ids({ MachineId: "2" })).toEqual(["mi-2"]);
  expect(ids({ ActivationId: "a-1" })).toEqual([]);
  expect(ids({ InstanceId: ["i-1"] })).toEqual([]);
});

test("commands run on them as on any other, and power is not the cloud's to switch", async () => {
  const { InvokeId } = run(back, ["mi-1", "i-1"]);
  await back.settle();
  expect(row(back, InvokeId, "mi-1").InvocationStatus).toBe("Success");
  expect(back.refused("StopInstance", { InstanceId: "mi-1" })).toBe("InvalidInstanceId.NotFound");
});

test("pages", () => {
  const first = back.ok("DescribeManagedInstances", { MaxResults: 2 });
  expect(first).toMatchObject({ TotalCount: 3 });
  expect(found({ MaxResults: 2, NextToken: first.NextToken })).toHaveLength(1);
  expect(
    back.refused("DescribeManagedInstances", {
      InstanceId: Array.from({ length: 51 }, (_, i) => `mi-${i}`),
    }),
  ).toBe("InstanceIds.ExceedLimit");
});

import { openBack, type Back } from "../support/back.js";
import { run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1" },
      { instanceId: "i-2", osType: "windows" },
      { instanceId: "i-3", agent: { installed: false } },
      { instanceId: "i-4", power: "Stopped" },
      { instanceId: "mi-1" },
    ],
    sim: { afterMs: 60_000 },
  });
});
afterEach(() => back.close());

const status = (params: object): any[] =>
  back.ok("DescribeCloudAssistantStatus", params).InstanceCloudAssistantStatusSet
    .InstanceCloudAssistantStatus;
const one = (id: string): any => status({ InstanceId: [id] })[0];

test("shows a client that beats, with its work", async () => {
  run(back, ["i-1"]);
  await back.advance(50);
  expect(one("i-1")).toEqual({
    InstanceId: "i-1",
    CloudAssistantStatus: "true",
    CloudAssistantVersion: "2.2.3.578",
    ActiveTaskCount: 1,
    InvocationCount: 1,
    LastInvokedTime: "2026-03-01T00:00:00Z",
    LastHeartbeatTime: "2026-03-01T00:00:00Z",
    OSType: "Linux",
    SupportSessionManager: false,
  });
  await back.advance(75);
  expect(one("i-1")).toMatchObject({
    ActiveTaskCount: 0,
    LastHeartbeatTime: "2026-03-01T00:02:00Z",
  });
});

test("one that is not installed or not running has no version", () => {
  for (const id of ["i-3", "i-4"]) {
    expect(one(id)).toMatchObject({
      CloudAssistantStatus: "false",
      CloudAssistantVersion: "",
      LastHeartbeatTime: "",
    });
  }
});

test("one that went away counts as there until two minutes after its last beat", async () => {
  await back.advance(130);
  back.service.admin.instances.agent("i-1", { mode: "offline" });
  await back.advance(109);
  expect(one("i-1").CloudAssistantStatus).toBe("true");
  await back.advance(1);
  expect(one("i-1")).toMatchObject({
    CloudAssistantStatus: "false",
    LastHeartbeatTime: "2026-03-01T00:02:00Z",
  });
  back.service.admin.instances.agent("i-1", { mode: "online" });
  expect(one("i-1").CloudAssistantStatus).toBe("true");
});

test("one that is silent goes on beating", async () => {
  back.service.admin.instances.agent("i-1", { mode: "silent" });
  await back.advance(600);
  expect(one("i-1").CloudAssistantStatus).toBe("true");
});

test("lists all when none is named, in pages and by system", () => {
  expect(status({}).map((row) => row.InstanceId)).toEqual(["i-4", "i-3", "i-2", "i-1"]);
  expect(status({ OSType: "Windows" }).map((row) => row.InstanceId)).toEqual(["i-2"]);
  const page = back.ok("DescribeCloudAssistantStatus", { MaxResults: 3 });
  expect(page.TotalCount).toBe(4);
  expect(status({ MaxResults: 3, NextToken: page.NextToken })).toHaveLength(1);
});

test("a hundred that are named come on one page", () => {
  const ids = Array.from({ length: 100 }, () => back.service.admin.instances.add({}).instanceId);
  expect(status({ InstanceId: ids, MaxResults: 10 })).toHaveLength(100);
  expect(back.refused("DescribeCloudAssistantStatus", { InstanceId: [...ids, "i-1"] })).toBe(
    "InstanceIds.ExceedLimit",
  );
});

test("one that does not exist is an error, or by the dial simply absent", () => {
  expect(back.refused("DescribeCloudAssistantStatus", { InstanceId: ["i-1", "i-9"] })).toBe(
    "InvalidInstance.NotFound",
  );
  back.service.admin.limits.set({ oneBadInstance: "fails-instance" });
  expect(status({ InstanceId: ["i-1", "i-9"] })).toHaveLength(1);
});

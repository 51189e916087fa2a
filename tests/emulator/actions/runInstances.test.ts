import { openBack, tag, type Back } from "../support/back.js";
import { row, run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack();
});
afterEach(() => back.close());

test("makes instances that come up by themselves and take commands then", async () => {
  const { InstanceIdSets } = back.ok("RunInstances", {
    Amount: 3,
    InstanceName: "web",
    ImageId: "aliyun_3_x64",
    InstanceType: "ecs.g7.large",
    VSwitchId: "vsw-1",
    Tag: [tag("env", "test")],
  });
  const ids: string[] = InstanceIdSets.InstanceIdSet;
  expect(ids).toHaveLength(3);
  const shown = () => back.ok("DescribeInstances", {}).Instances.Instance;
  expect(shown().map((one: any) => one.Status)).toEqual(["Pending", "Pending", "Pending"]);
  const { InvokeId } = run(back, [ids[0]!]);
  await back.advance(5);
  expect(shown()[0]).toMatchObject({
    Status: "Running",
    InstanceName: "web",
    Tags: { Tag: [{ TagKey: "env", TagValue: "test" }] },
  });
  // What was accepted while it started is delivered within its minute.
  expect(row(back, InvokeId, ids[0]!).InvocationStatus).toBe("Success");
  expect(back.service.admin.instances.get(ids[0]!)?.bootCount).toBe(1);
});

test("one is made when no number is given, and an image of Windows makes Windows", async () => {
  const { InstanceIdSets } = back.ok("RunInstances", { ImageId: "win2022_x64" });
  const [id] = InstanceIdSets.InstanceIdSet;
  expect(back.service.admin.instances.get(id)).toMatchObject({ osType: "windows", backend: "sim" });
});

test("a repeated ClientToken makes no second fleet", () => {
  const params = { Amount: 2, ClientToken: "t" };
  expect(back.ok("RunInstances", params).InstanceIdSets).toEqual(
    back.ok("RunInstances", params).InstanceIdSets,
  );
  expect(back.ok("DescribeInstances", {}).TotalCount).toBe(2);
});

test("no more than a hundred at once", () => {
  expect(back.refused("RunInstances", { Amount: 101 })).toBe("InvalidParameter");
});

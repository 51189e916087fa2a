import { openBack, type Back } from "../support/back.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [{ instanceId: "i-1" }, { instanceId: "i-2", power: "Stopped" }],
  });
});
afterEach(() => back.close());

const count = () => back.ok("DescribeInstances", {}).TotalCount;

test("all of them go or none", () => {
  const InstanceId = ["i-2", "i-1"];
  expect(back.refused("DeleteInstances", { InstanceId })).toBe("IncorrectInstanceStatus");
  expect(back.refused("DeleteInstances", { InstanceId: ["i-2", "i-9"] })).toBe(
    "InvalidInstanceId.NotFound",
  );
  expect(back.refused("DeleteInstances", { InstanceId: ["i-2"], DryRun: true })).toBe(
    "DryRunOperation",
  );
  expect(count()).toBe(2);
  back.ok("DeleteInstances", { InstanceId, Force: true });
  expect(count()).toBe(0);
});

test("a repeated ClientToken is a success again", () => {
  const params = { InstanceId: ["i-2"], ClientToken: "t" };
  back.ok("DeleteInstances", params);
  back.ok("DeleteInstances", params);
  expect(count()).toBe(1);
});

test("needs instances", () => {
  expect(back.refused("DeleteInstances", {})).toBe("MissingParam.InstanceId");
});

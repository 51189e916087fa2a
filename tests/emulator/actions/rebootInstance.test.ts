import { openBack, type Back } from "../support/back.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1", power: "Running" },
      { instanceId: "i-sh", power: "Running", regionId: "cn-shanghai" },
      { instanceId: "i-wrong", power: "Stopped" },
    ],
  });
});
afterEach(() => back.close());

const power = (id: string) => back.service.admin.instances.get(id)?.power;

test("passes through Starting to Running, without a region in the call", async () => {
  expect(back.ok("RebootInstance", { InstanceId: "i-1" }, { regionId: "" })).toEqual({
    RequestId: expect.any(String),
  });
  expect(power("i-1")).toBe("Starting");
  await back.advance(2);
  expect(power("i-1")).toBe("Running");
});

test("finds the instance in whichever region of the account it is, and not in another account", async () => {
  back.ok("RebootInstance", { InstanceId: "i-sh" });
  await back.advance(2);
  expect(power("i-sh")).toBe("Running");
  expect(
    back.refused("RebootInstance", { InstanceId: "i-1" }, { accountId: "2000000000000002" }),
  ).toBe("InvalidInstanceId.NotFound");
});

test("needs an instance that is Running", async () => {
  expect(back.refused("RebootInstance", { InstanceId: "i-wrong" })).toBe("IncorrectInstanceStatus");
  expect(back.refused("RebootInstance", { InstanceId: "i-9" })).toBe("InvalidInstanceId.NotFound");
  expect(back.refused("RebootInstance", {})).toBe("MissingParameter");
  back.ok("RebootInstance", { InstanceId: "i-1" });
  expect(back.refused("RebootInstance", { InstanceId: "i-1" })).toBe("IncorrectInstanceStatus");
});

test("a dry run checks and does nothing", async () => {
  expect(back.refused("RebootInstance", { InstanceId: "i-1", DryRun: true })).toBe(
    "DryRunOperation",
  );
  await back.advance(2);
  expect(power("i-1")).toBe("Running");
});

import { openBack, type Back } from "../support/back.js";

const other = "Stopped";
let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1", power: "Running" },
      { instanceId: "i-2", power: "Running" },
      { instanceId: "i-wrong", power: other },
    ],
  });
});
afterEach(() => back.close());

const powers = () => ["i-1", "i-2"].map((id) => back.service.admin.instances.get(id)?.power);

test("answers for each, and all of them come to Stopped", async () => {
  const { InstanceResponses } = back.ok("StopInstances", { InstanceId: ["i-1", "i-2"] });
  expect(InstanceResponses.InstanceResponse[1]).toEqual({
    InstanceId: "i-2",
    Code: "200",
    Message: "success",
    PreviousStatus: "Running",
    CurrentStatus: "Stopping",
  });
  await back.advance(2);
  expect(powers()).toEqual(["Stopped", "Stopped"]);
});

test("one that cannot stops all, and with SuccessFirst only itself", async () => {
  const params = { InstanceId: ["i-1", "i-wrong", "i-9"] };
  expect(back.refused("StopInstances", params)).toBe("IncorrectInstanceStatus");
  await back.advance(2);
  expect(powers()).toEqual(["Running", "Running"]);
  const { InstanceResponses } = back.ok("StopInstances", {
    ...params,
    BatchOptimization: "SuccessFirst",
  });
  expect(
    InstanceResponses.InstanceResponse.map((one: any) => [one.Code, one.CurrentStatus]),
  ).toEqual([
    ["200", "Stopping"],
    ["IncorrectInstanceStatus", other],
    ["InvalidInstanceId.NotFound", ""],
  ]);
});

test.each([
  [{}, "MissingParam.InstanceId"],
  [{ InstanceId: ["i-1"], BatchOptimization: "Some" }, "InvalidParameter"],
  [{ InstanceId: ["i-1"], DryRun: true }, "DRYRUN.SUCCESS"],
  [{ InstanceId: Array.from({ length: 101 }, (_, i) => `i-${i}`) }, "InstanceIds.ExceedLimit"],
])("refuses %j", async (params, code) => {
  expect(back.refused("StopInstances", params)).toBe(code);
  await back.advance(2);
  expect(powers()).toEqual(["Running", "Running"]);
});

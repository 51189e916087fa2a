import { openBack, type Back } from "../support/back.js";
import { row, run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [{ instanceId: "i-1", agent: { installed: false } }, { instanceId: "i-2" }],
  });
});
afterEach(() => back.close());

const isThere = () =>
  back.ok("DescribeCloudAssistantStatus", { InstanceId: ["i-1"] }).InstanceCloudAssistantStatusSet
    .InstanceCloudAssistantStatus[0].CloudAssistantStatus;

test("takes effect at the next start, not before", async () => {
  back.ok("InstallCloudAssistant", { InstanceId: ["i-1"] });
  await back.advance(600);
  expect(isThere()).toBe("false");
  back.ok("RebootInstance", { InstanceId: "i-1" }, { regionId: "" });
  await back.advance(10);
  expect(isThere()).toBe("true");
  const { InvokeId } = run(back, ["i-1"]);
  await back.settle();
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Success");
});

test("a reboot alone installs nothing", async () => {
  back.ok("RebootInstance", { InstanceId: "i-1" });
  await back.advance(60);
  expect(isThere()).toBe("false");
});

test("one that has it is left as it is", async () => {
  back.ok("InstallCloudAssistant", { InstanceId: ["i-2"] });
  expect(back.service.admin.instances.get("i-2")?.agent.online).toBe(true);
});

test.each([
  [{}, "MissingParam.InstanceId"],
  [{ InstanceId: ["i-1", "i-9"] }, "InvalidInstance.NotFound"],
  [{ InstanceId: Array.from({ length: 51 }, (_, i) => `i-${i}`) }, "InstanceIds.ExceedLimit"],
])("refuses %j", (params, code) => {
  expect(back.refused("InstallCloudAssistant", params)).toBe(code);
});

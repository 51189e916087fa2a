import { openBack, type Back } from "../support/back.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1" },
      { instanceId: "i-2", power: "Stopped" },
      { instanceId: "i-3", zoneId: "cn-hangzhou-k" },
      { instanceId: "mi-1" },
    ],
  });
});
afterEach(() => back.close());

test("gives the power of those that are named and exist", () => {
  const { InstanceStatuses, TotalCount } = back.ok("DescribeInstanceStatus", {
    InstanceId: ["i-1", "i-2", "i-9"],
  });
  expect(TotalCount).toBe(2);
  expect(InstanceStatuses.InstanceStatus).toEqual([
    { InstanceId: "i-2", Status: "Stopped" },
    { InstanceId: "i-1", Status: "Running" },
  ]);
});

test("knows pages by number alone", () => {
  const page = back.ok("DescribeInstanceStatus", { PageNumber: 2, PageSize: 2 });
  expect(page).toMatchObject({ TotalCount: 3, PageNumber: 2, PageSize: 2 });
  expect(page).not.toHaveProperty("NextToken");
  expect(page.InstanceStatuses.InstanceStatus).toHaveLength(1);
});

test("filters by zone", () => {
  const { TotalCount } = back.ok("DescribeInstanceStatus", { ZoneId: "cn-hangzhou-k" });
  expect(TotalCount).toBe(1);
});

test.each([
  [{ PageSize: 51 }, "InvalidParam.PageSize"],
  [{ PageNumber: 0 }, "InvalidParam.PageNumber"],
  [{ InstanceId: Array.from({ length: 101 }, (_, i) => `i-${i}`) }, "InstanceIds.ExceedLimit"],
])("refuses %j", (params, code) => {
  expect(back.refused("DescribeInstanceStatus", params)).toBe(code);
});

import { openBack, tag, type Back } from "../support/back.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1", instanceName: "web-1", tags: { env: "prod" }, resourceGroupId: "rg-a" },
      { instanceId: "i-2", instanceName: "web-2", power: "Stopped", zoneId: "cn-hangzhou-k" },
      { instanceId: "i-3", instanceName: "db", osType: "windows", tags: { env: "prod" } },
      { instanceId: "mi-1", instanceName: "outside", tags: { env: "prod" } },
      { instanceId: "i-sh", regionId: "cn-shanghai" },
    ],
  });
});
afterEach(() => back.close());

const ids = (params: object): string[] =>
  back.ok("DescribeInstances", params).Instances.Instance.map((one: any) => one.InstanceId);

test("shows what targets are chosen by; managed instances and other regions are not among them", () => {
  expect(back.ok("DescribeInstances", { InstanceName: "web-1" }).Instances.Instance).toEqual([
    {
      InstanceId: "i-1",
      InstanceName: "web-1",
      HostName: "web-1",
      Status: "Running",
      OSType: "linux",
      OSName: "Alibaba Cloud Linux 3",
      ResourceGroupId: "rg-a",
      RegionId: "cn-hangzhou",
      ZoneId: "cn-hangzhou-b",
      CreationTime: "2026-03-01T00:00Z",
      StartTime: "2026-03-01T00:00Z",
      Tags: { Tag: [{ TagKey: "env", TagValue: "prod" }] },
    },
  ]);
  expect(ids({})).toEqual(["i-3", "i-2", "i-1"]);
  expect(
    back.ok("DescribeInstances", {}, { regionId: "cn-shanghai" }).Instances.Instance,
  ).toHaveLength(1);
  expect(
    back.ok("DescribeInstances", {}, { accountId: "2000000000000002" }).Instances.Instance,
  ).toHaveLength(0);
});

test("filters by ids, name, power, tags, group and zone; ids that are not there are absent", () => {
  expect(ids({ InstanceIds: '["i-1","i-9"]' })).toEqual(["i-1"]);
  expect(ids({ InstanceName: "web-*" })).toEqual(["i-2", "i-1"]);
  expect(ids({ InstanceName: "web" })).toEqual([]);
  expect(ids({ Status: "Stopped" })).toEqual(["i-2"]);
  expect(ids({ Tag: [tag("env", "prod")] })).toEqual(["i-3", "i-1"]);
  expect(ids({ Tag: [{ Key: "env" }], InstanceName: "db" })).toEqual(["i-3"]);
  expect(ids({ ResourceGroupId: "rg-a" })).toEqual(["i-1"]);
  expect(ids({ ZoneId: "cn-hangzhou-k" })).toEqual(["i-2"]);
});

test("a page is no smaller than ten and no larger than a hundred, whatever is asked", () => {
  for (let index = 0; index < 120; index += 1) back.service.admin.instances.add({});
  const page = (params: object) => back.ok("DescribeInstances", params);
  expect(page({ MaxResults: 1 })).toMatchObject({ TotalCount: 123, PageSize: 10 });
  const first = page({ MaxResults: 500 });
  expect(first.Instances.Instance).toHaveLength(100);
  const rest = page({ MaxResults: 100, NextToken: first.NextToken });
  expect(rest.Instances.Instance).toHaveLength(23);
  expect(rest.NextToken).toBe("");
  expect(page({ PageNumber: 13, PageSize: 10 }).Instances.Instance).toHaveLength(3);
});

test("a filter by tag or group sees a thousand resources and hides the others", () => {
  const { instances } = back.service.admin;
  for (let index = 0; index < 1_002; index += 1) {
    instances.add({ tags: { fleet: "big" }, resourceGroupId: "rg-big", instanceName: `n${index}` });
  }
  const count = (params: object) => back.ok("DescribeInstances", params).TotalCount;
  expect(count({ Tag: [tag("fleet", "big")] })).toBe(1_000);
  expect(count({ ResourceGroupId: "rg-big" })).toBe(1_000);
  // What the filter does not see cannot be found behind it.
  expect(count({ Tag: [tag("fleet", "big")], InstanceName: "n0" })).toBe(0);
  expect(count({ InstanceName: "n0" })).toBe(1);
});

test.each([
  [{ InstanceIds: "i-1" }, "InvalidInstanceIds.Malformed"],
  [{ InstanceIds: "[1]" }, "InvalidInstanceIds.Malformed"],
  [
    { InstanceIds: JSON.stringify(Array.from({ length: 101 }, (_, i) => `i-${i}`)) },
    "InvalidInstanceIds.Malformed",
  ],
  [{ Status: "Asleep" }, "InvalidStatus.NotFound"],
  [{ DryRun: true }, "DryRunOperation"],
  [{ NextToken: "x" }, "InvalidParameter.NextToken"],
  [{ Tag: [tag("a", ""), tag("a", "")] }, "Duplicate.TagKey"],
])("refuses %j", (params, code) => {
  expect(back.refused("DescribeInstances", params)).toBe(code);
});

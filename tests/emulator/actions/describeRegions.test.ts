import { openBack } from "../support/back.js";

test("lists regions with their endpoints, without a region in the call", async () => {
  const back = await openBack();
  const { Regions } = back.ok("DescribeRegions", {}, { regionId: "" });
  expect(Regions.Region).toContainEqual({
    RegionId: "cn-hangzhou",
    LocalName: "China (Hangzhou)",
    RegionEndpoint: "ecs-cn-hangzhou.aliyuncs.com",
    Status: "available",
  });
  expect(Regions.Region).toContainEqual(
    expect.objectContaining({
      RegionId: "eu-central-1",
      RegionEndpoint: "ecs.eu-central-1.aliyuncs.com",
    }),
  );
  await back.close();
});

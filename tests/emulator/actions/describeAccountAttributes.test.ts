import { openBack, type Back } from "../support/back.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({ limits: { commandsPerRegion: 700, invocationsPerDay: 50 } });
});
afterEach(() => back.close());

const items = (params: object): any[] =>
  back.ok("DescribeAccountAttributes", params).AccountAttributeItems.AccountAttributeItem;

test("quotas come as text", () => {
  expect(items({ AttributeName: ["max-axt-invocation-daily", "max-axt-command-count"] })).toEqual([
    {
      AttributeName: "max-axt-invocation-daily",
      AttributeValues: { ValueItem: [{ Value: "50" }] },
    },
    { AttributeName: "max-axt-command-count", AttributeValues: { ValueItem: [{ Value: "700" }] } },
  ]);
});

test("without names all are there, and one that is not known is absent", () => {
  expect(items({})).toHaveLength(3);
  expect(items({ AttributeName: ["instance-network-type"] })).toEqual([]);
});

test("words a missing region in its own way, and takes eight names", () => {
  expect(back.refused("DescribeAccountAttributes", {}, { regionId: "" })).toBe("Invalid.Parameter");
  const AttributeName = Array.from({ length: 9 }, (_, index) => `a${index}`);
  expect(back.refused("DescribeAccountAttributes", { AttributeName })).toBe("Invalid.Parameter");
});

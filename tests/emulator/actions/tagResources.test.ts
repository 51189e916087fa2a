import { openBack, tag, type Back } from "../support/back.js";
import { invocation, run, savedCommand } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({ instances: [{ instanceId: "i-1" }, { instanceId: "mi-1" }] });
});
afterEach(() => back.close());

test("tags an invocation, and a key that is there gets the new value", async () => {
  const { InvokeId } = run(back, ["i-1"], { Tag: [tag("a", "1")] });
  back.ok("TagResources", {
    ResourceType: "invocation",
    ResourceId: [InvokeId],
    Tag: [tag("a", "2"), tag("b", "")],
  });
  expect(invocation(back, InvokeId).Tags.Tag).toEqual([
    { TagKey: "a", TagValue: "2" },
    { TagKey: "b", TagValue: "" },
  ]);
});

test("a finished invocation can be tagged, and an invocation that ends later keeps the tag", async () => {
  const done = run(back, ["i-1"]).InvokeId;
  await back.settle();
  const going = run(back, ["i-1"]).InvokeId;
  const Tag = [tag("superseded", "yes")];
  back.ok("TagResources", { ResourceType: "invocation", ResourceId: [done, going], Tag });
  await back.settle();
  for (const id of [done, going]) expect(invocation(back, id).Tags.Tag).toHaveLength(1);
});

test.each([
  ["command", () => savedCommand(back)],
  ["instance", () => "i-1"],
  ["managedinstance", () => "mi-1"],
])("tags a %s", (ResourceType, make) => {
  const ResourceId = [make()];
  back.ok("TagResources", { ResourceType, ResourceId, Tag: [tag("k".repeat(128), "v")] });
  const { TagResources } = back.ok("ListTagResources", { ResourceType, ResourceId });
  expect(TagResources.TagResource).toEqual([
    { ResourceId: ResourceId[0], ResourceType, TagKey: "k".repeat(128), TagValue: "v" },
  ]);
});

test("all resources or none", () => {
  const { InvokeId } = run(back, ["i-1"]);
  const params = { ResourceType: "invocation", Tag: [tag("a", "1")] };
  expect(back.refused("TagResources", { ...params, ResourceId: [InvokeId, "t-9"] })).toBe(
    "InvalidResourceId.NotFound",
  );
  expect(invocation(back, InvokeId).Tags.Tag).toEqual([]);
});

test("a resource holds twenty tags", () => {
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => tag(`k${from + index}`, "v"));
  const params = { ResourceType: "instance", ResourceId: ["i-1"] };
  back.ok("TagResources", { ...params, Tag: many(0, 20) });
  back.ok("TagResources", { ...params, Tag: many(0, 20) });
  expect(back.refused("TagResources", { ...params, Tag: many(20, 1) })).toBe("QuotaExceed.Tags");
  expect(back.refused("TagResources", { ...params, Tag: many(0, 21) })).toBe("NumberExceed.Tags");
});

test.each([
  [{ ResourceType: undefined }, "MissingParameter.ResourceType"],
  [{ ResourceType: "disk" }, "InvalidResourceType.NotFound"],
  [{ ResourceId: undefined }, "MissingParameter.ResourceIds"],
  [{ ResourceId: Array.from({ length: 51 }, (_, i) => `i-${i}`) }, "NumberExceed.ResourceIds"],
  [{ Tag: undefined }, "MissingParameter.Tags"],
  [{ Tag: [{ Value: "v" }] }, "InvalidParameter.TagValue"],
  [{ Tag: [tag("acs:a", "")] }, "InvalidTagKey.Malformed"],
  [{ Tag: [tag("a", ""), tag("a", "")] }, "Duplicate.TagKey"],
  [{ ResourceType: "command", ResourceId: ["i-1"] }, "InvalidResourceId.NotFound"],
])("refuses %j", (params, code) => {
  const good = { ResourceType: "instance", ResourceId: ["i-1"], Tag: [tag("a", "1")] };
  expect(back.refused("TagResources", { ...good, ...params })).toBe(code);
});

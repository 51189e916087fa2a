import { openBack, type Back } from "../support/back.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1", tags: { a: "1", b: "2" } },
      { instanceId: "i-2", tags: { a: "1" } },
    ],
  });
});
afterEach(() => back.close());

const tags = (id: string) => back.service.admin.instances.get(id)?.tags;
const untag = (params: object) =>
  back.ok("UntagResources", { ResourceType: "instance", ResourceId: ["i-1", "i-2"], ...params });

test("takes the named keys from each; one that is not there is no error", () => {
  untag({ TagKey: ["a", "z"] });
  expect([tags("i-1"), tags("i-2")]).toEqual([{ b: "2" }, {}]);
});

test("All takes everything, but only where no key is named", () => {
  untag({ TagKey: ["a"], All: true });
  expect(tags("i-1")).toEqual({ b: "2" });
  untag({ All: true });
  expect(tags("i-1")).toEqual({});
});

test("with neither nothing changes", () => {
  untag({});
  expect(tags("i-1")).toEqual({ a: "1", b: "2" });
});

test.each([
  [{ ResourceType: "x" }, "InvalidResourceType.NotFound"],
  [{ ResourceId: ["i-9"] }, "InvalidResourceId.NotFound"],
  [{ TagKey: Array.from({ length: 21 }, (_, i) => `k${i}`) }, "NumberExceed.Tags"],
])("refuses %j", (params, code) => {
  const good = { ResourceType: "instance", ResourceId: ["i-1"], TagKey: ["a"] };
  expect(back.refused("UntagResources", { ...good, ...params })).toBe(code);
});

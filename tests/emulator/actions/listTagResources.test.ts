import { openBack, tag, type Back } from "../support/back.js";
import { run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1", tags: { env: "prod", role: "web" } },
      { instanceId: "i-2", tags: { env: "prod", role: "db" } },
      { instanceId: "i-3", tags: { env: "test" } },
      { instanceId: "mi-1", tags: { env: "prod" } },
    ],
  });
});
afterEach(() => back.close());

const list = (params: object): any =>
  back.ok("ListTagResources", { ResourceType: "instance", ...params });
const pairs = (params: object): string[] =>
  list(params).TagResources.TagResource.map(
    (one: any) => `${one.ResourceId} ${one.TagKey}=${one.TagValue}`,
  );

test("gives every tag of the resources that are named or have all the tags asked for", () => {
  expect(pairs({ ResourceId: ["i-3", "i-9"] })).toEqual(["i-3 env=test"]);
  expect(pairs({ Tag: [tag("env", "prod"), { Key: "role" }] })).toEqual([
    "i-1 env=prod",
    "i-1 role=web",
    "i-2 env=prod",
    "i-2 role=db",
  ]);
  expect(pairs({ ResourceId: ["i-1"], Tag: [tag("role", "db")] })).toEqual([]);
  expect(pairs({ ResourceType: "managedinstance", Tag: [{ Key: "env" }] })).toEqual([
    "mi-1 env=prod",
  ]);
});

describe("TagFilter", () => {
  const filter = (TagKey: string, ...TagValues: string[]) => ({ TagKey, TagValues });
  const named = (...TagFilter: object[]): string[] =>
    [...new Set(pairs({ TagFilter }).map((pair) => pair.split(" ")[0]!))].sort();

  test.each([
    ["a key by its beginning", [filter("ro*")], ["i-1", "i-2"]],
    ["a key by a part of it", [filter("*n*")], ["i-1", "i-2", "i-3"]],
    ["a key exactly", [filter("ol")], []],
    ["a value by its beginning", [filter("env", "pr*")], ["i-1", "i-2"]],
    ["a value exactly", [filter("env", "pro")], []],
    ["any of several values", [filter("role", "w*", "db")], ["i-1", "i-2"]],
    ["all of several keys", [filter("env", "prod"), filter("role", "*b")], ["i-1", "i-2"]],
    ["no key but the exact one where there are values", [filter("en*", "prod")], []],
    [
      "by the first of two ways for one key",
      [filter("role", "web"), filter("role", "db")],
      ["i-1"],
    ],
  ])("finds %s", (_what, filters, found) => {
    expect(named(...filters)).toEqual(found);
  });

  test("goes with ResourceId, and gives all tags of what it finds", () => {
    expect(pairs({ ResourceId: ["i-2", "i-3"], TagFilter: [filter("role")] })).toEqual([
      "i-2 env=prod",
      "i-2 role=db",
    ]);
  });

  test.each([
    [
      "beside Tag",
      { Tag: [tag("env", "prod")], TagFilter: [filter("env")] },
      "InvalidTag.Mismatch",
    ],
    ["without a key", { TagFilter: [{ TagValues: ["v"] }] }, "MissingParameter.TagKey"],
    [
      "of more than five keys",
      { TagFilter: [1, 2, 3, 4, 5, 6].map((n) => filter(`k${n}`)) },
      "NumberExceed.Tags",
    ],
    [
      "of more than five values",
      { TagFilter: [filter("k", ..."1 2 3 4 5 6".split(" "))] },
      "NumberExceed.Tags",
    ],
  ])("%s is refused", (_what, params, code) => {
    expect(back.refused("ListTagResources", { ResourceType: "instance", ...params })).toBe(code);
  });
});

describe("a key of the service's own", () => {
  beforeEach(() => {
    const { instances } = back.service.admin;
    instances.update("i-1", { resourceGroupId: "rg-a" });
    instances.update("i-3", { tags: { "acs:ros:stackId": "s-1", "aliyun-x": "1" } });
  });

  test("may be asked for, though nobody may set it", () => {
    expect(pairs({ Tag: [tag("acs:ros:stackId", "s-1")] })).toHaveLength(2);
    expect(pairs({ Tag: [{ Key: "aliyun-x" }] })).toHaveLength(2);
    const set = { ResourceType: "instance", ResourceId: ["i-1"], Tag: [tag("acs:x", "1")] };
    expect(back.refused("TagResources", set)).toBe("InvalidTagKey.Malformed");
  });

  test("acs:rm:rgId finds the resources of a group", () => {
    expect(pairs({ Tag: [tag("acs:rm:rgId", "rg-a")] })).toEqual([
      "i-1 acs:rm:rgId=rg-a",
      "i-1 env=prod",
      "i-1 role=web",
    ]);
    expect(pairs({ ResourceId: ["i-2"], Tag: [tag("acs:rm:rgId", "rg-a")] })).toEqual([]);
  });

  test.each([
    ["beside another tag", [tag("acs:rm:rgId", "rg-a"), tag("env", "prod")], "InvalidTag.Mismatch"],
    ["for the default group", [tag("acs:rm:rgId", "")], "InvalidTagValue.Malformed"],
    ["without a group", [{ Key: "acs:rm:rgId" }], "InvalidTagValue.Malformed"],
  ])("acs:rm:rgId is refused %s", (_what, Tag, code) => {
    expect(back.refused("ListTagResources", { ResourceType: "instance", Tag })).toBe(code);
  });
});

test("finds invocations", () => {
  const { InvokeId } = run(back, ["i-1"], { Tag: [tag("owner", "o")] });
  expect(pairs({ ResourceType: "invocation", Tag: [tag("owner", "o")] })).toEqual([
    `${InvokeId} owner=o`,
  ]);
});

test("sees beyond a thousand, page by page, with a size of its own", () => {
  for (let index = 0; index < 1_100; index += 1) {
    back.service.admin.instances.add({ instanceId: `i-f${index}`, tags: { fleet: "big" } });
  }
  const seen: string[] = [];
  let NextToken = "";
  do {
    const page = list({
      Tag: [tag("fleet", "big")],
      MaxResults: 7,
      ...(NextToken && { NextToken }),
    });
    expect(page.TagResources.TagResource.length).toBeLessThanOrEqual(100);
    seen.push(...page.TagResources.TagResource.map((one: any) => one.ResourceId));
    NextToken = page.NextToken;
  } while (NextToken !== "");
  expect(new Set(seen).size).toBe(1_100);
  expect(seen).toHaveLength(1_100);
});

test.each([
  [{}, "MissingParameter.Tags"],
  [{ ResourceType: "" }, "MissingParameter.ResourceType"],
  [{ ResourceType: "x", ResourceId: ["i-1"] }, "InvalidResourceType.NotFound"],
  [{ Tag: [{ Value: "v" }] }, "InvalidParameter.TagValue"],
  [{ ResourceId: ["i-1"], NextToken: "x" }, "InvalidParameter.NextToken"],
  [{ ResourceId: Array.from({ length: 51 }, (_, i) => `i-${i}`) }, "NumberExceed.ResourceIds"],
])("refuses %j", (params, code) => {
  expect(back.refused("ListTagResources", { ResourceType: "instance", ...params })).toBe(code);
});

test("a stale read does not know a tag of this moment", async () => {
  await back.advance(10);
  back.ok("TagResources", {
    ResourceType: "instance",
    ResourceId: ["i-3"],
    Tag: [tag("new", "1")],
  });
  const params = { ResourceType: "instance", Tag: [tag("new", "1")] };
  const stale = back.ok("ListTagResources", params, { staleMs: 5_000 });
  expect(stale.TagResources.TagResource).toEqual([]);
  expect(pairs(params)).toHaveLength(2);
});

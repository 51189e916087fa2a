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

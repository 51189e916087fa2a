import { base64, openBack, tag, type Back } from "../support/back.js";
import { savedCommand } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack();
});
afterEach(() => back.close());

const names = (params: object): string[] =>
  back
    .ok("DescribeCommands", { MaxResults: 50, ...params })
    .Commands.Command.map(({ Name }: any) => Name);

test("shows everything of a command, tags with other names than the request has", () => {
  const CommandId = savedCommand(back, {
    Description: "d",
    WorkingDir: "/tmp",
    Launcher: "python3 {{ACS::ScriptFileName}}",
    ResourceGroupId: "rg-abc",
    Tag: [tag("team", "web"), tag("empty", "")],
  });
  const answer = back.ok("DescribeCommands", { CommandId });
  expect(answer.Commands.Command[0]).toEqual({
    CommandId,
    Name: "hello",
    Type: "RunShellScript",
    Description: "d",
    CommandContent: base64("echo hello\n"),
    WorkingDir: "/tmp",
    Timeout: 60,
    EnableParameter: false,
    ParameterNames: { ParameterName: [] },
    ParameterDefinitions: { ParameterDefinition: [] },
    CreationTime: "2026-03-01T00:00Z",
    InvokeTimes: 0,
    Launcher: "python3 {{ACS::ScriptFileName}}",
    ResourceGroupId: "rg-abc",
    Tags: {
      Tag: [
        { TagKey: "team", TagValue: "web" },
        { TagKey: "empty", TagValue: "" },
      ],
    },
  });
  expect(answer).toMatchObject({ TotalCount: 1, PageNumber: 1, PageSize: 10, NextToken: "" });
});

test("an unknown id is an empty list", () => {
  expect(back.ok("DescribeCommands", { CommandId: "c-x" })).toMatchObject({ TotalCount: 0 });
});

test("content comes in plain text when that is asked for", () => {
  savedCommand(back);
  const answer = back.ok("DescribeCommands", { ContentEncoding: "PlainText" });
  expect(answer.Commands.Command[0].CommandContent).toBe("echo hello\n");
});

test("filters by name and description with and without wildcards, type, group and tags", () => {
  savedCommand(back, { Name: "web-1", Description: "restart it", Tag: [tag("a", "1")] });
  savedCommand(back, { Name: "web-2", Type: "RunBatScript", Tag: [tag("a", "2")] });
  savedCommand(back, { Name: "db.web", ResourceGroupId: "rg-1" });
  expect(names({ Name: "web-1" })).toEqual(["web-1"]);
  expect(names({ Name: "web" })).toEqual([]);
  expect(names({ Name: "web*" })).toEqual(["web-2", "web-1"]);
  expect(names({ Name: "*web" })).toEqual(["db.web"]);
  expect(names({ Name: "*b.w*" })).toEqual(["db.web"]);
  expect(names({ Description: "restart*" })).toEqual(["web-1"]);
  expect(names({ Type: "RunBatScript" })).toEqual(["web-2"]);
  expect(names({ ResourceGroupId: "rg-1" })).toEqual(["db.web"]);
  expect(names({ Tag: [{ Key: "a" }] })).toEqual(["web-2", "web-1"]);
  expect(names({ Tag: [tag("a", "2")] })).toEqual(["web-2"]);
  expect(names({ Tag: [tag("a", "")] })).toEqual([]);
});

test("the newest comes first, in pages that a new command between them does not disturb", () => {
  for (let index = 1; index <= 5; index += 1) savedCommand(back, { Name: `n${index}` });
  const first = back.ok("DescribeCommands", { MaxResults: 2 });
  savedCommand(back, { Name: "n6" });
  const second = back.ok("DescribeCommands", { MaxResults: 2, NextToken: first.NextToken });
  const third = back.ok("DescribeCommands", { MaxResults: 2, NextToken: second.NextToken });
  const shown = [first, second, third].map(({ Commands }) =>
    Commands.Command.map(({ Name }: any) => Name),
  );
  expect(shown).toEqual([["n5", "n4"], ["n3", "n2"], ["n1"]]);
  expect(third.NextToken).toBe("");
});

test("tokens hold the characters that a client forgets to escape", () => {
  for (let index = 0; index < 3; index += 1) savedCommand(back);
  const { NextToken } = back.ok("DescribeCommands", { MaxResults: 1 });
  expect(NextToken).toMatch(/\+.*\/.*=$/);
});

test("pages by number as of old", () => {
  for (let index = 1; index <= 5; index += 1) savedCommand(back, { Name: `n${index}` });
  const page = back.ok("DescribeCommands", { PageNumber: 2, PageSize: 2 });
  expect(page).toMatchObject({ TotalCount: 5, PageNumber: 2, PageSize: 2, NextToken: "" });
  expect(page.Commands.Command.map(({ Name }: any) => Name)).toEqual(["n3", "n2"]);
});

test.each([
  [{ MaxResults: 51 }, "InvalidParameter.MaxResults"],
  [{ MaxResults: 0 }, "InvalidParameter.MaxResults"],
  [{ NextToken: "AAAA" }, "InvalidParameter.NextToken"],
  [{ PageNumber: 0 }, "InvalidParam.PageNumber"],
  [{ PageSize: 51 }, "InvalidParam.PageSize"],
  [{ Name: "n".repeat(129) }, "InvalidName.LengthLimitExceeded"],
  [{ Type: "x" }, "InvalidCommandType.NotFound"],
])("refuses %j", (params, code) => {
  expect(back.refused("DescribeCommands", params)).toBe(code);
});

test("public commands are shown by provider, with version and definitions, own ones without", () => {
  const { publicCommands } = back.service.admin;
  const parameters = [{ name: "pkg", required: true, possibleValues: ["a", "b"] }];
  const content = "install {{pkg}}";
  publicCommands.add({ name: "ACS-P", type: "RunShellScript", content, parameters, latest: false });
  publicCommands.add({ name: "ACS-P", type: "RunShellScript", content, parameters, version: 2 });
  savedCommand(back);
  expect(names({})).toEqual(["hello"]);
  expect(names({ Provider: "AlibabaCloud" })).toEqual(["ACS-P", "ACS-P"]);
  expect(names({ Provider: "AlibabaCloud.ECS" })).toEqual(["ACS-P", "ACS-P"]);
  expect(names({ Provider: "AlibabaCloud.EC" })).toEqual([]);
  const [latest] = back.ok("DescribeCommands", { Provider: "AlibabaCloud", Latest: true }).Commands
    .Command;
  expect(latest).toMatchObject({ Version: 2, Latest: true, Provider: "AlibabaCloud.ECS.GuestOS" });
  expect(latest.ParameterDefinitions.ParameterDefinition).toEqual([
    {
      ParameterName: "pkg",
      Description: "",
      DefaultValue: "",
      Required: true,
      PossibleValues: { PossibleValue: ["a", "b"] },
    },
  ]);
});

test("a stale read does not know a command of this moment", async () => {
  savedCommand(back, { Name: "old" });
  await back.advance(10);
  savedCommand(back, { Name: "new" });
  const seen = back.ok("DescribeCommands", {}, { staleMs: 5_000 }).Commands.Command;
  expect(seen.map(({ Name }: any) => Name)).toEqual(["old"]);
  expect(names({})).toEqual(["new", "old"]);
});

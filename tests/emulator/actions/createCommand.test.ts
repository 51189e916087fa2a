import { base64, openBack, tag, type Back } from "../support/back.js";
import { savedCommand } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack();
});
afterEach(() => back.close());

const good = { Name: "n", Type: "RunShellScript", CommandContent: base64("true") };

test("answers an id that reads as the service's do", () => {
  expect(back.ok("CreateCommand", good).CommandId).toMatch(/^c-hz0[0-9a-z]{15}$/);
});

test("takes content as Base64 unless PlainText is said, and an unknown encoding as Base64", () => {
  const bytes = (params: object) => {
    const CommandId = savedCommand(back, { ...good, ...params });
    return back.ok("DescribeCommands", { CommandId }).Commands.Command[0].CommandContent;
  };
  expect(bytes({})).toBe(base64("true"));
  expect(bytes({ ContentEncoding: "PlainText", CommandContent: "true" })).toBe(base64("true"));
  expect(bytes({ ContentEncoding: "rot13" })).toBe(base64("true"));
});

test.each([
  ["Name", { Name: undefined }, "MissingParameter"],
  ["Type", { Type: undefined }, "MissingParameter"],
  ["CommandContent", { CommandContent: undefined }, "MissingParameter"],
  ["a type that does not exist", { Type: "RunPerl" }, "InvalidCmdType.NotFound"],
  ["content that is not Base64", { CommandContent: "echo $HOME" }, "CmdContent.DecodeError"],
  ["content without padding", { CommandContent: "dHJ1ZQ" }, "CmdContent.DecodeError"],
  ["a name of 129", { Name: "n".repeat(129) }, "CmdName.ExceedLimit"],
  ["a description of 513", { Description: "d".repeat(513) }, "CmdDesc.ExceedLimit"],
  ["a folder of 201", { WorkingDir: `/${"w".repeat(200)}` }, "InvalidParameter.WorkingDir"],
  [
    "a folder with a line break",
    { WorkingDir: "/tmp\n" },
    "InvalidParameterCharacter.CommandWorkingDir",
  ],
  ["a launcher above 1 KB", { Launcher: "é".repeat(600) }, "InvalidLauncher.LengthLimitExceeded"],
  ["a time-out that is no number", { Timeout: "soon" }, "InvalidTimeout.ExceedLimit"],
  ["a boolean that is none", { EnableParameter: "yes" }, "InvalidParameter"],
  ["a group that cannot be", { ResourceGroupId: "group" }, "InvalidResourceGroup.NotFound"],
  ["a token of 65", { ClientToken: "t".repeat(65) }, "InvalidClientToken.Malformed"],
  ["a token beyond ASCII", { ClientToken: "tökén" }, "InvalidClientToken.Malformed"],
])("refuses %s", (_what, params, code) => {
  expect(back.refused("CreateCommand", { ...good, ...params })).toBe(code);
});

test("says which parameter is missing", () => {
  const { body, status } = back.call("CreateCommand", { ...good, Type: undefined });
  expect(status).toBe(400);
  expect(body.Message).toContain('"Type"');
});

test("counts the limit on the encoded bytes: 24,576 pass and one block more does not", () => {
  const content = (count: number) => base64(`echo '${"日".repeat(count)}'\n`);
  expect(content(6_141)).toHaveLength(24_576);
  savedCommand(back, { CommandContent: content(6_141) });
  expect(back.refused("CreateCommand", { ...good, CommandContent: content(6_142) })).toBe(
    "CmdContent.ExceedLimit",
  );
});

test.each([
  ["an empty placeholder", "echo {{ }}", "CmdParam.EmptyKey"],
  ["a name with a dot", "echo {{.Names}}", "CmdParam.InvalidParamName"],
  ["a built-in in small letters", "echo {{acs::InstanceId}}", "CmdParam.InvalidParamName"],
  ["a name of 65", `echo {{${"n".repeat(65)}}}`, "CmdParamName.ExceedLimit"],
  [
    "21 parameters",
    Array.from({ length: 21 }, (_, index) => `{{p${index}}}`).join(" "),
    "CmdParamCount.ExceedLimit",
  ],
])("with parameters on refuses %s, and without them takes it", (_what, text, code) => {
  const params = { ...good, CommandContent: base64(text) };
  expect(back.refused("CreateCommand", { ...params, EnableParameter: true })).toBe(code);
  savedCommand(back, params);
});

test("lists parameters once, whatever their case and the blanks around them", () => {
  const CommandContent = base64("{{a}} {{ A }} {{\n b_2 }} {{ACS::InstanceId}} {{oos:x.y}}");
  const CommandId = savedCommand(back, { CommandContent, EnableParameter: true });
  const [command] = back.ok("DescribeCommands", { CommandId }).Commands.Command;
  expect(command.ParameterNames).toEqual({ ParameterName: ["a", "b_2"] });
});

test.each([
  ["20 pass", 20, undefined],
  ["21 are too many", 21, "NumberExceed.Tags"],
])("of tags %s", (_what, count, code) => {
  const Tag = Array.from({ length: count }, (_, index) => tag(`k${index}`, "v"));
  const { status, body } = back.call("CreateCommand", { ...good, Tag });
  expect(body.Code).toBe(code);
  expect(status).toBe(code === undefined ? 200 : 400);
});

test.each([
  [[tag("", "v")], "MissingParameter.TagKey"],
  [[{ Value: "v" }], "MissingParameter.TagKey"],
  [[tag("acs:x", "v")], "InvalidTagKey.Malformed"],
  [[tag("aliyun", "v")], "InvalidTagKey.Malformed"],
  [[tag("k".repeat(65), "v")], "InvalidTagKey.Malformed"],
  [[tag("see http://x", "v")], "InvalidTagKey.Malformed"],
  [[tag("k", "https://x")], "InvalidTagValue.Malformed"],
  [[tag("k", "v".repeat(129))], "InvalidTagValue.Malformed"],
  [[tag("k", "1"), tag("k", "2")], "Duplicate.TagKey"],
])("refuses the tags %j", (Tag, code) => {
  expect(back.refused("CreateCommand", { ...good, Tag: Tag as never })).toBe(code);
});

test("a time-out below ten seconds becomes ten, and without one it is a minute", () => {
  const timeout = (params: object) => {
    const CommandId = savedCommand(back, params);
    return back.ok("DescribeCommands", { CommandId }).Commands.Command[0].Timeout;
  };
  expect([timeout({}), timeout({ Timeout: 3 }), timeout({ Timeout: 7_200 })]).toEqual([
    60, 10, 7_200,
  ]);
});

test("stops at the quota of the region, and other regions and accounts have their own", () => {
  back.service.admin.limits.set({ commandsPerRegion: 2 });
  savedCommand(back);
  savedCommand(back);
  expect(back.refused("CreateCommand", good)).toBe("CmdCount.ExceedQuota");
  back.ok("CreateCommand", good, { regionId: "cn-shanghai" });
  back.ok("CreateCommand", good, { accountId: "2000000000000002" });
});

describe("with a ClientToken", () => {
  const params = { ...good, ClientToken: "token-1" };
  const count = () => back.ok("DescribeCommands", {}).TotalCount;

  test("a repetition is answered as the first time and makes nothing", () => {
    const first = back.ok("CreateCommand", params);
    const second = back.ok("CreateCommand", params);
    expect(second.CommandId).toBe(first.CommandId);
    expect(second.RequestId).not.toBe(first.RequestId);
    expect(count()).toBe(1);
  });

  test("other parameters are a mismatch, also where only their order changed it is not", () => {
    back.ok("CreateCommand", params);
    expect(back.refused("CreateCommand", { ...params, Description: "d" })).toBe(
      "IdempotentParameterMismatch",
    );
    back.ok("CreateCommand", Object.fromEntries(Object.entries(params).reverse()));
    expect(count()).toBe(1);
  });

  test("a refused call leaves its token free", () => {
    expect(back.refused("CreateCommand", { ...params, Type: "x" })).toBe("InvalidCmdType.NotFound");
    back.ok("CreateCommand", params);
  });

  test("letters count by case, and actions, regions and accounts keep their own", () => {
    const first = back.ok("CreateCommand", params).CommandId;
    const others = [
      back.ok("CreateCommand", { ...params, ClientToken: "TOKEN-1" }),
      back.ok("CreateCommand", params, { regionId: "cn-beijing" }),
      back.ok("CreateCommand", params, { accountId: "2000000000000002" }),
    ];
    for (const other of others) expect(other.CommandId).not.toBe(first);
  });

  test("it is forgotten after the time that the dial says", async () => {
    back.service.admin.limits.set({ clientTokenMs: 60_000 });
    const first = back.ok("CreateCommand", params);
    await back.advance(59);
    expect(back.ok("CreateCommand", params).CommandId).toBe(first.CommandId);
    await back.advance(1);
    expect(back.ok("CreateCommand", params).CommandId).not.toBe(first.CommandId);
  });

  test("while the first is under way, as the dial says, a repetition is told so", async () => {
    back.service.admin.limits.set({ clientTokenProcessingMs: 5_000 });
    const first = back.ok("CreateCommand", params);
    expect(back.refused("CreateCommand", params)).toBe("IdempotentProcessing");
    await back.advance(5);
    expect(back.ok("CreateCommand", params).CommandId).toBe(first.CommandId);
  });
});

test("needs a region, and one that exists", () => {
  expect(back.refused("CreateCommand", good, { regionId: "" })).toBe("MissingParameter");
  expect(back.refused("CreateCommand", good, { regionId: "cn-mars" })).toBe(
    "InvalidRegionId.NotFound",
  );
});

test("a refusal has the service's shape, and a success no Code", () => {
  const { body } = back.call("CreateCommand", { ...good, Type: "x" });
  expect(Object.keys(body).sort()).toEqual(["Code", "HostId", "Message", "Recommend", "RequestId"]);
  expect(body.Recommend).toBe(
    `https://api.aliyun.com/troubleshoot?q=InvalidCmdType.NotFound&product=Ecs&requestId=${String(body.RequestId)}`,
  );
  expect(back.ok("CreateCommand", good)).not.toHaveProperty("Code");
});

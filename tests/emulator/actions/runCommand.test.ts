import { base64, openBack, tag, type Back } from "../support/back.js";
import { invocation, row, run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({ instances: [{ instanceId: "i-1" }], sim: { afterMs: 1_000 } });
});
afterEach(() => back.close());

const refused = (params: object): string =>
  back.refused("RunCommand", {
    Type: "RunShellScript",
    CommandContent: "true",
    InstanceId: ["i-1"],
    ...params,
  });
const commands = (params: object = {}): any[] =>
  back.ok("DescribeCommands", params).Commands.Command;

test("answers a CommandId and an InvokeId", () => {
  const answer = run(back, ["i-1"]);
  expect(Object.keys(answer)).toEqual(["RequestId", "CommandId", "InvokeId"]);
});

test("takes content as plain text unless Base64 is said, in any case of letters", () => {
  const content = (params: object) =>
    invocation(back, run(back, ["i-1"], params).InvokeId).CommandContent;
  expect(content({ CommandContent: "dHJ1ZQ==" })).toBe("dHJ1ZQ==");
  expect(content({ CommandContent: base64("true"), ContentEncoding: "base64" })).toBe("true");
  expect(content({ CommandContent: "true", ContentEncoding: "rot13" })).toBe("true");
});

test("without KeepCommand the command goes when the execution is over, and uses no quota", async () => {
  back.service.admin.limits.set({ commandsPerRegion: 1 });
  const { CommandId, InvokeId } = run(back, ["i-1"]);
  expect(commands({ CommandId })).toHaveLength(1);
  back.ok("CreateCommand", { Name: "n", Type: "RunShellScript", CommandContent: base64("true") });
  await back.advance(1);
  expect(commands({ CommandId })).toEqual([]);
  expect(invocation(back, InvokeId)).toMatchObject({
    CommandId,
    CommandContent: "echo hello\n",
    InvocationStatus: "Success",
  });
});

test("with KeepCommand it stays and uses the quota", async () => {
  back.service.admin.limits.set({ commandsPerRegion: 1 });
  const { CommandId } = run(back, ["i-1"], { KeepCommand: true, Name: "kept" });
  await back.advance(1);
  expect(commands({ CommandId })[0]).toMatchObject({ Name: "kept", InvokeTimes: 1 });
  expect(refused({ KeepCommand: true })).toBe("CmdCount.ExceedQuota");
  run(back, ["i-1"]);
});

test("a refused call makes no command", () => {
  expect(refused({ InstanceId: ["i-none"] })).toBe("InvalidInstance.NotFound");
  expect(commands()).toEqual([]);
});

test("its tags are of the invocation", () => {
  const { CommandId, InvokeId } = run(back, ["i-1"], { Tag: [tag("a", "1")] });
  expect(invocation(back, InvokeId).Tags.Tag).toEqual([{ TagKey: "a", TagValue: "1" }]);
  expect(commands({ CommandId })[0].Tags.Tag).toEqual([]);
});

test.each([
  [{ Type: undefined }, "MissingParameter"],
  [{ CommandContent: undefined }, "MissingParameter"],
  [{ Type: "x" }, "InvalidCmdType.NotFound"],
  [{ CommandContent: "$", ContentEncoding: "Base64" }, "CmdContent.DecodeError"],
  [{ CommandContent: "x".repeat(18_433) }, "CmdContent.ExceedLimit"],
  [{ InstanceId: [] }, "MissingParam.InstanceId"],
  [{ EnableParameter: true, CommandContent: "{{a b}}" }, "CmdParam.InvalidParamName"],
  [{ Parameters: '{"a":"1"}' }, "Parameter.Disabled"],
  [{ RepeatMode: "Period" }, "MissingParam.Frequency"],
  [{ Name: "n".repeat(129) }, "CmdName.ExceedLimit"],
  [{ KeepCommand: "maybe" }, "InvalidParameter"],
])("refuses %j", (params, code) => {
  expect(refused(params)).toBe(code);
});

test("a repeated ClientToken runs nothing again and gives both ids", async () => {
  const params = { ClientToken: "t" };
  const first = run(back, ["i-1"], params);
  await back.advance(10);
  const second = run(back, ["i-1"], params);
  expect([second.CommandId, second.InvokeId]).toEqual([first.CommandId, first.InvokeId]);
  expect(back.ok("DescribeInvocations", {}).TotalCount).toBe(1);
  expect(refused({ CommandContent: "echo hello\n", ClientToken: "t", Timeout: 99 })).toBe(
    "IdempotentParameterMismatch",
  );
});

test("20 ResourceTags are taken here", async () => {
  const ResourceTag = Array.from({ length: 20 }, (_, index) => tag(`k${index}`, "v"));
  const tags = Object.fromEntries(ResourceTag.map(({ Key, Value }) => [Key, Value]));
  back.service.admin.instances.update("i-1", { tags });
  const { InvokeId } = run(back, [], { ResourceTag });
  await back.advance(1);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Success");
});

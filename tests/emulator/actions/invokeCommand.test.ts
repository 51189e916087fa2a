import { base64, openBack, OTHER_ACCOUNT, tag, type Back } from "../support/back.js";
import { invocation, row, rows, savedCommand } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1", tags: { env: "prod", role: "web" } },
      { instanceId: "i-2", tags: { env: "prod", role: "" } },
      { instanceId: "i-win", osType: "windows", resourceGroupId: "rg-win" },
      { instanceId: "mi-1", tags: { env: "prod" } },
    ],
  });
});
afterEach(() => back.close());

const invoke = (params: object): any =>
  back.ok("InvokeCommand", { CommandId: savedCommand(back), InstanceId: ["i-1"], ...params });
const refused = (params: object): string =>
  back.refused("InvokeCommand", { CommandId: savedCommand(back), InstanceId: ["i-1"], ...params });

test("answers only an InvokeId, and what was accepted is Pending until it is delivered", async () => {
  const answer = invoke({ InstanceId: ["i-1", "i-2"] });
  expect(Object.keys(answer)).toEqual(["RequestId", "InvokeId"]);
  expect(answer.InvokeId).toMatch(/^t-hz0/);
  expect(invocation(back, answer.InvokeId).InvocationStatus).toBe("Pending");
  await back.settle();
  expect(invocation(back, answer.InvokeId)).toMatchObject({
    InvocationStatus: "Success",
    InvokeStatus: "Finished",
    RepeatMode: "Once",
    Timed: false,
    Frequency: "",
    Parameters: "{}",
    Username: "",
  });
});

test("what the call says beats what the command says, for this invocation only", () => {
  const CommandId = savedCommand(back, { Timeout: 100, WorkingDir: "/a", Launcher: "sh" });
  const { InvokeId } = invoke({
    CommandId,
    Timeout: 200,
    WorkingDir: "/b",
    Launcher: "bash",
    TerminationMode: "ProcessTree",
    Username: "ops",
    Tag: [tag("run", "1")],
  });
  expect(invocation(back, InvokeId)).toMatchObject({
    Timeout: 200,
    WorkingDir: "/b",
    Launcher: "bash",
    TerminationMode: "ProcessTree",
    Username: "ops",
    Tags: { Tag: [{ TagKey: "run", TagValue: "1" }] },
  });
  const { InvokeId: plain } = invoke({ CommandId });
  expect(invocation(back, plain)).toMatchObject({
    Timeout: 100,
    WorkingDir: "/a",
    Launcher: "sh",
    TerminationMode: "Process",
  });
  expect(back.ok("DescribeCommands", { CommandId }).Commands.Command[0].InvokeTimes).toBe(2);
});

describe("targets", () => {
  test("are named once each, in the order of the call", () => {
    const { InvokeId } = invoke({ InstanceId: ["i-2", "i-1", "i-2"] });
    expect(Object.keys(rows(back, InvokeId))).toEqual(["i-2", "i-1"]);
  });

  test("a bare InstanceId is no list", () => {
    expect(refused({ InstanceId: "i-1" })).toBe("MissingParam.InstanceId");
  });

  test("Tag is of the invocation and selects nothing", () => {
    expect(refused({ InstanceId: undefined, Tag: [tag("env", "prod")] })).toBe(
      "MissingParam.InstanceId",
    );
  });

  test("ResourceTag selects, all of them, managed instances too, once at the time of the call", () => {
    const at = (ResourceTag: object) =>
      Object.keys(rows(back, invoke({ InstanceId: undefined, ResourceTag }).InvokeId));
    expect(at([tag("env", "prod")])).toEqual(["i-1", "i-2", "mi-1"]);
    expect(at([tag("env", "prod"), { Key: "role" }])).toEqual(["i-1", "i-2"]);
    expect(at([tag("env", "prod"), tag("role", "")])).toEqual(["i-2"]);
  });

  test.each([
    [
      { InstanceId: undefined, ResourceTag: [tag("env", "test")] },
      "InvalidResourceTag.InstanceNotFound",
    ],
    [{ ResourceTag: [tag("env", "prod")] }, "InvalidResourceTag.ConflictWithInstanceIds"],
    [
      {
        InstanceId: undefined,
        ResourceTag: Array.from({ length: 11 }, (_, i) => tag(`k${i}`, "")),
      },
      "NumberExceed.ResourceTags",
    ],
    [
      { InstanceId: undefined, ResourceTag: [{ Value: "prod" }] },
      "MissingParameter.ResourceTagKey",
    ],
    [{ InstanceId: undefined, ResourceTag: [tag("acs:a", "")] }, "InvalidResourceTagKey.Malformed"],
    [
      { InstanceId: undefined, ResourceTag: [tag("a", "http://")] },
      "InvalidResourceTagValue.Malformed",
    ],
    [
      { InstanceId: undefined, ResourceTag: [tag("a", ""), tag("a", "")] },
      "Duplicate.ResourceTagKey",
    ],
  ])("refuses %j", (params, code) => {
    expect(refused(params)).toBe(code);
  });

  test("no more than the limit, by id and by tag", () => {
    back.service.admin.limits.set({ instancesPerCall: 2 });
    invoke({ InstanceId: ["i-1", "i-2"] });
    expect(refused({ InstanceId: ["i-1", "i-2", "mi-1"] })).toBe("InstanceIds.ExceedLimit");
    expect(refused({ InstanceId: undefined, ResourceTag: [tag("env", "prod")] })).toBe(
      "InstanceIds.ExceedLimit",
    );
  });

  test.each([
    ["that does not exist", "i-none", "InvalidInstance.NotFound", "Aborted", "InstanceNotExists"],
    ["of another system", "i-win", "InvalidInstance.NotMatch", "Invalid", "CommandNotApplicable"],
  ])(
    "one %s fails the call, or by the dial only itself",
    async (_what, id, code, status, error) => {
      const params = { InstanceId: ["i-1", id] };
      expect(refused(params)).toBe(code);
      expect(back.ok("DescribeInvocations", {}).TotalCount).toBe(0);
      back.service.admin.limits.set({ oneBadInstance: "fails-instance" });
      const { InvokeId } = invoke(params);
      await back.settle();
      expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Success");
      expect(row(back, InvokeId, id)).toMatchObject({
        InvocationStatus: status,
        ErrorCode: error,
        Repeats: 0,
      });
      expect(invocation(back, InvokeId).InvocationStatus).toBe("PartialFailed");
    },
  );

  test("an instance of another resource group does not match one that is given", () => {
    const CommandId = savedCommand(back, { Type: "RunBatScript" });
    const params = { CommandId, InstanceId: ["i-win"] };
    invoke({ ...params, ResourceGroupId: "rg-win" });
    expect(refused({ ...params, ResourceGroupId: "rg-web" })).toBe("InvalidInstance.NotMatch");
  });
});

describe("parameters", () => {
  const command = (text: string) =>
    savedCommand(back, { CommandContent: base64(text), EnableParameter: true });
  const shown = (InvokeId: string) => JSON.parse(invocation(back, InvokeId).Parameters);

  test("come back as one JSON text", () => {
    const Parameters = JSON.stringify({ Name: "Jack's (x)*~!", empty: "", uni: "你好" });
    const { InvokeId } = invoke({ CommandId: command("{{name}}{{empty}}{{uni}}"), Parameters });
    expect(shown(InvokeId)).toEqual(JSON.parse(Parameters));
  });

  test.each([
    ["not JSON", "{a:1}", "InvalidParameter.Parameters"],
    ["a list", "[]", "InvalidParameter.Parameters"],
    ["a number", '{"a":1}', "ParameterType.NotSupported"],
    ["one that the command has not", '{"b":"1"}', "Parameter.NotMatched"],
    ["one twice in another case", '{"a":"1","A":"2"}', "ParameterKey.Duplicate"],
    ["a name of 65", JSON.stringify({ ["a".repeat(65)]: "" }), "ParameterKey.ExceedLimit"],
    [
      "eleven of them",
      JSON.stringify(Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`p${i}`, ""]))),
      "ParameterCount.ExceedLimit",
    ],
  ])("refuses %s", (_what, Parameters, code) => {
    expect(refused({ CommandId: command("{{a}}"), Parameters })).toBe(code);
  });

  test("are refused where the command takes none, and {} is none", () => {
    expect(refused({ Parameters: '{"a":"1"}' })).toBe("Parameter.Disabled");
    invoke({ Parameters: "{}" });
  });

  test("count with the content against the limit after Base64", () => {
    const CommandId = command(`{{a}}${"x".repeat(18_000)}`);
    invoke({ CommandId, Parameters: JSON.stringify({ a: "y".repeat(400) }) });
    expect(refused({ CommandId, Parameters: JSON.stringify({ a: "y".repeat(500) }) })).toBe(
      "CmdContent.ExceedLimit",
    );
  });

  test("a public command is invoked by name, with its defaults, and not without what it requires", () => {
    back.service.admin.publicCommands.add({
      name: "ACS-P",
      type: "RunShellScript",
      content: "install {{pkg}} {{ver}}",
      parameters: [
        { name: "pkg", required: true },
        { name: "ver", defaultValue: "1" },
      ],
    });
    expect(refused({ CommandId: "ACS-P" })).toBe("Parameter.MissingValue");
    const { InvokeId } = invoke({ CommandId: "ACS-P", Parameters: '{"pkg":"git"}' });
    expect(shown(InvokeId)).toEqual({ ver: "1", pkg: "git" });
    expect(invocation(back, InvokeId).CommandName).toBe("ACS-P");
  });
});

describe("repetition", () => {
  const mode = (params: object) => invocation(back, invoke(params).InvokeId).RepeatMode;

  test("is Once by default, and Period as soon as there is a Frequency", () => {
    expect(mode({})).toBe("Once");
    expect(mode({ Frequency: "rate(5m)" })).toBe("Period");
    expect(mode({ Frequency: "rate(5m)", RepeatMode: "Once" })).toBe("Period");
    expect(mode({ RepeatMode: "EveryReboot" })).toBe("EveryReboot");
  });

  test.each([
    [{ RepeatMode: "Sometimes" }, "InvalidRepeatMode.NotFound"],
    [{ RepeatMode: "Period" }, "MissingParam.Frequency"],
    [{ Frequency: "0 2 * * *" }, "InvalidParam.Frequency"],
    [{ Frequency: "rate(59s)" }, "InvalidParam.Frequency"],
    [{ Frequency: "rate(8d)" }, "InvalidParam.Frequency"],
    [{ Frequency: "at(2026-02-30 10:00:00)" }, "InvalidParam.Frequency"],
    [{ Frequency: "*/5 * * * * ?" }, "InvalidParam.Frequency"],
    [{ Frequency: "rate(1m)", Timeout: 60 }, "InvalidParam.Frequency"],
    [{ Frequency: "0 */5 * * * ?", Timeout: 301 }, "InvalidParam.Frequency"],
  ])("refuses %j", (params, code) => {
    expect(refused(params)).toBe(code);
  });

  test("the interval may equal the time-out for a cron and must be longer for a rate", () => {
    expect(mode({ Frequency: "0 */5 * * * ?", Timeout: 300 })).toBe("Period");
    expect(mode({ Frequency: "rate(5m)", Timeout: 299 })).toBe("Period");
    expect(refused({ Frequency: "rate(5m)", Timeout: 300 })).toBe("InvalidParam.Frequency");
  });
});

test.each([
  [{ CommandId: "c-none" }, "InvalidCmdId.NotFound"],
  [{ TerminationMode: "Group" }, "InvalidTerminationMode.NotFound"],
  [{ Username: "u".repeat(256) }, "Username.ExceedLimit"],
  [{ WindowsPasswordName: "u".repeat(256) }, "WindowsPasswordName.ExceedLimit"],
  [{ ContainerId: "abc" }, "InvalidContainerId.Malformed"],
  [{ ContainerName: "-abc" }, "InvalidContainerName.Malformed"],
  [{ Launcher: "l".repeat(1_025) }, "InvalidLauncher.LengthLimitExceeded"],
])("refuses %j", (params, code) => {
  expect(refused(params)).toBe(code);
});

test("an ordinary user of Windows needs the name of a password, and the system none", () => {
  const CommandId = savedCommand(back, { Type: "RunPowerShellScript" });
  const params = { CommandId, InstanceId: ["i-win"] };
  expect(refused({ ...params, Username: "ops" })).toBe("WindowsPasswordName.Missed");
  invoke({ ...params, Username: "System" });
  invoke({ ...params, Username: "ops", WindowsPasswordName: "oos-name" });
});

test("accepted calls are counted by day, and it is China's day", async () => {
  back.service.admin.limits.set({ invocationsPerDay: 2 });
  const CommandId = savedCommand(back);
  invoke({ CommandId, ClientToken: "a" });
  // A replay and a dry run are no further invocation.
  invoke({ CommandId, ClientToken: "a" });
  invoke({ CommandId, RepeatMode: "DryRun" });
  invoke({ CommandId });
  expect(refused({ CommandId })).toBe("Invocation.ExceedQuota");
  // It is 08:00 in China; the day there ends at 16:00 UTC.
  await back.clock.advanceTo(Date.parse("2026-03-01T15:59:59Z"));
  expect(refused({ CommandId })).toBe("Invocation.ExceedQuota");
  await back.advance(1);
  invoke({ CommandId });
});

test("another region and another account have a quota of their own", async () => {
  back.service.admin.limits.set({ invocationsPerDay: 1 });
  invoke({});
  for (const at of [{ regionId: "cn-shanghai" }, { accountId: OTHER_ACCOUNT }]) {
    back.service.admin.instances.add({ instanceId: `i-${JSON.stringify(at).length}`, ...at });
    const CommandId = back.ok(
      "CreateCommand",
      { Name: "n", Type: "RunShellScript", CommandContent: base64("true") },
      at,
    ).CommandId;
    const InstanceId = [`i-${JSON.stringify(at).length}`];
    back.ok("InvokeCommand", { CommandId, InstanceId }, at);
    expect(back.refused("InvokeCommand", { CommandId, InstanceId }, at)).toBe(
      "Invocation.ExceedQuota",
    );
  }
});

test("the day of the quota begins where the dial says", async () => {
  back.service.admin.limits.set({ invocationsPerDay: 1, dayOffsetMinutes: 0 });
  invoke({});
  await back.clock.advanceTo(Date.parse("2026-03-01T23:59:59Z"));
  expect(refused({})).toBe("Invocation.ExceedQuota");
  await back.advance(1);
  invoke({});
});

test("a refused call leaves nothing behind", () => {
  refused({ InstanceId: ["i-1", "i-none"] });
  expect(back.ok("DescribeInvocations", {})).toMatchObject({ TotalCount: 0 });
});

test("a dry run checks the machine and runs nothing", async () => {
  const { InvokeId } = invoke({ RepeatMode: "DryRun" });
  await back.settle();
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Success",
    Repeats: 0,
    StartTime: "",
  });
  back.service.admin.instances.agent("i-1", { mode: "offline" });
  const second = invoke({ RepeatMode: "DryRun" }).InvokeId;
  await back.advance(60);
  expect(row(back, second, "i-1").InvocationStatus).toBe("Aborted");
});

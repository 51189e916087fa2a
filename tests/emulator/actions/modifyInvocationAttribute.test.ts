import { base64, openBack, type Back } from "../support/back.js";
import { allResults, invocation, row, run, savedCommand } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-1" },
      { instanceId: "i-2" },
      { instanceId: "i-win", osType: "windows" },
      { instanceId: "i-old", agent: { version: "2.2.3.540" } },
    ],
    sim: {
      rules: [
        {
          contains: "new",
          afterMs: 1_000,
          outcome: { kind: "finish", exitCode: 0, output: "new" },
        },
      ],
      outcome: { kind: "finish", exitCode: 0, output: "old" },
      afterMs: 90_000,
    },
  });
});
afterEach(() => back.close());

const modify = (params: object): any => back.ok("ModifyInvocationAttribute", params);
const period = (params: object = {}): any =>
  run(back, ["i-1"], { Frequency: "rate(5m)", Timeout: 100, ...params });

test("new content takes effect at the next run, and one that is under way goes on", async () => {
  const { InvokeId } = period();
  await back.advance(310);
  modify({ InvokeId, CommandContent: "echo new" });
  await back.settle();
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Running");
  await back.advance(80);
  expect(row(back, InvokeId, "i-1")).toMatchObject({ Output: "old", Repeats: 1 });
  await back.advance(220);
  expect(row(back, InvokeId, "i-1")).toMatchObject({ Output: "new", Repeats: 2 });
  expect(invocation(back, InvokeId).CommandContent).toBe("echo new");
});

test("new content makes a command that is kept, and of a saved one leaves the old alone", async () => {
  const CommandId = savedCommand(back, { Timeout: 100 });
  const { InvokeId } = back.ok("InvokeCommand", {
    CommandId,
    InstanceId: ["i-1"],
    Frequency: "rate(5m)",
  });
  await back.settle();
  const changed = modify({ InvokeId, CommandContent: base64("new"), ContentEncoding: "Base64" });
  expect(changed.CommandId).not.toBe(CommandId);
  const commands = back.ok("DescribeCommands", {}).Commands.Command;
  expect(commands.map((one: any) => one.CommandId).sort()).toEqual(
    [CommandId, changed.CommandId].sort(),
  );
  // The old one is no longer used by anything.
  back.ok("DeleteCommand", { CommandId });
  expect(back.refused("DeleteCommand", { CommandId: changed.CommandId })).toBe(
    "InvalidStatus.CmdIdInUse",
  );
});

test("after RunCommand without KeepCommand the new command goes with the execution", async () => {
  const { InvokeId, CommandId } = period();
  await back.settle();
  const changed = modify({ InvokeId, CommandContent: "new" }).CommandId;
  const ids = () => back.ok("DescribeCommands", {}).Commands.Command.map((c: any) => c.CommandId);
  expect(ids()).toEqual([changed]);
  expect(changed).not.toBe(CommandId);
  back.ok("StopInvocation", { InvokeId });
  await back.settle();
  expect(ids()).toEqual([]);
});

test("without new content the command stays, and its id is answered", async () => {
  const { InvokeId, CommandId } = period();
  expect(modify({ InvokeId, Frequency: "rate(10m)" }).CommandId).toBe(CommandId);
});

test("a new rate is counted from the creation, a new cron from now", async () => {
  const rate = period().InvokeId;
  const cron = period({ Frequency: "0 0 12 * * ? UTC" }).InvokeId;
  await back.advance(400);
  modify({ InvokeId: rate, Frequency: "rate(7m)" });
  modify({ InvokeId: cron, Frequency: "0 8 0 * * ? UTC" });
  await back.advance(3_000);
  const starts = (InvokeId: string) =>
    allResults(back, { InvokeId, IncludeHistory: true })
      .map((one) => one.StartTime.slice(11, 19))
      .reverse();
  expect(starts(rate).slice(0, 4)).toEqual(["00:05:00", "00:07:00", "00:14:00", "00:21:00"]);
  expect(starts(cron)).toEqual(["00:08:00"]);
});

test("instances are added, never removed, and those that are in it are left alone", async () => {
  const { InvokeId } = period();
  await back.advance(60);
  modify({ InvokeId, InstanceId: ["i-1", "i-2"] });
  await back.settle();
  expect(
    invocation(back, InvokeId).InvokeInstances.InvokeInstance.map((i: any) => i.InstanceId),
  ).toEqual(["i-1", "i-2"]);
  expect(row(back, InvokeId, "i-2")).toMatchObject({
    InvocationStatus: "Scheduled",
    CreationTime: "2026-03-01T00:01:00Z",
  });
  await back.advance(240);
  expect(row(back, InvokeId, "i-2").InvocationStatus).toBe("Running");
});

test("parameters are judged against the new content", async () => {
  const { InvokeId } = period({ CommandContent: "{{a}}", EnableParameter: true });
  await back.settle();
  modify({ InvokeId, Parameters: '{"a":"1"}' });
  expect(invocation(back, InvokeId).Parameters).toBe('{"a":"1"}');
  modify({ InvokeId, CommandContent: "{{b}}", Parameters: '{"b":"2"}' });
  expect(invocation(back, InvokeId).Parameters).toBe('{"b":"2"}');
});

test.each([
  ["parameters without a name", { Parameters: '{"":"1"}' }, "InvalidParameters.KeyEmpty"],
  ["parameters that are no object", { Parameters: "1" }, "InvalidParameters.KeyMalformed"],
  ["a parameter that is not there", { Parameters: '{"z":"1"}' }, "InvalidParameters.KeyNotMatch"],
  ["one twice", { Parameters: '{"a":"1","A":"1"}' }, "InvalidParameters.KeyDuplicate"],
  ["a number", { Parameters: '{"a":1}' }, "InvalidParameters.ValueTypeUnsupported"],
  [
    "content that is not Base64",
    { CommandContent: "$", ContentEncoding: "Base64" },
    "InvalidCommandContent.DecodeError",
  ],
  [
    "content that is too long",
    { CommandContent: "x".repeat(20_000) },
    "InvalidCommandContent.LengthLimitExceeded",
  ],
  ["a frequency", { Frequency: "daily" }, "InvalidParameter.Frequency"],
  ["an empty frequency", { Frequency: "" }, "InvalidParameter.Frequency"],
  ["an instance that is not there", { InstanceId: ["i-9"] }, "InvalidInstanceId.NotFound"],
  ["another system", { InstanceId: ["i-win"] }, "InvalidInstanceId.OSTypeUnsupported"],
  [
    "an agent that is too old",
    { InstanceId: ["i-old"] },
    "InvalidOperation.CloudAssistantVersionUnsupported",
  ],
  ["an invocation that is not there", { InvokeId: "t-9" }, "InvalidInvokeId.NotFound"],
])("refuses %s", async (_what, params, code) => {
  const { InvokeId } = period({ CommandContent: "{{a}}", EnableParameter: true });
  await back.settle();
  expect(back.refused("ModifyInvocationAttribute", { InvokeId, ...params })).toBe(code);
});

test("only schedules and boot plans can be changed, and only while they live", async () => {
  const once = run(back, ["i-1"]).InvokeId;
  expect(back.refused("ModifyInvocationAttribute", { InvokeId: once })).toBe(
    "InvalidOperation.RepeatModeUnsupported",
  );
  const boot = run(back, ["i-1"], { RepeatMode: "EveryReboot" }).InvokeId;
  modify({ InvokeId: boot, CommandContent: "new" });
  expect(back.refused("ModifyInvocationAttribute", { InvokeId: boot, Frequency: "rate(5m)" })).toBe(
    "InvalidOperation.RepeatModeUnsupported",
  );
  back.ok("StopInvocation", { InvokeId: boot });
  await back.settle();
  expect(back.refused("ModifyInvocationAttribute", { InvokeId: boot })).toBe(
    "InvalidOperation.InvokeAlreadyFinished",
  );
});

test("a public command's content cannot be changed, and the quota of commands holds", async () => {
  back.service.admin.publicCommands.add({ name: "ACS-X", type: "RunShellScript", content: "old" });
  const { InvokeId } = back.ok("InvokeCommand", {
    CommandId: "ACS-X",
    InstanceId: ["i-1"],
    Frequency: "rate(5m)",
  });
  expect(back.refused("ModifyInvocationAttribute", { InvokeId, CommandContent: "new" })).toBe(
    "InvalidOperation.ModifyPublicCommandUnsupported",
  );
  const kept = period({ KeepCommand: true }).InvokeId;
  back.service.admin.limits.set({ commandsPerRegion: 1 });
  expect(back.refused("ModifyInvocationAttribute", { InvokeId: kept, CommandContent: "new" })).toBe(
    "CommandLimitExceeded",
  );
});

test("a repeated ClientToken changes nothing twice", async () => {
  const { InvokeId } = period({ KeepCommand: true });
  const params = { InvokeId, CommandContent: "new", ClientToken: "t" };
  expect(modify(params).CommandId).toBe(modify(params).CommandId);
  expect(back.ok("DescribeCommands", {}).TotalCount).toBe(2);
});

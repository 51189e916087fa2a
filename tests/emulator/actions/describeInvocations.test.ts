import { base64, openBack, tag, type Back } from "../support/back.js";
import { invocation, row, run, savedCommand } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: [{ instanceId: "i-1" }, { instanceId: "i-2", behaviour: { afterMs: 60_000 } }],
    sim: {
      rules: [
        { contains: "fail", outcome: { kind: "finish", exitCode: 3, output: "bad\n" } },
        { contains: "hang", outcome: { kind: "timeout", output: "half" } },
      ],
      outcome: { kind: "finish", exitCode: 0, output: "caf\u00e9\n" },
    },
  });
});
afterEach(() => back.close());

const ids = (params: object): string[] =>
  back
    .ok("DescribeInvocations", { MaxResults: 50, ...params })
    .Invocations.Invocation.map(({ InvokeId }: any) => InvokeId);

test("times are UTC text, empty where there is none yet", async () => {
  const { InvokeId } = run(back, ["i-2"]);
  await back.advance(1);
  expect(row(back, InvokeId, "i-2")).toMatchObject({
    CreationTime: "2026-03-01T00:00:00Z",
    StartTime: "2026-03-01T00:00:00Z",
    FinishTime: "",
    StopTime: "",
    UpdateTime: "2026-03-01T00:00:00Z",
    InvocationStatus: "Running",
    Repeats: 1,
  });
  expect(row(back, InvokeId, "i-2")).not.toHaveProperty("ExitCode");
});

test("a timed-out instance looks as the capture of the service does", async () => {
  const { InvokeId } = run(back, ["i-1"], { CommandContent: "hang", Timeout: 60 });
  await back.advance(65);
  const found = row(back, InvokeId, "i-1");
  expect(found).toMatchObject({
    InvocationStatus: "Timeout",
    InstanceInvokeStatus: "Failed",
    StartTime: "2026-03-01T00:00:00Z",
    FinishTime: "2026-03-01T00:01:00Z",
    StopTime: "",
    ErrorCode: "ExecutionTimeout",
    ErrorInfo: "the command execution has been timeout.",
    Repeats: 1,
    Output: "half",
  });
  expect(found).not.toHaveProperty("ExitCode");
  expect(invocation(back, InvokeId)).toMatchObject({
    InvocationStatus: "Failed",
    InvokeStatus: "Failed",
  });
});

test("a failed exit code is Failed in the new field and Finished in the old one", async () => {
  const { InvokeId } = run(back, ["i-1"], { CommandContent: "fail" });
  await back.settle();
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Failed",
    InstanceInvokeStatus: "Finished",
    ExitCode: 3,
    ErrorCode: "ExitCodeNonzero",
    ErrorInfo: "the command execution exit code is not zero.",
  });
  expect(invocation(back, InvokeId)).toMatchObject({
    InvocationStatus: "Failed",
    InvokeStatus: "Finished",
  });
});

test("a schedule that waits looks as the recorded one does", async () => {
  const { InvokeId } = run(back, ["i-1"], { Frequency: "0 0 12 * * ?" });
  await back.settle();
  expect(invocation(back, InvokeId)).toMatchObject({
    InvocationStatus: "Scheduled",
    InvokeStatus: "Running",
    Timed: true,
    RepeatMode: "Period",
    Frequency: "0 0 12 * * ?",
  });
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Scheduled",
    InstanceInvokeStatus: "Running",
    Repeats: 0,
    StartTime: "",
    FinishTime: "",
    StopTime: "",
    Output: "",
    ErrorCode: "",
    ErrorInfo: "",
    Dropped: 0,
    Timed: true,
  });
});

test("output and content are Base64 unless plain text is asked for", async () => {
  const { InvokeId } = run(back, ["i-1"]);
  await back.settle();
  const read = (params: object) =>
    back.ok("DescribeInvocations", { InvokeId, IncludeOutput: true, ...params }).Invocations
      .Invocation[0];
  const coded = read({});
  expect(coded.CommandContent).toBe(base64("echo hello\n"));
  expect(coded.InvokeInstances.InvokeInstance[0].Output).toBe(base64("caf\u00e9\n"));
  const plain = read({ ContentEncoding: "PlainText" });
  expect(plain.CommandContent).toBe("echo hello\n");
  expect(plain.InvokeInstances.InvokeInstance[0].Output).toBe("caf\u00e9\n");
});

test("output is there only when asked for, and only with an InvokeId or InstanceId", async () => {
  const { InvokeId } = run(back, ["i-1"]);
  await back.settle();
  const output = (params: object) =>
    back.ok("DescribeInvocations", params).Invocations.Invocation[0].InvokeInstances
      .InvokeInstance[0].Output;
  expect(output({ InvokeId })).toBe("");
  expect(output({ IncludeOutput: true })).toBe("");
  expect(output({ IncludeOutput: true, InvokeId })).not.toBe("");
  expect(output({ IncludeOutput: true, InstanceId: "i-1" })).not.toBe("");
});

test("an unknown InvokeId is an empty list", () => {
  expect(back.ok("DescribeInvocations", { InvokeId: "t-x" })).toMatchObject({
    TotalCount: 0,
    Invocations: { Invocation: [] },
  });
});

test("filters by command, type, instance, mode, tags, group and liveness", async () => {
  const CommandId = savedCommand(back, { Name: "saved" });
  const once = back.ok("InvokeCommand", {
    CommandId,
    InstanceId: ["i-1"],
    Tag: [tag("owner", "a"), tag("run", "1")],
  }).InvokeId;
  const period = run(back, ["i-1", "i-2"], {
    Frequency: "rate(5m)",
    Name: "timer",
    Tag: [tag("owner", "a")],
  }).InvokeId;
  const boot = run(back, ["i-2"], { RepeatMode: "EveryReboot", ResourceGroupId: "rg-1" }).InvokeId;
  await back.settle();
  expect(ids({})).toEqual([boot, period, once]);
  expect(ids({ CommandId })).toEqual([once]);
  expect(ids({ CommandName: "time*" })).toEqual([period]);
  expect(ids({ CommandType: "RunBatScript" })).toEqual([]);
  expect(ids({ InstanceId: "i-2" })).toEqual([boot, period]);
  expect(ids({ RepeatMode: "Period" })).toEqual([period]);
  expect(ids({ RepeatMode: "Once", InstanceId: "i-2" })).toEqual([boot, period]);
  expect(ids({ Tag: [tag("owner", "a")] })).toEqual([period, once]);
  expect(ids({ Tag: [tag("owner", "a"), tag("run", "1")] })).toEqual([once]);
  expect(ids({ ResourceGroupId: "rg-1" })).toEqual([boot]);
  expect(ids({ Timed: true })).toEqual([boot, period]);
  expect(ids({ Timed: false })).toEqual([once]);
});

test("filters by status in the new words and in the old ones", async () => {
  const ok = run(back, ["i-1"]).InvokeId;
  const bad = run(back, ["i-1"], { CommandContent: "fail" }).InvokeId;
  const going = run(back, ["i-2"]).InvokeId;
  const waits = run(back, ["i-1"], { Frequency: "rate(5m)" }).InvokeId;
  await back.advance(1);
  expect(ids({ InvokeStatus: "Success" })).toEqual([ok]);
  expect(ids({ InvokeStatus: "Failed" })).toEqual([bad]);
  expect(ids({ InvokeStatus: "Finished" })).toEqual([bad, ok]);
  expect(ids({ InvokeStatus: "Scheduled" })).toEqual([waits]);
  expect(ids({ InvokeStatus: "Running" })).toEqual([waits, going]);
});

test("instances inside an invocation are not paged, invocations are", async () => {
  for (let index = 0; index < 60; index += 1) {
    back.service.admin.instances.add({ instanceId: `i-n${index}` });
  }
  const all = Array.from({ length: 60 }, (_, index) => `i-n${index}`);
  for (let index = 0; index < 55; index += 1) run(back, index === 0 ? all : ["i-1"]);
  const first = back.ok("DescribeInvocations", { MaxResults: 50 });
  expect(first).toMatchObject({ TotalCount: 55 });
  const second = back.ok("DescribeInvocations", { MaxResults: 50, NextToken: first.NextToken });
  expect(second.Invocations.Invocation).toHaveLength(5);
  expect(second.Invocations.Invocation[4].InvokeInstances.InvokeInstance).toHaveLength(60);
  expect(second.NextToken).toBe("");
});

test("a filter by tag sees a thousand and no more", () => {
  back.service.admin.limits.set({ filteredResources: 3 });
  for (let index = 0; index < 5; index += 1) run(back, ["i-1"], { Tag: [tag("a", "1")] });
  expect(ids({ Tag: [tag("a", "1")] })).toHaveLength(3);
  expect(ids({})).toHaveLength(5);
});

test("a stale read sees neither a fresh invocation nor a fresh tag, and older statuses", async () => {
  const { InvokeId } = run(back, ["i-2"]);
  await back.advance(58);
  back.ok("TagResources", {
    ResourceType: "invocation",
    ResourceId: [InvokeId],
    Tag: [tag("late", "1")],
  });
  await back.advance(2);
  const fresh = run(back, ["i-1"]).InvokeId;
  const seen = (params: object, staleMs: number): any[] =>
    back.ok("DescribeInvocations", params, { staleMs }).Invocations.Invocation;
  expect(seen({}, 1_000).map((one) => one.InvokeId)).toEqual([InvokeId]);
  expect(seen({ InvokeId }, 1_000)[0].InvocationStatus).toBe("Running");
  expect(seen({ Tag: [tag("late", "1")] }, 1_000)).toHaveLength(1);
  expect(seen({ Tag: [tag("late", "1")] }, 3_000)).toHaveLength(0);
  expect(ids({})).toEqual([fresh, InvokeId]);
  expect(invocation(back, InvokeId).InvocationStatus).toBe("Success");
});

test.each([
  [{ MaxResults: 51 }, "InvalidParameter.MaxResults"],
  [{ NextToken: "x" }, "InvalidParameter.NextToken"],
  [{ PageSize: 51 }, "InvalidParam.PageSize"],
  [{ PageNumber: "x" }, "InvalidParam.PageNumber"],
  [{ Tag: [tag("a", ""), tag("a", "")] }, "Duplicate.TagKey"],
  [{ Timed: "perhaps" }, "InvalidParameter"],
])("refuses %j", (params, code) => {
  expect(back.refused("DescribeInvocations", params)).toBe(code);
});

import { base64, openBack, tag, type Back } from "../support/back.js";
import { allResults, run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({
    instances: Array.from({ length: 100 }, (_, index) => ({
      instanceId: `i-${index}`,
      behaviour: {
        afterMs: 5_000,
        outcome: { kind: "finish" as const, exitCode: index % 2, output: `out-${index}` },
      },
    })),
  });
});
afterEach(() => back.close());

const everyId = Array.from({ length: 100 }, (_, index) => `i-${index}`);

test("paging stands inside Invocation, and it says FinishedTime", async () => {
  const { InvokeId, CommandId } = run(back, ["i-0"], { Username: "ops", Tag: [tag("a", "1")] });
  await back.advance(5);
  expect(back.ok("DescribeInvocationResults", { InvokeId })).toEqual({
    RequestId: expect.any(String),
    Invocation: {
      TotalCount: 1,
      PageNumber: 1,
      PageSize: 10,
      NextToken: "",
      InvocationResults: {
        InvocationResult: [
          {
            InvokeId,
            CommandId,
            InstanceId: "i-0",
            InvocationStatus: "Success",
            InvokeRecordStatus: "Finished",
            StartTime: "2026-03-01T00:00:00Z",
            FinishedTime: "2026-03-01T00:00:05Z",
            StopTime: "",
            ExitCode: 0,
            Output: base64("out-0"),
            Dropped: 0,
            Repeats: 1,
            ErrorCode: "",
            ErrorInfo: "",
            Username: "ops",
            ContainerId: "",
            ContainerName: "",
            Launcher: "",
            TerminationMode: "Process",
            OssOutputDelivery: "",
            OssOutputStatus: "",
            OssOutputUri: "",
            OssOutputErrorCode: "",
            OssOutputErrorInfo: "",
            Tags: { Tag: [{ TagKey: "a", TagValue: "1" }] },
          },
        ],
      },
    },
  });
});

test("a hundred rows come in two pages, each with its own output", async () => {
  const { InvokeId } = run(back, everyId);
  await back.advance(5);
  const found = allResults(back, { InvokeId });
  expect(found.map((row) => row.Output)).toEqual(everyId.map((id) => id.replace("i-", "out-")));
});

test("filters by instance, command, tags and record status", async () => {
  const first = run(back, ["i-0", "i-1"], { Tag: [tag("a", "1")] });
  run(back, ["i-1"]);
  await back.advance(5);
  expect(allResults(back, { InstanceId: "i-1" })).toHaveLength(2);
  expect(allResults(back, { CommandId: first.CommandId })).toHaveLength(2);
  expect(allResults(back, { Tag: [tag("a", "1")], InstanceId: "i-0" })).toHaveLength(1);
  expect(allResults(back, { InvokeRecordStatus: "Failed" }).map((one) => one.InstanceId)).toEqual([
    "i-1",
    "i-1",
  ]);
  expect(allResults(back, { InvokeRecordStatus: "Finished" })).toHaveLength(3);
});

test("of a schedule it shows the latest run, and with IncludeHistory all, the newest first", async () => {
  const { InvokeId } = run(back, ["i-0", "i-1"], { Frequency: "rate(5m)" });
  await back.advance(902);
  expect(allResults(back, { InvokeId }).map((one) => [one.InstanceId, one.Repeats])).toEqual([
    ["i-0", 3],
    ["i-1", 3],
  ]);
  const history = allResults(back, { InvokeId, IncludeHistory: true });
  expect(history.map((one) => [one.StartTime.slice(11, 16), one.InstanceId, one.Repeats])).toEqual([
    ["00:15", "i-0", 3],
    ["00:15", "i-1", 3],
    ["00:10", "i-0", 2],
    ["00:10", "i-1", 2],
    ["00:05", "i-0", 1],
    ["00:05", "i-1", 1],
  ]);
  expect(history.map((one) => one.InvocationStatus)).toEqual([
    "Running",
    "Running",
    "Success",
    "Failed",
    "Success",
    "Failed",
  ]);
});

test("IncludeHistory needs the InvokeId of a schedule, else it changes nothing", async () => {
  const { InvokeId } = run(back, ["i-0"], { Frequency: "rate(5m)" });
  const once = run(back, ["i-0"]).InvokeId;
  await back.advance(700);
  expect(allResults(back, { InvokeId: once, IncludeHistory: true })).toHaveLength(1);
  expect(allResults(back, { InstanceId: "i-0", IncludeHistory: true })).toHaveLength(2);
  expect(allResults(back, { InvokeId, IncludeHistory: true })).toHaveLength(2);
});

test("pages of a history are not disturbed by a run that ends between them", async () => {
  const { InvokeId } = run(back, ["i-0"], { Frequency: "rate(5m)" });
  await back.advance(1_500 + 10);
  const page = (NextToken?: string) =>
    back.ok("DescribeInvocationResults", {
      InvokeId,
      IncludeHistory: true,
      MaxResults: 2,
      ...(NextToken === undefined ? {} : { NextToken }),
    }).Invocation;
  const first = page();
  await back.advance(300);
  const second = page(first.NextToken);
  const runs = [first, second].map((one) =>
    one.InvocationResults.InvocationResult.map((row: any) => row.Repeats),
  );
  expect(runs).toEqual([
    [5, 4],
    [3, 2],
  ]);
});

test("bytes that are not text come back as they were, in Base64", async () => {
  // What a backend reports are bytes; the simulated one only knows text, so this goes by its tail.
  back.service.admin.instances.update("i-0", {
    behaviour: { outcome: { kind: "finish", exitCode: 0, output: "é".repeat(20_000) } },
  });
  const { InvokeId } = run(back, ["i-0"]);
  await back.settle();
  const [row] = back.ok("DescribeInvocationResults", { InvokeId }).Invocation.InvocationResults
    .InvocationResult;
  expect(Buffer.from(row.Output, "base64")).toHaveLength(24_576);
  expect(row.Dropped).toBe(40_000 - 24_576);
});

test.each([
  [{ MaxResults: 51 }, "InvalidParameter.MaxResults"],
  [{ NextToken: "?" }, "InvalidParameter.NextToken"],
  [{ Tag: [{ Value: "x" }] }, "MissingParameter.TagKey"],
])("refuses %j", (params, code) => {
  expect(back.refused("DescribeInvocationResults", params as never)).toBe(code);
});

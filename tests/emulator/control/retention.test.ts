import { openBack, type Back } from "../support/back.js";
import { allResults, row, run } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({ instances: [{ instanceId: "i-1", timeZone: "UTC" }] });
});
afterEach(() => back.close());

const count = () => back.ok("DescribeInvocations", {}).TotalCount;
const days = (number: number) => number * 86_400;

test("a finished invocation is shown for thirty days", async () => {
  const { InvokeId } = run(back, ["i-1"]);
  await back.advance(days(30) - 1);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Success");
  await back.advance(2);
  expect(count()).toBe(0);
  expect(back.refused("StopInvocation", { InvokeId })).toBe("InvalidInvokeId.NotFound");
});

test("what lives is never dropped, its old runs are", async () => {
  const { InvokeId } = run(back, ["i-1"], { Frequency: "0 0 12 * * ?" });
  await back.advance(days(40));
  expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Scheduled", Repeats: 40 });
  expect(allResults(back, { InvokeId, IncludeHistory: true })).toHaveLength(30);
});

test("more records than the limit push the oldest out, runs and invocations alike", async () => {
  back.service.admin.limits.set({ historyRecords: 5 });
  const timer = run(back, ["i-1"], { Frequency: "rate(1m)", Timeout: 30 }).InvokeId;
  await back.advance(121);
  const once = [1, 2].map(() => run(back, ["i-1"]).InvokeId);
  await back.settle();
  expect(allResults(back, { InvokeId: timer, IncludeHistory: true })).toHaveLength(2);
  await back.advance(180);
  // Five are kept: three new runs and, older than those, the two invocations.
  expect(allResults(back, { InvokeId: timer, IncludeHistory: true })).toHaveLength(3);
  expect(count()).toBe(3);
  await back.advance(120);
  expect(count()).toBe(1);
  expect(back.ok("DescribeInvocations", { InvokeId: once[0]! }).TotalCount).toBe(0);
});

test("a command outlives the records of its runs", async () => {
  const { CommandId } = back.ok("CreateCommand", {
    Name: "n",
    Type: "RunShellScript",
    CommandContent: "dHJ1ZQ==",
  });
  back.ok("InvokeCommand", { CommandId, InstanceId: ["i-1"] });
  await back.advance(days(31));
  expect(back.ok("DescribeCommands", { CommandId }).Commands.Command[0].InvokeTimes).toBe(1);
});

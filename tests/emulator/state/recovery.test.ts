import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { base64, openBack, tag, type Back } from "../support/back.js";
import { allResults, invocation, row, rows, run } from "../support/commands.js";

let folder: string;
let back: Back;
const sim = {
  rules: [
    { contains: "long", afterMs: 300_000, outcome: { kind: "finish", exitCode: 0 } as const },
  ],
};
const instances = [{ instanceId: "i-1", timeZone: "UTC" }, { instanceId: "i-2" }];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "recovery-"));
  back = await openBack({ data: folder, instances, sim });
});
afterEach(async () => {
  await back.close();
  rmSync(folder, { recursive: true });
});

/** Ends this emulator and starts another on its folder, on a clock that shows another time. */
async function restart(now?: string): Promise<void> {
  const at = now ?? new Date(back.clock.now()).toISOString();
  await back.close();
  back = await openBack({ data: folder, instances, sim, now: at, seed: "another" });
  await back.settle();
}

/** All that the API shows. */
const everything = () => [
  back.ok("DescribeCommands", { MaxResults: 50 }).Commands,
  back.ok("DescribeInvocations", { MaxResults: 50 }).Invocations,
  back.ok("DescribeInstances", { MaxResults: 50 }).Instances,
  back.ok("DescribeInvocationResults", { MaxResults: 50 }).Invocation,
];

test("everything that was accepted is there after a restart, and shows as before", async () => {
  back.ok("CreateCommand", {
    Name: "n",
    Type: "RunShellScript",
    CommandContent: base64("é"),
    Tag: [tag("a", "1")],
  });
  run(back, ["i-1", "i-2"]);
  run(back, ["i-1"], { Frequency: "rate(5m)" });
  run(back, ["i-2"], { RepeatMode: "EveryReboot" });
  back.ok("TagResources", { ResourceType: "instance", ResourceId: ["i-1"], Tag: [tag("k", "v")] });
  await back.advance(400);
  const before = everything();
  await restart();
  expect(everything()).toEqual(before);
});

test("seeds are for a new folder only, and ids go on where they were", async () => {
  back.service.admin.instances.remove("i-2");
  const first = run(back, ["i-1"]).InvokeId;
  await back.settle();
  await restart();
  expect(back.ok("DescribeInstances", {}).TotalCount).toBe(1);
  const second = run(back, ["i-1"]).InvokeId;
  expect(second).not.toBe(first);
  await back.settle();
  expect(back.ok("DescribeInvocations", {}).TotalCount).toBe(2);
});

test("a ClientToken is remembered, and so is the day's count", async () => {
  back.service.admin.limits.set({ invocationsPerDay: 1 });
  const params = { ClientToken: "t" };
  const { InvokeId } = run(back, ["i-1"], params);
  await restart();
  expect(run(back, ["i-1"], params).InvokeId).toBe(InvokeId);
  back.service.admin.limits.set({ invocationsPerDay: 1 });
  expect(
    back.refused("RunCommand", {
      Type: "RunShellScript",
      CommandContent: "true",
      InstanceId: ["i-1"],
    }),
  ).toBe("Invocation.ExceedQuota");
});

test("what was pending is delivered, what ran begins anew in sim, and each ends once", async () => {
  const long = run(back, ["i-1", "i-2"], { CommandContent: "long", Timeout: 600 }).InvokeId;
  await back.advance(100);
  const pending = run(back, ["i-1"]).InvokeId;
  await restart();
  expect(row(back, pending, "i-1").InvocationStatus).toBe("Success");
  expect(row(back, long, "i-1").InvocationStatus).toBe("Running");
  await back.advance(300);
  for (const id of ["i-1", "i-2"]) {
    expect(row(back, long, id)).toMatchObject({ InvocationStatus: "Success", Repeats: 1 });
  }
});

test("schedules go on, on the same grid; runs that fell into the pause are not made up for", async () => {
  const { InvokeId } = run(back, ["i-1"], { Frequency: "rate(5m)" });
  await back.advance(310);
  await restart("2026-03-01T00:17:00Z");
  await back.advance(200);
  const starts = allResults(back, { InvokeId, IncludeHistory: true }).map((one) =>
    one.StartTime.slice(11, 16),
  );
  expect(starts).toEqual(["00:20", "00:05"]);
});

test("an at that passed while the emulator was down is expired", async () => {
  const { InvokeId } = run(back, ["i-1"], { Frequency: "at(2026-03-01 00:10:00)" });
  await back.advance(5);
  await restart("2026-03-01T01:00:00Z");
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Invalid",
    ErrorCode: "AtExpressionExpired",
  });
});

test("machines that were starting or stopping come to their end, and boot tasks are not lost", async () => {
  const { InvokeId } = run(back, ["i-1"], { RepeatMode: "NextRebootOnly" });
  back.ok("RebootInstance", { InstanceId: "i-1" });
  back.ok("StopInstance", { InstanceId: "i-2" });
  await restart();
  await back.advance(10);
  expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Success", Repeats: 1 });
  expect(back.service.admin.instances.get("i-2")?.power).toBe("Stopped");
});

test("a boot that is cut off after any of its steps runs each boot task exactly once", async () => {
  const invokeIds = ["NextRebootOnly", "EveryReboot", "NextRebootOnly", "EveryReboot"].map(
    (RepeatMode): string => run(back, ["i-1"], { RepeatMode }).InvokeId,
  );
  await back.settle();
  const journal = join(folder, "journal.jsonl");
  back.ok("RebootInstance", { InstanceId: "i-1" });
  const accepted = readFileSync(journal, "utf8").split("\n").length - 1;
  await back.advance(60);
  await back.close();
  const lines = readFileSync(journal, "utf8").split("\n");
  const steps = lines.map((_, index) => index).slice(accepted);
  expect(lines.slice(accepted).some((line) => line.includes('"coldStart":true'))).toBe(true);
  const seen: unknown[] = [];
  for (const step of steps) {
    rmSync(join(folder, "snapshot.jsonl"), { force: true });
    writeFileSync(journal, lines.slice(0, step).join("\n") + "\n");
    back = await openBack({ data: folder, instances, sim, now: "2026-03-01T00:01:00Z" });
    await back.advance(60);
    seen.push([step, ...invokeIds.map((id): number => row(back, id, "i-1").Repeats)]);
    await back.close();
  }
  back = await openBack({ data: folder, instances, sim, now: "2026-03-01T00:01:00Z" });
  expect(seen).toEqual(steps.map((step) => [step, 1, 1, 1, 1]));
});

test("a stop that was accepted is carried out", async () => {
  const { InvokeId } = run(back, ["i-1"], { CommandContent: "long", Timeout: 600 });
  await back.advance(1);
  back.ok("StopInvocation", { InvokeId });
  await restart();
  await back.advance(1);
  expect(invocation(back, InvokeId).InvocationStatus).toBe("Stopped");
});

test("an undelivered task still has its minute, counted from the call", async () => {
  back.service.admin.instances.agent("i-1", { mode: "offline" });
  const { InvokeId } = run(back, ["i-1"]);
  await back.advance(30);
  await restart();
  await back.advance(29);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Pending");
  await back.advance(1);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Aborted");
});

test("a virtual clock that starts earlier than the journal ends goes to its end", async () => {
  run(back, ["i-1"]);
  await back.advance(3_600);
  run(back, ["i-1"]);
  await back.settle();
  await restart("2026-01-01T00:00:00Z");
  expect(new Date(back.clock.now()).toISOString()).toBe("2026-03-01T01:00:00.000Z");
});

test("a long journal becomes a snapshot, and nothing is different", async () => {
  const content = "x".repeat(18_000);
  // 16 MB of journal: each call writes its content twice.
  for (let index = 0; index < 500; index += 1) {
    run(back, ["i-1"], { CommandContent: content, KeepCommand: index % 50 === 0 });
    if (index % 100 === 0) await back.settle();
  }
  await back.settle();
  expect(existsSync(join(folder, "snapshot.jsonl"))).toBe(true);
  expect(readFileSync(join(folder, "journal.jsonl")).length).toBeLessThan(17_000_000);
  const before = everything();
  await restart();
  expect(everything()).toEqual(before);
});

test("a call that was committed is answered and carried out, though no snapshot can be written", async () => {
  await back.close();
  const said: string[] = [];
  const logger = pino({}, { write: (line: string) => void said.push(line) });
  back = await openBack({ data: folder, instances, sim, logger });
  const snapshot = join(folder, "snapshot.jsonl.new");
  mkdirSync(snapshot);
  const grow = () =>
    back.service.admin.instances.update("i-2", { tags: { k: "x".repeat(17_000_000) } });
  expect(grow().instanceId).toBe("i-2");
  grow();
  const { InvokeId } = run(back, ["i-1"]);
  await back.settle();
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Success");
  expect(said.filter((line) => line.includes("could not be made shorter"))).toHaveLength(1);
  // Once there is room again, the next look makes up for it.
  rmdirSync(snapshot);
  grow();
  expect(existsSync(join(folder, "snapshot.jsonl"))).toBe(true);
  back.service.admin.instances.update("i-2", { tags: {} });
  const before = everything();
  await restart();
  expect(everything()).toEqual(before);
});

test.each([
  ["a change without its value", { put: "task" }],
  ["a change of a kind that is not known", { put: "planet", value: {} }],
  ["a deletion of nothing", { del: "instance" }],
  ["a record that lacks something", { put: "instance", value: { id: "i-9" } }],
])("a snapshot with %s is refused, and all is still there", async (_what, change) => {
  const { InvokeId } = run(back, ["i-1"], { CommandContent: "long", Timeout: 600 });
  await back.advance(1);
  const before = everything();
  const realm = "1000000000000001/cn-hangzhou";
  const records = [{ seq: 1, atMs: 0, ids: 0, realm, changes: [change] }];
  await expect(back.service.admin.load({ schema: 1, records })).rejects.toMatchObject({
    code: "InvalidOption",
  });
  expect(everything()).toEqual(before);
  await back.advance(300);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Success");
  await restart();
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Success");
});

test("a snapshot with instances that cannot be here is refused, and all is still there", async () => {
  const before = everything();
  const snapshot = JSON.parse(
    JSON.stringify(back.service.admin.snapshot()).replaceAll('"backend":"sim"', '"backend":"exec"'),
  );
  await expect(back.service.admin.load(snapshot)).rejects.toMatchObject({ code: "InvalidOption" });
  expect(everything()).toEqual(before);
  run(back, ["i-1"]);
  await restart();
});

test("a snapshot that cannot be written is not taken, and all is still there", async () => {
  const snapshot = back.service.admin.snapshot();
  const { InvokeId } = run(back, ["i-1"]);
  mkdirSync(join(folder, "snapshot.jsonl.new"));
  await expect(back.service.admin.load(snapshot)).rejects.toThrow("cannot be written");
  rmdirSync(join(folder, "snapshot.jsonl.new"));
  await back.settle();
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Success");
  await restart();
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Success");
});

test("a snapshot taken can be loaded, elsewhere too, and what ran there before is ended", async () => {
  const { InvokeId } = run(back, ["i-1", "i-2"]);
  const timer = run(back, ["i-1"], { Frequency: "rate(5m)" }).InvokeId;
  await back.advance(10);
  const shown = everything();
  const snapshot = JSON.parse(JSON.stringify(back.service.admin.snapshot()));
  const late = run(back, ["i-1"], { CommandContent: "long", Timeout: 600 }).InvokeId;
  await back.advance(1);
  await back.service.admin.load(snapshot);
  await back.settle();
  expect(everything()).toEqual(shown);
  await back.advance(600);
  expect(back.ok("DescribeInvocations", { InvokeId: late }).TotalCount).toBe(0);
  expect(row(back, timer, "i-1").Repeats).toBe(2);
  await restart();
  expect(Object.keys(rows(back, InvokeId))).toEqual(["i-1", "i-2"]);
});

test("a newer snapshot is refused", async () => {
  await expect(back.service.admin.load({ schema: 2, records: [] })).rejects.toMatchObject({
    code: "DataNewer",
  });
});

test("a reset leaves the seeds and nothing else, and gives the same ids again", async () => {
  const ids = () => [run(back, ["i-1"]).InvokeId, run(back, ["i-2"]).InvokeId];
  await back.service.admin.reset();
  const first = ids();
  run(back, ["i-1"], { Frequency: "rate(1m)", Timeout: 30 });
  back.service.admin.instances.remove("i-2");
  await back.advance(10);
  await back.service.admin.reset();
  expect(back.ok("DescribeInvocations", {}).TotalCount).toBe(0);
  expect(back.ok("DescribeInstances", {}).TotalCount).toBe(2);
  await back.advance(300);
  expect(back.service.admin.tasks()).toEqual([]);
  expect(ids()).toEqual(first);
  await restart();
  expect(back.ok("DescribeInvocations", {}).TotalCount).toBe(2);
});

test("two emulators on one folder: the second is refused, and the first goes on", async () => {
  await expect(openBack({ data: folder, instances, sim })).rejects.toMatchObject({
    code: "DataInUse",
  });
  run(back, ["i-1"]);
});

test("a hundred emulators live in one process, each with its own time and state", async () => {
  const many = await Promise.all(Array.from({ length: 100 }, () => openBack({ instances, sim })));
  await Promise.all(
    many.map(async (one, index) => {
      for (let count = 0; count < index % 5; count += 1) run(one, ["i-1"]);
      await one.advance(index);
    }),
  );
  const seen = many.map((one) => [
    one.ok("DescribeInvocations", {}).TotalCount,
    one.clock.now() - many[0]!.clock.now(),
  ]);
  expect(seen).toEqual(many.map((_, index) => [index % 5, index * 1_000]));
  await Promise.all(many.map((one) => one.close()));
});

test("two emulators side by side know nothing of each other", async () => {
  const other = await openBack({ instances, sim });
  run(back, ["i-1"]);
  expect(other.ok("DescribeInvocations", {}).TotalCount).toBe(0);
  await other.close();
});

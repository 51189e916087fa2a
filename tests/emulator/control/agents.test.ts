import type { ServiceEvent } from "../../../emulator/src/service.js";
import { openBack, type Back } from "../support/back.js";
import { allResults, row, run } from "../support/commands.js";

let back: Back;
let events: ServiceEvent[];
beforeEach(async () => {
  back = await openBack({
    instances: [{ instanceId: "i-1", timeZone: "UTC" }],
    sim: {
      rules: [
        { contains: "hang", outcome: { kind: "never" } },
        { contains: "restart", afterMs: 2_000, outcome: { kind: "machine", does: "restartAgent" } },
      ],
      afterMs: 10_000,
      outcome: { kind: "finish", exitCode: 0, output: "done" },
    },
  });
  events = [];
  back.service.admin.events.subscribe((event) => events.push(event));
});
afterEach(() => back.close());

const agent = (patch: object) => back.service.admin.instances.agent("i-1", patch);
const statusOf = (InvokeId: string) => row(back, InvokeId, "i-1").InvocationStatus;

test("reports that arrive twice count once", async () => {
  agent({ fault: "reports-twice" });
  const once = run(back, ["i-1"]).InvokeId;
  const timer = run(back, ["i-1"], { Frequency: "rate(1m)", Timeout: 30 }).InvokeId;
  await back.advance(200);
  expect(row(back, once, "i-1")).toMatchObject({ InvocationStatus: "Success", Repeats: 1 });
  expect(row(back, timer, "i-1").Repeats).toBe(3);
  expect(allResults(back, { InvokeId: timer, IncludeHistory: true })).toHaveLength(3);
});

test("reports that never arrive leave it Pending until the service gives up", async () => {
  agent({ fault: "reports-never" });
  const { InvokeId } = run(back, ["i-1"], { Timeout: 60 });
  await back.advance(119);
  expect(statusOf(InvokeId)).toBe("Pending");
  await back.advance(1);
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Aborted",
    ErrorCode: "ClientNotResponse",
    Repeats: 0,
  });
});

test("a row that never closes runs for ever, and only a stop is tried on it", async () => {
  agent({ fault: "never-closes" });
  const { InvokeId } = run(back, ["i-1"]);
  await back.advance(86_400);
  expect(statusOf(InvokeId)).toBe("Running");
  back.ok("StopInvocation", { InvokeId });
  await back.advance(86_400);
  expect(statusOf(InvokeId)).toBe("Stopping");
});

test("a run whose end nobody tells is closed a minute after its time-out", async () => {
  const { InvokeId } = run(back, ["i-1"], { CommandContent: "hang", Timeout: 100 });
  await back.advance(159);
  expect(statusOf(InvokeId)).toBe("Running");
  await back.advance(1);
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Error",
    ErrorCode: "ClientNotResponse",
    Repeats: 1,
  });
});

test("an agent that falls silent for a moment gets its final report through", async () => {
  const { InvokeId } = run(back, ["i-1"]);
  await back.advance(9);
  agent({ mode: "silent" });
  await back.advance(4);
  expect(statusOf(InvokeId)).toBe("Running");
  agent({ mode: "online" });
  await back.advance(2);
  expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Success", Output: "done" });
});

test("after four tries, two seconds apart, the report is lost", async () => {
  const { InvokeId } = run(back, ["i-1"], { Timeout: 60 });
  await back.advance(9);
  agent({ mode: "silent" });
  await back.advance(8);
  agent({ mode: "online" });
  await back.advance(100);
  expect(statusOf(InvokeId)).toBe("Running");
  await back.advance(10);
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Error",
    ErrorCode: "ClientNotResponse",
  });
});

test("what ran when the agent was restarted ends as ClientRestarted, and schedules go on", async () => {
  const { InvokeId } = run(back, ["i-1"], { CommandContent: "hang" });
  const timer = run(back, ["i-1"], { Frequency: "rate(1m)", Timeout: 30 }).InvokeId;
  await back.advance(5);
  agent({ restart: true });
  await back.settle();
  expect(statusOf(InvokeId)).toBe("Running");
  await back.advance(1);
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Error",
    ErrorCode: "ClientRestarted",
  });
  await back.advance(70);
  expect(row(back, timer, "i-1").Repeats).toBe(1);
});

test("a command that restarts its own agent is never reported on by it", async () => {
  const { InvokeId } = run(back, ["i-1"], { CommandContent: "restart" });
  await back.advance(3);
  expect(row(back, InvokeId, "i-1").ErrorCode).toBe("ClientRestarted");
  const next = run(back, ["i-1"]).InvokeId;
  await back.advance(10);
  expect(statusOf(next)).toBe("Success");
});

test("an agent that is away misses its ticks without a record, and is handed its schedules again", async () => {
  const { InvokeId } = run(back, ["i-1"], { Frequency: "rate(1m)", Timeout: 30 });
  await back.advance(75);
  agent({ mode: "offline" });
  await back.advance(120);
  agent({ mode: "online" });
  await back.advance(60);
  const starts = allResults(back, { InvokeId, IncludeHistory: true }).map((one) =>
    one.StartTime.slice(14, 19),
  );
  expect(starts).toEqual(["04:00", "01:00"]);
});

test("a range that wraps crashes the agent, five times, and then it stays away until a boot", async () => {
  const bystander = run(back, ["i-1"], { CommandContent: "hang", Timeout: 3_600 }).InvokeId;
  await back.advance(1);
  const { InvokeId } = run(back, ["i-1"], { Frequency: "0 0 22-6 * * ?" });
  await back.advance(30);
  const crashes = events.filter((event) => event.kind === "agent" && event.what === "crashed");
  expect(crashes.map((event) => event.at.slice(17, 19))).toEqual(["01", "02", "03", "04", "05"]);
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Scheduled",
    ErrorCode: "",
  });
  expect(row(back, bystander, "i-1").ErrorCode).toBe("ClientRestarted");
  await back.advance(120);
  expect(back.service.admin.instances.get("i-1")?.agent.online).toBe(false);
  back.ok("StopInvocation", { InvokeId });
  await back.advance(60);
  expect(statusOf(InvokeId)).toBe("Cancelled");
  back.ok("RebootInstance", { InstanceId: "i-1" });
  await back.advance(10);
  expect(back.service.admin.instances.get("i-1")?.agent.online).toBe(true);
});

test("an uninstalled client takes nothing, an installed one all of it", async () => {
  agent({ installed: false });
  const { InvokeId } = run(back, ["i-1"]);
  await back.advance(20);
  agent({ installed: true });
  await back.advance(10);
  expect(statusOf(InvokeId)).toBe("Success");
});

import type { ServiceEvent } from "../../../emulator/src/service.js";
import { openBack, type Back } from "../support/back.js";
import { allResults, invocation, row, rows, run } from "../support/commands.js";

let back: Back;
const open = async (now: string, timeZone = "UTC", sim: object = {}) => {
  back = await openBack({ now, instances: [{ instanceId: "i-1", timeZone }], sim });
};
afterEach(() => back.close());

const period = (Frequency: string, params: object = {}): string =>
  run(back, ["i-1"], { Frequency, Timeout: 30, ...params }).InvokeId;
const starts = (InvokeId: string): string[] =>
  allResults(back, { InvokeId, IncludeHistory: true })
    .map((one) => one.StartTime)
    .reverse();
const until = (iso: string) => back.clock.advanceTo(Date.parse(iso));

test("a rate runs on the grid of its creation, the first time one interval later", async () => {
  await open("2026-03-01T00:00:07Z");
  const InvokeId = period("rate(2m)");
  await back.advance(301);
  expect(starts(InvokeId)).toEqual(["2026-03-01T00:02:07Z", "2026-03-01T00:04:07Z"]);
});

test("an at runs once and is then over by its exit code", async () => {
  await open("2026-03-01T00:00:00Z");
  const InvokeId = period("at(2026-03-01 08:05:00 Asia/Shanghai)");
  await back.advance(200);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Scheduled");
  await back.advance(200);
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Success",
    StartTime: "2026-03-01T00:05:00Z",
    Repeats: 1,
  });
  expect(invocation(back, InvokeId)).toMatchObject({ Timed: false, RepeatMode: "Period" });
});

test("an at in the past is accepted, dropped by the agent and expired by the service", async () => {
  await open("2026-03-01T00:00:00Z");
  const InvokeId = period("at(2026-02-28 00:00:00)");
  await back.settle();
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Invalid",
    ErrorCode: "AtExpressionExpired",
  });
});

test.each([
  ["0 61 * * * ?", "BadCronExpression"],
  ["0 0 12 * * ? Asia/Nowhere", "TimezoneInformationCorrupt"],
  ["0 0 12 * * ? GMT+08:00", "InvalidGMTOffsetForTimezone"],
  ["0 0 12 * * ? 2020", "CronExpressionExpired"],
])("the agent refuses %s with %s, and the row is Invalid", async (Frequency, ErrorCode) => {
  await open("2026-03-01T00:00:00Z");
  const InvokeId = period(Frequency);
  await back.settle();
  expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Invalid", ErrorCode });
  expect(invocation(back, InvokeId).InvocationStatus).toBe("Failed");
});

test("a cron whose year ends is over after its last run", async () => {
  await open("2026-12-31T23:58:30Z");
  const InvokeId = period("0 * * 31 12 ? 2026");
  await until("2027-01-02T00:00:00Z");
  expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Success", Repeats: 1 });
  expect(invocation(back, InvokeId)).toMatchObject({ InvocationStatus: "Success", Timed: false });
});

test("a finite cron that fails at the end is Failed, whatever came before", async () => {
  await open("2026-12-31T23:56:30Z", "UTC", {
    rules: [
      { attempt: 1, outcome: { kind: "finish", exitCode: 0 } },
      { attempt: 2, outcome: { kind: "finish", exitCode: 7 } },
    ],
  });
  const InvokeId = period("0 57,59 * 31 12 ? 2026");
  await back.advance(60);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Scheduled");
  await back.advance(600);
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Failed",
    ExitCode: 7,
    Repeats: 2,
  });
});

const skips = (): ServiceEvent[] => {
  const found: ServiceEvent[] = [];
  back.service.admin.events.subscribe((event) => {
    if (event.kind === "skipped") found.push(event);
  });
  return found;
};

test("a tick that finds the run before it busy is skipped, not queued", async () => {
  await open("2026-03-01T11:59:00Z", "UTC", { afterMs: 1_800_000 });
  const skipped = skips();
  const InvokeId = period("0 0 * * * ?", { Timeout: 3_000 });
  await until("2026-03-01T12:05:00Z");
  back.ok("ModifyInvocationAttribute", { InvokeId, Frequency: "0 10 * * * ?" });
  await until("2026-03-01T14:00:00Z");
  expect(skipped.map(({ at }) => at)).toEqual(["2026-03-01T12:10:00.000Z"]);
  expect(starts(InvokeId)).toEqual(["2026-03-01T12:00:00Z", "2026-03-01T13:10:00Z"]);
});

test("where the last tick was skipped, the run that it met decides", async () => {
  await open("2026-12-31T22:59:00Z", "UTC", { afterMs: 1_800_000 });
  const skipped = skips();
  const InvokeId = period("0 0 23 31 12 ? 2026", { Timeout: 3_000 });
  await until("2026-12-31T23:05:00Z");
  back.ok("ModifyInvocationAttribute", { InvokeId, Frequency: "0 10 23 31 12 ? 2026" });
  await until("2026-12-31T23:29:59Z");
  expect(skipped).toHaveLength(1);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Running");
  await back.advance(1);
  expect(row(back, InvokeId, "i-1")).toMatchObject({ InvocationStatus: "Success", Repeats: 1 });
});

test("a failing run of a living schedule leaves it Scheduled, with the failure in the latest row", async () => {
  await open("2026-03-01T00:00:00Z", "UTC", {
    outcome: { kind: "finish", exitCode: 7, output: "bad\n" },
  });
  const InvokeId = period("rate(1m)");
  await back.advance(61);
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Scheduled",
    InstanceInvokeStatus: "Running",
    ExitCode: 7,
    Output: "bad\n",
    ErrorCode: "ExitCodeNonzero",
    Repeats: 1,
  });
  expect(invocation(back, InvokeId)).toMatchObject({
    InvocationStatus: "Scheduled",
    InvokeStatus: "Running",
  });
});

test("a run that is refused before it starts ends the schedule, as the agent drops it", async () => {
  await open("2026-03-01T00:00:00Z", "UTC", {
    outcome: { kind: "invalid", errorCode: "AccountNotExists" },
  });
  const InvokeId = period("rate(1m)");
  await back.advance(300);
  expect(row(back, InvokeId, "i-1")).toMatchObject({
    InvocationStatus: "Invalid",
    ErrorCode: "AccountNotExists",
    Repeats: 0,
  });
});

test("without a zone each machine goes by its own clock", async () => {
  back = await openBack({
    instances: [
      { instanceId: "i-sh", timeZone: "Asia/Shanghai" },
      { instanceId: "i-ny", timeZone: "America/New_York" },
    ],
  });
  const { InvokeId } = run(back, ["i-sh", "i-ny"], { Frequency: "0 0 12 * * ?" });
  await back.advance(86_400);
  const times = Object.fromEntries(
    allResults(back, { InvokeId, IncludeHistory: true }).map((one) => [
      one.InstanceId,
      one.StartTime,
    ]),
  );
  expect(times).toEqual({ "i-sh": "2026-03-01T04:00:00Z", "i-ny": "2026-03-01T17:00:00Z" });
});

test("west of Greenwich a run in the skipped hour comes early and is the last, until a delivery anew", async () => {
  await open("2026-03-07T00:00:00Z");
  const InvokeId = period("0 30 2 * * ? America/New_York");
  await until("2026-03-20T00:00:00Z");
  expect(starts(InvokeId)).toEqual(["2026-03-07T07:30:00Z", "2026-03-08T06:30:00Z"]);
  expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Scheduled");
  back.service.admin.instances.agent("i-1", { restart: true });
  await until("2026-03-22T00:00:00Z");
  expect(starts(InvokeId).slice(2)).toEqual(["2026-03-20T06:30:00Z", "2026-03-21T06:30:00Z"]);
});

test("east of it the run comes one gap later and the schedule goes on", async () => {
  await open("2026-03-28T00:00:00Z");
  const InvokeId = period("0 30 2 * * ? Europe/Berlin");
  await until("2026-03-31T00:00:00Z");
  expect(starts(InvokeId)).toEqual([
    "2026-03-28T01:30:00Z",
    "2026-03-29T01:30:00Z",
    "2026-03-30T00:30:00Z",
  ]);
});

test("one bad row of a schedule does not hinder the others", async () => {
  back = await openBack({
    instances: [{ instanceId: "i-1" }, { instanceId: "i-off", power: "Stopped" }],
  });
  const { InvokeId } = run(back, ["i-1", "i-off"], { Frequency: "rate(1m)", Timeout: 30 });
  await back.advance(61);
  const found = rows(back, InvokeId);
  expect([found["i-1"].Repeats, found["i-off"].ErrorCode]).toEqual([1, "InstanceNotRunning"]);
  expect(invocation(back, InvokeId)).toMatchObject({ InvocationStatus: "Scheduled", Timed: true });
});

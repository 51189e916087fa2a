import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Emulator, InstanceSeed } from "cloud-assistant-emulator";
import type { LifecycleEvent, VerdictEvent } from "../../provider/src/events.js";
import {
  newProcess,
  refresh,
  start,
  startVirtual,
  stateOf,
  up,
  urnOf,
} from "../support/lifecycle.js";

// The first test of a file loads the SDK, which a busy machine takes its time for.
jest.setTimeout(30_000);

let emulator: Emulator;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "events-"));
});
afterEach(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

type Line = LifecycleEvent & { readonly time: string };
const file = (): string => path.join(folder, "events.jsonl");
const env = (): Record<string, string> => ({ CLOUD_ASSISTANT_EVENTS: file() });
const read = (): Line[] =>
  readFileSync(file(), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const kinds = (): string[] => read().map((line) => line.event);

const fleet = (count: number): InstanceSeed[] =>
  Array.from({ length: count }, (_, n) => ({
    instanceId: `i-${String(n + 1).padStart(4, "0")}`,
    tags: { role: "web" },
  }));
const failing = {
  rules: [{ attempt: 1, outcome: { kind: "finish" as const, exitCode: 3, output: "no\n" } }],
};
const inputs = { script: { content: "echo hello\n" }, targets: { tags: { role: "web" } } };

test("a run is written down in order: plan, sweep, call, rows, verdict", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const { kept } = await up(
    emulator,
    undefined,
    { ...inputs, rollout: { batchSize: 2 } },
    { env: env() },
  );
  expect(kinds()).toEqual(["plan", "sweep", "call", "row", "row", "call", "row", "verdict"]);
  const [plan, sweep, call, row] = read();
  const { owner, runId, invocationIds } = stateOf(kept);
  expect(plan).toMatchObject({
    name: "run",
    urn: urnOf("run"),
    region: "cn-hangzhou",
    action: "run",
    accountId: emulator.accountId,
    counts: { members: 3, calls: 2, batches: 2 },
  });
  const whose = { name: "run", urn: urnOf("run"), region: "cn-hangzhou", owner, runId };
  expect(sweep).toMatchObject({
    ...whose,
    ready: 3,
    unready: [],
    allowed: 0,
    skipped: [],
    gone: [],
  });
  expect(call).toMatchObject({
    ...whose,
    outcome: "accepted",
    batch: 1,
    invokeId: invocationIds[0],
    members: [
      { instanceId: "i-0001", attempt: 1 },
      { instanceId: "i-0002", attempt: 1 },
    ],
  });
  expect(row).toMatchObject({
    ...whose,
    instanceId: "i-0001",
    status: "Success",
    exitCode: 0,
    attempt: 1,
    batch: 1,
    invokeId: invocationIds[0],
  });
  expect(read().at(-1)).toMatchObject({
    ...whose,
    status: "Success",
    red: false,
    summary: { members: 3, succeeded: 3 },
    reasons: [],
  });
});

test("each line has its time, and times do not go back", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  await up(emulator, undefined, inputs, { env: env() });
  const times = read().map((line) => line.time);
  expect(times[0]).toBe(new Date(start).toISOString());
  expect(times).toEqual([...times].sort());
});

test("a failure and its retry by the next up are both there, with what was said of it", async () => {
  emulator = await startVirtual({
    instances: fleet(2).map((one, n) => (n === 1 ? { ...one, behaviour: failing } : one)),
  });
  const first = await up(emulator, undefined, inputs, { env: env() });
  const verdict = read().at(-1);
  expect(verdict).toMatchObject({ event: "verdict", status: "Failed", red: true });
  expect((verdict as VerdictEvent).reasons).toEqual(first.failure!.reasons);
  const before = read().length;
  await up(emulator, await refresh(emulator, first.kept!), inputs, { env: env() });
  const later = read().slice(before);
  expect(later.map((line) => line.event)).toEqual([
    "plan",
    "plan",
    "sweep",
    "call",
    "row",
    "verdict",
  ]);
  expect(later[0]).toMatchObject({ action: "nothing" });
  expect(later[1]).toMatchObject({
    action: "continue",
    lines: [expect.stringContaining("runs again: i-0002")],
  });
  expect(later[3]).toMatchObject({ members: [{ instanceId: "i-0002", attempt: 2 }] });
});

test("machines that are not ready are named with their reasons, also where nothing runs for them", async () => {
  emulator = await startVirtual({
    instances: fleet(2).map((one, n) => (n === 1 ? { ...one, power: "Stopped" as const } : one)),
  });
  const { kept } = await up(emulator, undefined, inputs, { env: env() });
  expect(kept).toBeUndefined();
  expect(kinds()).toEqual(["plan", "sweep"]);
  expect(read()[1]).toMatchObject({
    ready: 1,
    unready: [{ instanceId: "i-0002", reason: "is Stopped" }],
    allowed: 0,
  });
});

test("a refused call has the service's code, and its rows follow", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  emulator.faults.add({
    match: { action: "RunCommand" },
    effect: { kind: "error", status: 403, code: "InvalidParam.Username", message: "No such user." },
  });
  await up(emulator, undefined, inputs, { env: env() });
  expect(read().find((line) => line.event === "call")).toMatchObject({
    outcome: "refused",
    errorCode: "InvalidParam.Username",
    reason: expect.stringContaining("No such user."),
  });
  expect(read().find((line) => line.event === "row")).toMatchObject({ status: "Invalid" });
});

test("what an earlier up had started is an adopted call", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  await up(emulator, undefined, inputs);
  await up(emulator, undefined, inputs, { env: env() });
  const calls = read().filter((line) => line.event === "call");
  expect(calls).toEqual([
    expect.objectContaining({
      outcome: "adopted",
      invokeId: emulator.invocations()[0]!.invokeId,
      members: [{ instanceId: "i-0001", attempt: 1 }],
    }),
  ]);
});

test("nothing to do is one plan that says so", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const { kept } = await up(emulator, undefined, inputs);
  await up(emulator, kept, inputs, { env: env() });
  expect(read()).toEqual([
    expect.objectContaining({ event: "plan", action: "nothing", lines: [] }),
  ]);
});

test("several resources write to one file, each line whole", async () => {
  emulator = await startVirtual({ instances: fleet(4) });
  const process = newProcess(emulator, { env: env() });
  const names = ["a", "b", "c"];
  await Promise.all(names.map((name) => up(emulator, undefined, { ...inputs, name }, { process })));
  const verdicts = read().filter((line) => line.event === "verdict");
  expect(verdicts.map((line) => line.name).sort()).toEqual(names);
  expect(read().filter((line) => line.event === "row")).toHaveLength(12);
});

test("a file that cannot be written is one warning, and the run goes on", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const where = path.join(folder, "missing", "events.jsonl");
  const { failure, lines } = await up(emulator, undefined, inputs, {
    env: { CLOUD_ASSISTANT_EVENTS: where },
  });
  expect(failure).toBeUndefined();
  expect(
    lines.filter((line) => line.includes("CLOUD_ASSISTANT_EVENTS is not written")),
  ).toHaveLength(1);
});

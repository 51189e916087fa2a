import type { BackendDeps, Report, Task, TaskKey } from "../../../emulator/src/backends/backend.js";
import { chooseOutcome } from "../../../emulator/src/backends/sim/choose.js";
import { createSimBackend, type SimDefaults } from "../../../emulator/src/backends/sim/index.js";
import { createClock } from "../../../emulator/src/clock/index.js";

const content = (text: string) => ({ content: Buffer.from(text) });
const exit = (exitCode: number) => ({ kind: "finish" as const, exitCode });

describe("what a task does", () => {
  test.each([
    ["the first rule that holds", "c b", 1, 1],
    ["a rule for the whole text", "b", 1, 3],
    ["a rule for one attempt", "retry", 2, 5],
    ["no rule for other attempts, so the machine's own outcome", "retry", 1, 9],
    ["the machine's own outcome before the emulator's rules", "fall", 1, 9],
  ])("is decided by %s", (_what, text, attempt, exitCode) => {
    const own = {
      rules: [
        { contains: "c ", outcome: exit(1) },
        { content: "b", outcome: exit(3) },
        { contains: "b", outcome: exit(2) },
        { contains: "retry", attempt: 2, outcome: exit(5) },
      ],
      outcome: exit(9),
    };
    const defaults = { rules: [{ contains: "fall", outcome: exit(7) }] };
    const chosen = chooseOutcome(content(text), attempt, own, defaults);
    expect(chosen.outcome).toEqual(exit(exitCode));
  });

  test("comes from the emulator's table where the machine has none, and is success without any", () => {
    const defaults = { rules: [{ contains: "x", outcome: exit(7) }], afterMs: 50 };
    expect(chooseOutcome(content("x"), 1, undefined, defaults)).toEqual({
      outcome: exit(7),
      afterMs: 50,
    });
    expect(chooseOutcome(content("y"), 1, {}, {})).toEqual({ outcome: exit(0), afterMs: 0 });
  });

  test("takes the time of the rule, else the machine's, else the emulator's", () => {
    const rule = { contains: "x", outcome: exit(0) };
    const time = (own: object, defaults: object) =>
      chooseOutcome(content("x"), 1, own, defaults).afterMs;
    expect(time({ rules: [{ ...rule, afterMs: 1 }], afterMs: 2 }, { afterMs: 3 })).toBe(1);
    expect(time({ rules: [rule], afterMs: 2 }, { afterMs: 3 })).toBe(2);
    expect(time({ rules: [rule] }, { afterMs: 3 })).toBe(3);
  });
});

describe("a simulated machine", () => {
  const clock = createClock({ mode: "virtual", now: "2026-03-01T00:00:00Z" });
  const start = clock.now();
  const open = (defaults: SimDefaults) => {
    const reports: [TaskKey, Report][] = [];
    const power: unknown[] = [];
    const deps: BackendDeps = {
      report: (key, report) => reports.push([key, report]),
      power: (request) => power.push(request),
      now: () => clock.now() - start,
      setTimer: (atMs, run) => clock.setTimer(start + atMs, run),
    };
    const backend = createSimBackend(defaults, deps);
    backend.start(
      { instanceId: "i-1", instanceName: "n", osType: "linux", regionId: "r" },
      { bootId: "b", cold: true },
    );
    const kinds = () => reports.map(([key, report]) => `${key.invokeId} ${report.kind}`);
    return { backend, reports, power, kinds };
  };
  const task = (invokeId: string, more: Partial<Task> = {}): Task => ({
    invokeId,
    instanceId: "i-1",
    commandId: "c",
    run: 1,
    type: "RunShellScript",
    content: Buffer.from("x"),
    enableParameter: false,
    builtIns: {},
    timeoutSeconds: 60,
    workingDir: "",
    username: "",
    launcher: "",
    terminationMode: "Process",
    ...more,
  });
  const advance = (ms: number) => clock.advanceTo(clock.now() + ms);

  test("runs ten at once, fifty wait, and the next one is refused", async () => {
    const { backend, kinds } = open({ afterMs: 1_000 });
    for (let index = 1; index <= 61; index += 1) backend.deliver(task(`t-${index}`));
    expect(kinds().filter((kind) => kind.endsWith("running"))).toHaveLength(10);
    expect(kinds().at(-1)).toBe("t-61 invalid");
    await advance(1_000);
    expect(kinds().filter((kind) => kind.endsWith("finish"))).toHaveLength(10);
    expect(kinds().filter((kind) => kind.endsWith("running"))).toHaveLength(20);
    await advance(5_000);
    expect(kinds().filter((kind) => kind.endsWith("finish"))).toHaveLength(60);
  });

  test("ends at the time-out what would take longer", async () => {
    const { backend, reports } = open({ afterMs: 90_000, outcome: { ...exit(0), output: "half" } });
    backend.deliver(task("t-1"));
    await advance(60_000);
    expect(reports[1]![1]).toMatchObject({ kind: "timeout", output: Buffer.from("half") });
  });

  test("without a time-out of its own a task has an hour", async () => {
    const { backend, kinds } = open({ outcome: { kind: "timeout" } });
    backend.deliver(task("t-1", { timeoutSeconds: 0 }));
    await advance(3_599_000);
    expect(kinds()).toEqual(["t-1 running"]);
    await advance(1_000);
    expect(kinds()).toEqual(["t-1 running", "t-1 timeout"]);
  });

  test("a stop of what waits or is unknown is reported with zero times", () => {
    const { backend, reports } = open({ afterMs: 1_000, concurrency: 1 });
    backend.deliver(task("t-1"));
    backend.deliver(task("t-2"));
    for (const id of ["t-2", "t-9"]) backend.cancel(task(id), "Process");
    expect(reports.slice(1).map(([, report]) => report)).toEqual([
      expect.objectContaining({ kind: "stopped", startedAt: 0, finishedAt: 0 }),
      expect.objectContaining({ kind: "stopped", startedAt: 0, finishedAt: 0 }),
    ]);
  });

  test("what runs when it is powered off reports nothing", async () => {
    const { backend, kinds } = open({ afterMs: 1_000 });
    backend.deliver(task("t-1"));
    await backend.stop("i-1");
    await advance(5_000);
    expect(kinds()).toEqual(["t-1 running"]);
  });

  test("what happens to the machine in mid-run is asked of its host, and the run says nothing", async () => {
    const { backend, kinds, power } = open({
      afterMs: 500,
      outcome: { kind: "machine", does: "release" },
    });
    backend.deliver(task("t-1"));
    await advance(500);
    expect([kinds(), power]).toEqual([["t-1 running"], [{ instanceId: "i-1", action: "release" }]]);
  });
});

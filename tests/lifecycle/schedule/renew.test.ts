import { createHash } from "node:crypto";
import type { Emulator } from "cloud-assistant-emulator";
import type { KillPoint } from "../../support/kill-points.js";
import {
  destroy,
  newProcess,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type Kept,
  type Process,
} from "../../support/lifecycle.js";
import { killed as killedAt, killedOrEnded } from "../chaos/killed.js";
import {
  apiOf,
  armedMembers,
  changes,
  commandIds,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  living,
  often,
  runsOf,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const base = { script, targets: web, schedule: often };
const elsewhere = { ...base, workingDir: "/srv" };

async function armed(inputs: Record<string, unknown> = base, more = {}): Promise<Kept> {
  emulator = await startVirtual({ instances: fleet(5, more) });
  const { kept } = await up(emulator, undefined, inputs, { env });
  emulator.requests.clear();
  return kept!;
}

test("what cannot be changed in place is stopped, then armed anew, shard by shard", async () => {
  const kept = await armed();
  const old = living(emulator).map((one) => one.invokeId);
  const end = await up(emulator, kept, elsewhere, { env });
  expect(end.failure).toBeUndefined();
  expect(end.lines).toContain(
    "run: stopped, awaited and armed anew, shard by shard: workingDir changed",
  );
  expect(changes(emulator)).toEqual([
    "StopInvocation",
    "RunCommand i-0001 i-0002",
    "StopInvocation",
    "RunCommand i-0003 i-0004",
    "StopInvocation",
    "RunCommand i-0005",
    "TagResources",
  ]);
  expect(armedMembers(emulator)).toEqual([1, 2, 3, 4, 5].map(idOf));
  const state = stateOf(end.kept);
  expect(state.runId).not.toBe(stateOf(kept).runId);
  expect(state.invocationIds.some((id) => old.includes(id))).toBe(false);
  expect(Object.values(rowsOf(end.kept)).map((row) => row.batch)).toEqual([1, 1, 2, 2, 3]);
  const marked = emulator
    .invocations()
    .filter((one) => one.tags["pulumi-cloud-assistant:superseded"] !== undefined)
    .map((one) => one.invokeId);
  expect(marked.sort()).toEqual(old.sort());
  expect((await up(emulator, end.kept, elsewhere, { env })).operation).toBe("same");
});

test.each([
  ["timeout", { timeout: 120 }],
  ["username", { username: "deploy" }],
  ["launcher", { launcher: "bash" }],
  ["terminationMode", { terminationMode: "ProcessTree" }],
  ["tags", { tags: { team: "a" } }],
  ["the kind of schedule", { schedule: { rate: "30m" } }],
])("%s is renewed on a living schedule", async (_name, changed) => {
  emulator = await startVirtual({ instances: fleet(1) });
  const { kept } = await up(emulator, undefined, base, { env });
  emulator.requests.clear();
  const end = await up(emulator, kept, { ...base, ...changed }, { env });
  expect(changes(emulator)).toEqual(["StopInvocation", "RunCommand i-0001", "TagResources"]);
  expect(end.failure).toBeUndefined();
});

test("what runs is let go to its end before its shard is stopped", async () => {
  const slow = { behaviour: { afterMs: 50_000, outcome: { kind: "finish", exitCode: 0 } } };
  const kept = await armed(base, slow);
  await emulator.clock.advanceTo("2026-03-02T08:10:10Z");
  expect(living(emulator).every((one) => one.status === "Running")).toBe(true);
  await up(emulator, kept, elsewhere, { env });
  const ends = emulator.events
    .list()
    .flatMap((event) => (event.kind === "run" ? [`${event.status} ${event.exitCode}`] : []));
  expect(ends).toEqual(Array.from({ length: 5 }, () => "Success 0"));
  expect(armedMembers(emulator)).toHaveLength(5);
});

test("work that never ends is waited for as long as a call is, and then stopped", async () => {
  const kept = await armed(base, { behaviour: { outcome: { kind: "never" } } });
  await emulator.clock.advanceTo("2026-03-02T08:10:10Z");
  const end = await up(emulator, kept, { ...elsewhere, wait: { timeout: 30 } }, { env });
  expect(end.failure).toBeUndefined();
  expect(armedMembers(emulator)).toHaveLength(5);
});

test("a renewal names exactly the runs between the accepted stop and the new arming", async () => {
  const kept = await armed();
  // Shard 1 is stopped in the last moments before a tick and armed in the first ones after it.
  await emulator.clock.advanceTo("2026-03-02T08:09:59.600Z");
  const end = await up(emulator, kept, elsewhere, { env });
  await emulator.clock.advanceTo("2026-03-02T08:21:00Z");
  expect(end.lines.filter((line) => line.includes("missed"))).toEqual([
    "run: shard 1 (2 machines): missed 1 run: 2026-03-02T08:10:00Z",
  ]);
  const ran = [1, 2, 3, 4, 5].map((n) => runsOf(emulator, idOf(n)).length);
  expect(ran).toEqual([1, 1, 2, 2, 2]);
});

test("a renewal between two ticks misses none and says nothing of it", async () => {
  const kept = await armed();
  const end = await up(emulator, kept, elsewhere, { env });
  expect(end.lines.filter((line) => line.includes("missed"))).toEqual([]);
  await emulator.clock.advanceTo("2026-03-02T08:11:00Z");
  expect([1, 2, 3, 4, 5].flatMap((n) => runsOf(emulator, idOf(n)))).toHaveLength(5);
});

describe("a saved command", () => {
  const content = "echo saved\n";
  const saved = async (): Promise<string> => {
    const answer = await apiOf(emulator).call("CreateCommand", {
      name: "job",
      type: "RunShellScript",
      commandContent: Buffer.from(content).toString("base64"),
      contentEncoding: "Base64",
      clientToken: String(Math.random()),
    });
    return answer.commandId!;
  };
  const using = (commandId: string): Record<string, unknown> => {
    const { script: _script, ...rest } = base;
    const reference = {
      commandId,
      name: "job",
      type: "RunShellScript",
      contentHash: createHash("sha256").update(content).digest("hex"),
      enableParameter: false,
      parameterNames: [],
      timeout: 60,
    };
    return { ...rest, command: reference };
  };

  test("that is made again with the same text renews on to the new id, and frees the old one", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const [one, two] = [await saved(), await saved()];
    const first = await up(emulator, undefined, using(one), { env });
    emulator.requests.clear();
    const second = await up(emulator, first.kept, using(two), { env });
    expect(second.failure).toBeUndefined();
    expect(changes(emulator)).toEqual([
      "StopInvocation",
      "InvokeCommand i-0001 i-0002",
      "TagResources",
    ]);
    await apiOf(emulator).call("DeleteCommand", { commandId: one });
    expect(await commandIds(emulator)).toEqual([two]);
  });

  test("is never sent other content in place, so that no command is left that nobody owns", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    const one = await saved();
    let { kept } = await up(emulator, undefined, using(one), { env });
    const edits: Record<string, unknown>[] = [
      base,
      { ...base, script: { content: "echo two\n" } },
      { ...base, script: { content: "echo three\n" }, workingDir: "/srv" },
      using(one),
      { ...using(one), schedule: { rate: "30m" } },
      { ...using(one), schedule: { rate: "30m", suspend: true } },
      base,
      { ...base, schedule: { boot: "every" } },
      { ...base, script: { content: "echo four\n" }, schedule: { boot: "every" } },
    ];
    for (const inputs of edits) {
      const end = await up(emulator, kept, inputs, { env });
      expect(end.failure).toBeUndefined();
      kept = end.kept;
    }
    await destroy(emulator, kept!);
    expect(await commandIds(emulator)).toEqual([one]);
    expect(armedMembers(emulator)).toEqual([]);
  });
});

describe("killed in mid-way", () => {
  const mutating = [1, 2, 3, 4, 5, 6, 7].flatMap((nth): KillPoint[] => [
    { at: "before-mutating", nth },
    { at: "after-mutating", nth },
  ]);
  const looks = (numbers: readonly number[]): KillPoint[] =>
    numbers.map((nth) => ({ at: "after-look", nth }));
  const all = [...mutating, ...looks(Array.from({ length: 14 }, (_, n) => n + 1))];
  const some = [...mutating, ...looks([2, 5, 8, 11, 14])];

  /** A process that dies: what it would have saved is lost. */
  async function killed(
    kept: Kept,
    inputs: Record<string, unknown>,
    point: KillPoint,
  ): Promise<void> {
    await killedOrEnded(emulator, point, (process) => up(emulator, kept, inputs, { process }), env);
  }

  test.each(all)(
    "at $at $nth, a renewal is continued and nobody is left without",
    async (point) => {
      const kept = await armed();
      await killed(kept, elsewhere, point);
      const end = await up(emulator, kept, elsewhere, { env });
      expect(end.failure).toBeUndefined();
      everyoneIsArmedOnce();
      expect(
        living(emulator)
          .map((one) => one.instances.length)
          .sort(),
      ).toEqual([1, 2, 2]);
      const hashes = living(emulator).map((one) => one.tags["pulumi-cloud-assistant:hash"]);
      expect(new Set(hashes)).toEqual(new Set([stateOf(end.kept).inputHash]));
      expect((await up(emulator, end.kept, elsewhere, { env })).operation).toBe("same");
      await destroy(emulator, end.kept!);
      expect(armedMembers(emulator)).toEqual([]);
    },
  );

  test.each(some)(
    "at $at $nth, a renewal that is taken back leaves the old one armed",
    async (point) => {
      const kept = await armed();
      await killed(kept, elsewhere, point);
      const end = await up(emulator, kept, base, { env });
      expect(end.failure).toBeUndefined();
      everyoneIsArmedOnce();
      const hashes = living(emulator).map((one) => one.tags["pulumi-cloud-assistant:hash"]);
      expect(new Set(hashes)).toEqual(new Set([stateOf(kept).inputHash]));
      expect((await up(emulator, end.kept, base, { env })).operation).toBe("same");
    },
  );

  test.each(some)(
    "at $at $nth, a refresh finds what is left, and an up sets it right",
    async (point) => {
      const kept = await armed();
      await killed(kept, elsewhere, point);
      emulator.requests.clear();
      const refreshed = await refresh(emulator, kept);
      expect(changes(emulator)).toEqual([]);
      const end = await up(emulator, refreshed, elsewhere, { env });
      expect(end.failure).toBeUndefined();
      everyoneIsArmedOnce();
    },
  );

  test.each(some)("at $at $nth, destroy leaves nothing firing", async (point) => {
    const kept = await armed();
    await killed(kept, elsewhere, point);
    await destroy(emulator, kept);
    expect(armedMembers(emulator)).toEqual([]);
    expect(await commandIds(emulator)).toEqual([]);
  });

  function everyoneIsArmedOnce(): void {
    expectNeverTwoAtOnce(emulator);
    expect(armedMembers(emulator)).toEqual([1, 2, 3, 4, 5].map(idOf));
  }
});

test("shards that an interrupted renewal left stopped say what they missed until they are armed", async () => {
  const kept = await armed();
  const work = (process: Process) => up(emulator, kept, elsewhere, { process });
  await killedAt(emulator, { at: "after-mutating", nth: 1 }, work, env);
  await emulator.clock.advanceTo("2026-03-02T08:35:00Z");
  const end = await up(emulator, kept, elsewhere, { env });
  expect(end.lines.filter((line) => line.includes("missed"))).toEqual([
    "run: shard 1 (2 machines): missed 3 runs: 2026-03-02T08:10:00Z, 2026-03-02T08:20:00Z, " +
      "2026-03-02T08:30:00Z",
  ]);
  expect(runsOf(emulator, idOf(3))).toHaveLength(3);
});

test("a SIGINT in mid-way renews no further shard, and the next up goes on", async () => {
  const kept = await armed();
  const process = newProcess(emulator, { env });
  const running = up(emulator, kept, elsewhere, { process });
  await emulator.requests.wait({ action: "RunCommand" }, 1);
  process.signals.windDown("SIGINT was received");
  const first = await running;
  expect(first.failure?.message).toContain("SIGINT was received");
  expect(stateOf(first.kept).status).toBe("Interrupted");
  expect(armedMembers(emulator)).toHaveLength(5);
  emulator.requests.clear();
  const second = await up(emulator, first.kept, elsewhere, { env });
  expect(second.failure).toBeUndefined();
  expect(changes(emulator)).toEqual([
    "StopInvocation",
    "RunCommand i-0003 i-0004",
    "StopInvocation",
    "RunCommand i-0005",
    "TagResources",
  ]);
  expect(armedMembers(emulator)).toEqual([1, 2, 3, 4, 5].map(idOf));
});

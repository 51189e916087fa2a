import type { Emulator, InstanceSeed } from "cloud-assistant-emulator";
import { refresh, rowsOf, startVirtual, stateOf, up, type Kept } from "../../support/lifecycle.js";
import {
  apiOf,
  armedMembers,
  changes,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  living,
  often,
  reads,
  runsOf,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const join = (n: number, more: Partial<InstanceSeed> = {}): void => {
  emulator.instances.add({ ...fleet(n)[n - 1]!, ...more });
};
const leave = (n: number): void => {
  emulator.instances.update(idOf(n), { tags: {} });
};
const shardsOf = (kept: Kept | undefined): Record<string, number | undefined> =>
  Object.fromEntries(Object.entries(rowsOf(kept)).map(([id, row]) => [id, row.batch]));

describe("150 machines in three shards", () => {
  const inputs = { script, targets: { ...web, expect: { max: 200 } }, schedule: often };
  let kept: Kept;
  beforeEach(async () => {
    emulator = await startVirtual({ instances: fleet(150) });
    const end = await up(emulator, undefined, inputs);
    kept = end.kept!;
    expect(living(emulator).map((one) => one.instances.length)).toEqual([50, 50, 50]);
    emulator.requests.clear();
  });

  test("one that joins and one that leaves cost the calls for these two, and nobody else moves", async () => {
    join(151);
    leave(60);
    const end = await up(emulator, kept, inputs);
    expect(end.failure).toBeUndefined();
    expect(end.lines).toEqual(
      expect.arrayContaining(["run: joins: i-0151", "run: leaves, and is stopped: i-0060"]),
    );
    expect(changes(emulator)).toEqual([
      "StopInvocation i-0060",
      "ModifyInvocationAttribute i-0151",
    ]);
    const { [idOf(151)]: newcomer, ...others } = shardsOf(end.kept);
    expect(newcomer).toBe(2);
    expect(others).toEqual(shardsOf(kept));
    expect(rowsOf(end.kept)[idOf(60)]!.status).toBe("Dropped");
    expect((await up(emulator, end.kept, inputs)).operation).toBe("same");
  });

  test("a newcomer without room gets a shard of its own, and a later one joins it there", async () => {
    join(151);
    const second = await up(emulator, kept, inputs);
    expect(changes(emulator)).toEqual(["RunCommand i-0151"]);
    emulator.requests.clear();
    join(152);
    const third = await up(emulator, second.kept, inputs);
    expect(changes(emulator)).toEqual(["ModifyInvocationAttribute i-0152"]);
    expect(shardsOf(third.kept)).toMatchObject({ [idOf(151)]: 4, [idOf(152)]: 4 });
  });

  test("a membership change misses no tick of anybody", async () => {
    await emulator.clock.advanceTo("2026-03-02T08:09:59.500Z");
    join(151);
    leave(60);
    await up(emulator, kept, inputs);
    await emulator.clock.advanceTo("2026-03-02T08:21:00Z");
    const ran = emulator.events.list().flatMap((event) => (event.kind === "run" ? [event] : []));
    const perTick = new Map<string, Set<string>>();
    for (const { startedAt, instanceId } of ran) {
      const tick = startedAt.slice(0, 19);
      perTick.set(tick, (perTick.get(tick) ?? new Set()).add(instanceId));
    }
    const stayed = Array.from({ length: 150 }, (_, n) => idOf(n + 1)).filter(
      (id) => id !== idOf(60),
    );
    for (const tick of ["2026-03-02T08:10:00", "2026-03-02T08:20:00"]) {
      expect(stayed.filter((id) => !perTick.get(tick)!.has(id))).toEqual([]);
    }
    expectNeverTwoAtOnce(emulator);
  });

  test("a renewal keeps everybody in the shard that he is in", async () => {
    join(151);
    leave(60);
    const second = await up(emulator, kept, inputs);
    const third = await up(emulator, second.kept, { ...inputs, workingDir: "/srv" });
    expect(shardsOf(third.kept)).toEqual(shardsOf(second.kept));
    expectNeverTwoAtOnce(emulator);
  });
});

test("declared ids are added and removed alone", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const inputs = (...ids: number[]) => ({
    script,
    targets: { instanceIds: ids.map(idOf) },
    schedule: often,
  });
  const first = await up(emulator, undefined, inputs(1, 2));
  emulator.requests.clear();
  const second = await up(emulator, first.kept, inputs(2, 3));
  expect(changes(emulator)).toEqual(["StopInvocation i-0001", "ModifyInvocationAttribute i-0003"]);
  expect(armedMembers(emulator)).toEqual([idOf(2), idOf(3)]);
  expect(stateOf(second.kept)).toMatchObject({
    status: "Scheduled",
    runId: stateOf(first.kept).runId,
  });
});

test("one that returns is armed again, by a call of its own, since its old invocation had it before", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const inputs = { script, targets: web, schedule: often };
  const first = await up(emulator, undefined, inputs);
  leave(2);
  const second = await up(emulator, first.kept, inputs);
  expect(armedMembers(emulator)).toEqual([idOf(1)]);
  emulator.instances.update(idOf(2), { tags: { role: "web" } });
  emulator.requests.clear();
  const third = await up(emulator, second.kept, inputs);
  expect(changes(emulator)).toEqual(["RunCommand i-0002"]);
  expect(rowsOf(third.kept)[idOf(2)]).toMatchObject({ status: "Scheduled", attempt: 2 });
  expect(armedMembers(emulator)).toEqual([idOf(1), idOf(2)]);
});

test("pinned members stay, whoever comes or goes", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const inputs = { script, targets: { ...web, membership: "pinned" }, schedule: often };
  const first = await up(emulator, undefined, inputs);
  join(3);
  leave(1);
  emulator.requests.clear();
  expect((await up(emulator, first.kept, inputs)).operation).toBe("same");
  expect(reads(emulator)).toEqual(["DescribeInvocations"]);
});

test.each([
  ["at", { at: "2026-03-02T10:00:00Z" }],
  ["boot next", { boot: "next" }],
])("%s is pinned unless the program says otherwise", async (_name, schedule) => {
  emulator = await startVirtual({ instances: fleet(1) });
  const inputs = { script, targets: web, schedule };
  const first = await up(emulator, undefined, inputs);
  join(2);
  expect((await up(emulator, first.kept, inputs)).operation).toBe("same");
});

test.each([
  ["rate", { rate: "30m" }],
  ["boot every", { boot: "every" }],
])("%s follows its machines", async (_name, schedule) => {
  emulator = await startVirtual({ instances: fleet(1) });
  const inputs = { script, targets: web, schedule };
  const first = await up(emulator, undefined, inputs);
  join(2);
  const second = await up(emulator, first.kept, inputs);
  expect(second.failure).toBeUndefined();
  expect(armedMembers(emulator)).toEqual([idOf(1), idOf(2)]);
});

test("an agent too old for the zone is a failed target of its shard, and is retried alone", async () => {
  emulator = await startVirtual({
    instances: [...fleet(2), { ...fleet(3)[2]!, agent: { version: "2.2.3.200" } }],
  });
  const inputs = { script, targets: web, schedule: often };
  const first = await up(emulator, undefined, inputs);
  expect(first.failure?.message).toContain(
    "The schedule is not armed everywhere: 2 of 3 armed, 1 failed. The next `pulumi up` arms the " +
      "failed ones again, and only those.",
  );
  expect(first.failure?.message).toContain("1 × Aborted ClientNeedUpgrade");
  expect(stateOf(first.kept).status).toBe("Failed");
  emulator.requests.clear();
  const second = await up(emulator, first.kept, inputs);
  expect(second.lines).toContain("run: not armed before, is armed again: i-0003");
  expect(changes(emulator)).toEqual(["RunCommand i-0003"]);
  expect(second.failure).toBeDefined();
  emulator.instances.agent(idOf(3), { version: "2.2.3.700" });
  emulator.requests.clear();
  const third = await up(emulator, second.kept, inputs);
  expect(third.failure).toBeUndefined();
  expect(changes(emulator)).toEqual(["RunCommand i-0003", "TagResources"]);
  expect(stateOf(third.kept)).toMatchObject({
    status: "Scheduled",
    runId: stateOf(first.kept).runId,
  });
  expect(rowsOf(third.kept)[idOf(3)]).toMatchObject({ status: "Scheduled", attempt: 3 });
  expect((await up(emulator, third.kept, inputs)).operation).toBe("same");
});

test("with onNextUp false what did not arm waits for its release", async () => {
  emulator = await startVirtual({
    instances: [...fleet(1), { ...fleet(2)[1]!, agent: { version: "2.2.3.200" } }],
  });
  const inputs = { script, targets: web, schedule: often, retry: { onNextUp: false } };
  const first = await up(emulator, undefined, inputs);
  expect(stateOf(first.kept).status).toBe("Held");
  emulator.requests.clear();
  const second = await up(emulator, first.kept, inputs);
  expect(changes(emulator)).toEqual([]);
  emulator.instances.agent(idOf(2), { version: "2.2.3.700" });
  const third = await up(emulator, second.kept, inputs, {
    env: { CLOUD_ASSISTANT_RESUME: stateOf(second.kept).holdId },
  });
  expect(third.failure).toBeUndefined();
  expect(armedMembers(emulator)).toEqual([idOf(1), idOf(2)]);
});

test("a declared id that does not exist is a failed target with its name, and the others are armed", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const inputs = { script, targets: { instanceIds: [idOf(1), "i-nowhere"] }, schedule: often };
  const first = await up(emulator, undefined, inputs);
  expect(first.failure?.message).toContain(
    "InstanceNotExists: The instance does not exist.: i-nowhere",
  );
  expect(armedMembers(emulator)).toEqual([idOf(1)]);
  emulator.requests.clear();
  const second = await up(emulator, first.kept, inputs);
  expect(second.failure).toBeDefined();
  expect(changes(emulator)).toEqual([]);
  const third = await up(emulator, second.kept, { ...inputs, targets: { instanceIds: [idOf(1)] } });
  expect(third.failure).toBeUndefined();
  expect(stateOf(third.kept).status).toBe("Scheduled");
});

test("a tracked machine that is not ready is armed by the first up that finds it ready", async () => {
  emulator = await startVirtual({
    instances: [...fleet(2), { ...fleet(3)[2]!, power: "Stopped" }],
  });
  const inputs = { script, targets: web, schedule: often, readiness: { maxUnready: 1, wait: 5 } };
  const first = await up(emulator, undefined, inputs);
  expect(first.failure).toBeUndefined();
  expect(stateOf(first.kept).summary).toMatchObject({ unready: 1, pending: 1 });
  expect((await up(emulator, first.kept, inputs)).operation).toBe("same");
  emulator.instances.boot(idOf(3));
  await emulator.clock.advance(5_000);
  emulator.requests.clear();
  const second = await up(emulator, first.kept, inputs);
  expect(second.lines).toContain("run: ready by now, is armed: i-0003");
  expect(changes(emulator)).toEqual(["ModifyInvocationAttribute i-0003"]);
  expect(stateOf(second.kept).summary).toMatchObject({ unready: 0, pending: 0 });
});

test("above maxUnready nothing is stopped and nothing is armed", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const inputs = { script, targets: web, schedule: often, readiness: { wait: 1 } };
  const { kept } = await up(emulator, undefined, inputs);
  emulator.instances.stop(idOf(2));
  await emulator.clock.advance(5_000);
  emulator.requests.clear();
  const end = await up(emulator, kept, { ...inputs, workingDir: "/srv" });
  expect(end.failure?.message).toContain("i-0002 is Stopped");
  expect(changes(emulator)).toEqual([]);
  expect(living(emulator)).toHaveLength(1);
});

test("a machine that cannot be added because of an old neighbour gets a call of its own", async () => {
  emulator = await startVirtual({
    instances: [{ ...fleet(1)[0]!, agent: { version: "2.2.3.500" } }],
  });
  const inputs = { script, targets: web, schedule: often };
  const { kept } = await up(emulator, undefined, inputs);
  join(2);
  emulator.requests.clear();
  const end = await up(emulator, kept, inputs);
  expect(end.failure).toBeUndefined();
  expect(changes(emulator)).toEqual(["ModifyInvocationAttribute i-0002", "RunCommand i-0002"]);
  expect(shardsOf(end.kept)).toEqual({ [idOf(1)]: 1, [idOf(2)]: 2 });
  expect((await up(emulator, end.kept, inputs)).operation).toBe("same");
});

test("a machine that somebody added by hand is stopped again", async () => {
  emulator = await startVirtual({ instances: [...fleet(1), { ...fleet(2)[1]!, tags: {} }] });
  const inputs = { script, targets: web, schedule: often };
  const { kept } = await up(emulator, undefined, inputs);
  await apiOf(emulator).call("ModifyInvocationAttribute", {
    invokeId: living(emulator)[0]!.invokeId,
    instanceId: [idOf(2)],
    clientToken: "by-hand",
  });
  await emulator.clock.advance(1_000);
  emulator.requests.clear();
  const end = await up(emulator, kept, inputs);
  expect(end.lines.join("\n")).toContain("armed, and not to be: i-0002");
  expect(changes(emulator)).toEqual(["StopInvocation i-0002"]);
  expect(armedMembers(emulator)).toEqual([idOf(1)]);
});

test("a lost answer to an addition adds nobody twice", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const inputs = { script, targets: web, schedule: often };
  const { kept } = await up(emulator, undefined, inputs);
  join(2);
  emulator.faults.add({
    match: { action: "ModifyInvocationAttribute" },
    effect: { kind: "dropAfterCommit" },
    times: 1,
  });
  const end = await up(emulator, kept, inputs);
  expect(end.failure).toBeUndefined();
  expect(living(emulator).map((one) => one.instances.length)).toEqual([2]);
  const refreshed = await refresh(emulator, end.kept!);
  expect((await up(emulator, refreshed, inputs)).operation).toBe("same");
  await emulator.clock.advanceTo("2026-03-02T08:11:00Z");
  expect(runsOf(emulator, idOf(2))).toHaveLength(1);
});

test("with attempts left who did not arm is tried again at once, alone", async () => {
  emulator = await startVirtual({
    instances: [...fleet(2), { ...fleet(3)[2]!, agent: { version: "2.2.3.200" } }],
  });
  const inputs = { script, targets: web, schedule: often, retry: { attempts: 3 } };
  const end = await up(emulator, undefined, inputs);
  expect(end.failure).toBeDefined();
  expect(changes(emulator)).toEqual([
    "RunCommand i-0001 i-0002 i-0003",
    "RunCommand i-0003",
    "RunCommand i-0003",
  ]);
  expect(rowsOf(end.kept)[idOf(3)]).toMatchObject({ status: "Aborted", attempt: 3, batch: 3 });
});

describe("ids that are added to a schedule", () => {
  const on = (count: number, more: Record<string, unknown>) => ({
    script,
    schedule: often,
    targets: { instanceIds: Array.from({ length: count }, (_, n) => idOf(n + 1)), ...more },
  });

  test("are bounded by expect.max with the others, before any call", async () => {
    emulator = await startVirtual({ instances: fleet(4) });
    const { kept } = await up(emulator, undefined, on(2, { expect: { max: 3 } }));
    emulator.requests.clear();
    const end = await up(emulator, kept, on(4, { expect: { max: 3 } }));
    expect(end.failure?.message).toContain("Narrow the selectors, or raise expect.max");
    expect(changes(emulator)).toEqual([]);
  });

  test("are left out where exclude.tags says so", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    emulator.instances.update(idOf(2), { tags: { env: "prod" } });
    const exclude = { tags: { env: "prod" } };
    const { kept } = await up(emulator, undefined, on(1, { exclude }));
    emulator.requests.clear();
    const end = await up(emulator, kept, on(2, { exclude }));
    expect(end.failure).toBeUndefined();
    expect(changes(emulator)).toEqual([]);
    expect(Object.keys(rowsOf(end.kept))).toEqual([idOf(1)]);
  });
});

/** A kill between any two calls, for each kind of schedule: everyone is armed once, and runs once. */
import type { Emulator } from "cloud-assistant-emulator";
import type { KillPoint } from "../../support/kill-points.js";
import { destroy, startVirtual, stateOf, up, type Kept } from "../../support/lifecycle.js";
import { killedOrEnded } from "../chaos/killed.js";
import {
  armedMembers,
  changes,
  commandIds,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  living,
  script,
  startsOf,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const everyone = [idOf(1), idOf(2), idOf(3)];

/** All of them run once on each machine when `once` has come to its end. */
const kinds: Record<string, { schedule: Record<string, unknown>; once: () => Promise<void> }> = {
  cron: {
    schedule: { cron: "0 0 3 * * ?", timezone: "Asia/Shanghai" },
    once: until("2026-03-02T19:05:00Z"),
  },
  "cron by each machine's clock": {
    schedule: { cron: "0 0 12 * * ?", timezone: "instance" },
    once: until("2026-03-02T12:05:00Z"),
  },
  rate: { schedule: { rate: "6h" }, once: until("2026-03-02T15:00:00Z") },
  at: { schedule: { at: "2026-03-02T12:00:00Z" }, once: until("2026-03-02T12:05:00Z") },
  "boot next": { schedule: { boot: "next" }, once: boots },
  "boot every": { schedule: { boot: "every" }, once: boots },
};

function until(moment: string): () => Promise<void> {
  return () => emulator.clock.advanceTo(moment);
}

async function boots(): Promise<void> {
  for (const id of everyone) emulator.instances.reboot(id);
  await emulator.clock.advance(60_000);
}

type Inputs = Record<string, unknown>;

/** What is done to it, and by how many calls. */
const operations: Record<string, { change: (inputs: Inputs) => Inputs; calls: string[] }> = {
  arming: {
    change: (inputs) => inputs,
    calls: ["RunCommand i-0001 i-0002", "RunCommand i-0003"],
  },
  "change in place": {
    change: (inputs) => ({ ...inputs, script: { content: "echo other\n" } }),
    calls: ["ModifyInvocationAttribute", "ModifyInvocationAttribute", "TagResources"],
  },
  renewal: {
    change: (inputs) => ({ ...inputs, workingDir: "/srv" }),
    calls: [
      "StopInvocation",
      "RunCommand i-0001 i-0002",
      "StopInvocation",
      "RunCommand i-0003",
      "TagResources",
    ],
  },
};

const cases = Object.keys(kinds).flatMap((kind) =>
  Object.keys(operations).map((name) => [kind, name] as const),
);

async function before(
  kind: string,
  name: string,
): Promise<{ kept: Kept | undefined; inputs: Inputs }> {
  emulator = await startVirtual({ instances: fleet(3) });
  const inputs = { script, targets: web, schedule: kinds[kind]!.schedule };
  const kept =
    name === "arming" ? undefined : (await up(emulator, undefined, inputs, { env })).kept;
  emulator.requests.clear();
  return { kept, inputs };
}

async function killed(kept: Kept | undefined, inputs: Inputs, point: KillPoint): Promise<void> {
  await killedOrEnded(emulator, point, (process) => up(emulator, kept, inputs, { process }), env);
}

test.each(cases)("%s: an %s makes these calls and no others", async (kind, name) => {
  const { change, calls } = operations[name]!;
  const { kept, inputs } = await before(kind, name);
  const end = await up(emulator, kept, change(inputs), { env });
  expect(end.failure).toBeUndefined();
  expect(changes(emulator)).toEqual(calls);
  await kinds[kind]!.once();
  for (const id of everyone) expect(startsOf(emulator, id)).toHaveLength(1);
});

const points = cases.flatMap(([kind, name]) => {
  const all = operations[name]!.calls.flatMap((_call, n): KillPoint[] => [
    { at: "before-mutating", nth: n + 1 },
    { at: "after-mutating", nth: n + 1 },
  ]);
  return [...all, { at: "before-answer" } as const].map((point) => ({ kind, name, ...point }));
});

test.each(points)(
  "$kind: an $name that is killed $at $nth is continued, and each machine runs once",
  async ({ kind, name, ...point }) => {
    const { change } = operations[name]!;
    const { kept, inputs } = await before(kind, name);
    await killed(kept, change(inputs), point);
    const end = await up(emulator, kept, change(inputs), { env });
    expect(end.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual(everyone);
    const hashes = living(emulator).map((one) => one.tags["pulumi-cloud-assistant:hash"]);
    expect(new Set(hashes)).toEqual(new Set([stateOf(end.kept).inputHash]));
    emulator.requests.clear();
    expect((await up(emulator, end.kept, change(inputs), { env })).operation).toBe("same");
    expect(changes(emulator)).toEqual([]);
    await kinds[kind]!.once();
    expectNeverTwoAtOnce(emulator);
    for (const id of everyone) expect(startsOf(emulator, id)).toHaveLength(1);
    await destroy(emulator, end.kept!);
    expect(armedMembers(emulator)).toEqual([]);
    expect(await commandIds(emulator)).toEqual([]);
  },
);

const ends: KillPoint[] = [1, 2, 3].flatMap((nth): KillPoint[] => [
  { at: "before-mutating", nth },
  { at: "after-mutating", nth },
]);
const endings = Object.keys(kinds).flatMap((kind) => ends.map((point) => ({ kind, ...point })));

test.each(endings)(
  "$kind: a suspension that is killed $at $nth is continued, and nothing fires",
  async ({ kind, ...point }) => {
    const { kept, inputs } = await before(kind, "suspension");
    const suspended = { ...inputs, schedule: { ...kinds[kind]!.schedule, suspend: true } };
    await killed(kept, suspended, point);
    const end = await up(emulator, kept, suspended, { env });
    expect(end.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([]);
    await kinds[kind]!.once();
    for (const id of everyone) expect(startsOf(emulator, id)).toEqual([]);
    await destroy(emulator, end.kept!);
    expect(await commandIds(emulator)).toEqual([]);
  },
);

test.each(endings)(
  "$kind: a destroy that is killed $at $nth is continued, and nothing fires",
  async ({ kind, ...point }) => {
    const { kept } = await before(kind, "destroy");
    await killedOrEnded(
      emulator,
      point,
      (process) => process.runtime.invocation.delete(kept!.id, kept!.outputs),
      env,
    );
    await destroy(emulator, kept!);
    expect(armedMembers(emulator)).toEqual([]);
    await kinds[kind]!.once();
    for (const id of everyone) expect(startsOf(emulator, id)).toEqual([]);
    expect(await commandIds(emulator)).toEqual([]);
  },
);

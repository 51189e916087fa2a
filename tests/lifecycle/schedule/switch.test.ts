import type { Emulator } from "cloud-assistant-emulator";
import { destroy, rowsOf, startVirtual, stateOf, up, type Kept } from "../../support/lifecycle.js";
import type { KillPoint } from "../../support/kill-points.js";
import { killedOrEnded } from "../chaos/killed.js";
import {
  armedMembers,
  changes,
  commandIds,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  living,
  often,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const now = { script, targets: web };
const scheduled = { ...now, schedule: often };

test("a run now becomes a schedule in one update: what still runs is awaited first", async () => {
  const behaviour = { afterMs: 8_000, outcome: { kind: "finish", exitCode: 0 } } as const;
  emulator = await startVirtual({ instances: fleet(2, { behaviour }) });
  const impatient = { ...now, wait: { timeout: 5 } };
  const first = await up(emulator, undefined, impatient);
  expect(stateOf(first.kept).status).toBe("Interrupted");
  const second = await up(emulator, first.kept, { ...impatient, schedule: often });
  expect(second.failure).toBeUndefined();
  const [ran] = emulator.tasks().filter((task) => task.repeatMode === "Once");
  const [plan] = emulator.tasks().filter((task) => task.repeatMode === "Period");
  expect(ran).toMatchObject({ status: "Success", exitCode: 0 });
  expect(ran!.finishedAt! < plan!.acceptedAt).toBe(true);
});

test("a run now becomes a schedule, and its record is marked", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const first = await up(emulator, undefined, now);
  emulator.requests.clear();
  const second = await up(emulator, first.kept, scheduled);
  expect(second.lines).toContain(
    "run: becomes a schedule: what still runs is awaited, then it is armed",
  );
  expect(second.failure).toBeUndefined();
  expect(changes(emulator)).toEqual(["TagResources", "RunCommand i-0001 i-0002"]);
  expect(stateOf(second.kept)).toMatchObject({ status: "Scheduled", armed: true });
  expect(stateOf(second.kept).owner).toBe(stateOf(first.kept).owner);
  expect((await up(emulator, second.kept, scheduled)).operation).toBe("same");
});

test("a schedule becomes a run now: it is stopped and marked first", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const first = await up(emulator, undefined, scheduled);
  emulator.requests.clear();
  const second = await up(emulator, first.kept, now);
  expect(second.failure).toBeUndefined();
  expect(changes(emulator)).toEqual(["StopInvocation", "TagResources", "RunCommand i-0001 i-0002"]);
  expect(stateOf(second.kept).status).toBe("Success");
  expect(second.kept!.inputs.armed).toBeUndefined();
  expect(rowsOf(second.kept)[idOf(1)]).toMatchObject({ status: "Success", attempt: 1 });
  expect(armedMembers(emulator)).toEqual([]);
  expect((await up(emulator, second.kept, now)).operation).toBe("same");
});

test("there and back and there again does each of them anew", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  let kept: Kept | undefined;
  for (const inputs of [now, scheduled, now, scheduled, now]) {
    const end = await up(emulator, kept, inputs);
    expect(end.failure).toBeUndefined();
    kept = end.kept;
  }
  expect(emulator.tasks().filter((task) => task.repeatMode === "Once")).toHaveLength(3);
  expectNeverTwoAtOnce(emulator);
  await destroy(emulator, kept!);
  expect(await commandIds(emulator)).toEqual([]);
});

const points: KillPoint[] = [
  ...[1, 2, 3, 4].flatMap((nth): KillPoint[] => [
    { at: "before-mutating", nth },
    { at: "after-mutating", nth },
  ]),
  ...[1, 2, 3, 4, 5, 6].map((nth): KillPoint => ({ at: "after-look", nth })),
  { at: "before-answer" },
];

async function killed(
  kept: Kept,
  inputs: Record<string, unknown>,
  point: KillPoint,
): Promise<void> {
  await killedOrEnded(emulator, point, (process) => up(emulator, kept, inputs, { process }));
}

test.each(points)(
  "killed at $at $nth, a run now that becomes a schedule becomes one",
  async (point) => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, now);
    await killed(first.kept!, scheduled, point);
    const end = await up(emulator, first.kept, scheduled);
    expect(end.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([idOf(1), idOf(2)]);
    expectNeverTwoAtOnce(emulator);
  },
);

test.each(points)(
  "killed at $at $nth and taken back, no schedule is left firing",
  async (point) => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, now);
    await killed(first.kept!, scheduled, point);
    const end = await up(emulator, first.kept, { ...now, script: { content: "echo other\n" } });
    expect(end.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([]);
  },
);

test.each(points)("killed at $at $nth and destroyed, no schedule is left firing", async (point) => {
  emulator = await startVirtual({ instances: fleet(2) });
  const first = await up(emulator, undefined, now);
  await killed(first.kept!, scheduled, point);
  await destroy(emulator, first.kept!);
  expect(armedMembers(emulator)).toEqual([]);
});

test.each(points)(
  "killed at $at $nth, a schedule that becomes a run now runs once",
  async (point) => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, scheduled);
    await killed(first.kept!, now, point);
    const end = await up(emulator, first.kept, now);
    expect(end.failure).toBeUndefined();
    expect(living(emulator)).toEqual([]);
    const ran = emulator.tasks().filter((task) => task.repeatMode === "Once");
    expect(ran.map((task) => task.instanceId).sort()).toEqual([idOf(1), idOf(2)]);
  },
);

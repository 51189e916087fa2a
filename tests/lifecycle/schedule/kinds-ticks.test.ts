/** Which ticks of each kind of schedule run, and which are missed, while it is changed. */
import type { Emulator, InstanceSeed } from "cloud-assistant-emulator";
import { rowsOf, startVirtual, up, type Kept } from "../../support/lifecycle.js";
import {
  changes,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  script,
  startsOf,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const everyone = [1, 2, 3, 4].map(idOf);

type Kind = {
  readonly schedule: Record<string, unknown>;
  readonly seed?: Partial<InstanceSeed>;
  /** The ticks of two hours, in order; the first one is met by the change. */
  readonly ticks: readonly string[];
  /** The ticks behind a new arming on the first one, where they are others. */
  readonly anew?: readonly string[];
  /** How the missed tick is named, where nobody can name an instant. */
  readonly named?: RegExp;
};

const kinds: Record<string, Kind> = {
  cron: {
    schedule: { cron: "0 */30 * * * ?", timezone: "Asia/Shanghai" },
    ticks: ["08:30:00", "09:00:00", "09:30:00"],
  },
  "cron by each machine's clock": {
    schedule: { cron: "0 */30 * * * ?", timezone: "instance" },
    seed: { timeZone: "Asia/Kolkata" },
    ticks: ["08:30:00", "09:00:00", "09:30:00"],
    named: /missed, by each machine's own clock$/,
  },
  rate: {
    schedule: { rate: "30m" },
    ticks: ["08:30:00", "09:00:00", "09:30:00"],
    // From its new arming on.
    anew: ["09:00:0", "09:30:0"],
  },
  at: { schedule: { at: "2026-03-02T08:30:00Z" }, ticks: ["08:30:00"], anew: [] },
};

const names = Object.keys(kinds);

/** Armed, and a moment before the first tick. */
async function beforeTheTick(
  kind: string,
): Promise<{ kept: Kept; inputs: Record<string, unknown> }> {
  const { schedule, seed } = kinds[kind]!;
  emulator = await startVirtual({ instances: fleet(4, seed) });
  const inputs = { script, targets: { ...web, membership: "track" }, schedule };
  const { kept } = await up(emulator, undefined, inputs, { env });
  await emulator.clock.advanceTo("2026-03-02T08:29:59.600Z");
  emulator.requests.clear();
  return { kept: kept!, inputs };
}

const ranOn = (id: string): string[] => startsOf(emulator, id).map((at) => at.slice(11, 19));

test.each(names)("%s: a change in place on a tick misses none and doubles none", async (kind) => {
  const { kept, inputs } = await beforeTheTick(kind);
  const end = await up(emulator, kept, { ...inputs, script: { content: "echo two\n" } }, { env });
  expect(end.failure).toBeUndefined();
  expect(changes(emulator)).toEqual([
    "ModifyInvocationAttribute",
    "ModifyInvocationAttribute",
    "TagResources",
  ]);
  await emulator.clock.advanceTo("2026-03-02T09:31:00Z");
  for (const id of everyone) expect(ranOn(id)).toEqual(kinds[kind]!.ticks);
  expect(end.lines.join("\n")).not.toMatch(/missed \d|are missed/);
});

test.each(names)(
  "%s: one who joins and one who leaves on a tick miss none of the others",
  async (kind) => {
    const { kept, inputs } = await beforeTheTick(kind);
    emulator.instances.add(fleet(5, kinds[kind]!.seed)[4]!);
    emulator.instances.update(idOf(2), { tags: {} });
    const end = await up(emulator, kept, inputs, { env });
    expect(end.failure).toBeUndefined();
    expect(changes(emulator)).toEqual([
      "StopInvocation i-0002",
      "ModifyInvocationAttribute i-0005",
    ]);
    await emulator.clock.advanceTo("2026-03-02T09:31:00Z");
    const { ticks } = kinds[kind]!;
    for (const id of [1, 3, 4].map(idOf)) expect(ranOn(id)).toEqual(ticks);
    // The one runs on from where it joined, the other is as much as gone.
    expect(ticks.slice(-ranOn(idOf(5)).length || ticks.length)).toEqual(ranOn(idOf(5)));
    expect(ranOn(idOf(2)).length).toBeLessThanOrEqual(1);
    expectNeverTwoAtOnce(emulator);
  },
);

test.each(names)("%s: a renewal on a tick misses what it names, and doubles none", async (kind) => {
  const {
    ticks,
    anew = ticks.slice(1),
    named = / missed 1 run: 2026-03-02T08:30:00Z$/,
  } = kinds[kind]!;
  const { kept, inputs } = await beforeTheTick(kind);
  const end = await up(emulator, kept, { ...inputs, workingDir: "/srv" }, { env });
  await emulator.clock.advanceTo("2026-03-02T09:31:00Z");
  const missed = end.lines.filter((line) => line.includes("missed"));
  // Shard 1 is between its two armings when the tick comes; shard 2 is not, and has had it.
  expect(missed).toHaveLength(1);
  expect(missed[0]).toMatch(/^run: shard 1 \(2 machines\): /);
  expect(missed[0]).toMatch(named);
  const rows = rowsOf(end.kept);
  for (const id of everyone) {
    const had = rows[id]!.batch === 1 ? [] : [ticks[0]!];
    const ran = ranOn(id);
    expect(ran.slice(0, had.length)).toEqual(had);
    const rest = ran.slice(had.length);
    expect(rest).toHaveLength(anew.length);
    for (const [n, tick] of anew.entries()) expect(rest[n]).toContain(tick);
  }
  expectNeverTwoAtOnce(emulator);
});

test("a preview of a rate says from when it is counted, and no instants that are not so", async () => {
  emulator = await startVirtual({ instances: fleet(4) });
  const inputs = { script, targets: web, schedule: { rate: "30m" } };
  const first = await up(emulator, undefined, inputs, { env });
  expect(first.lines).toContain(
    "run: next runs: every 30m, counted from when it is armed: 2026-03-02T08:30:00Z, " +
      "2026-03-02T09:00:00Z, 2026-03-02T09:30:00Z if now",
  );
  await emulator.clock.advanceTo("2026-03-02T08:12:34.567Z");
  const other = { ...inputs, script: { content: "echo two\n" } };
  const second = await up(emulator, first.kept, other, { env });
  expect(second.lines).toContain("run: next runs: every 30m, counted from when it was armed");
  await emulator.clock.advanceTo("2026-03-02T08:31:00Z");
  expect(ranOn(idOf(1))).toEqual(["08:30:00"]);
});

describe.each(["next", "every"])("boot %s", (boot) => {
  const inputs = { script, targets: { ...web, membership: "track" }, schedule: { boot } };
  const reboot = async (...numbers: number[]): Promise<void> => {
    for (const n of numbers) emulator.instances.reboot(idOf(n));
    await emulator.clock.advance(10_000);
  };
  const starts = (): number[] => [1, 2, 3, 4].map((n) => startsOf(emulator, idOf(n)).length);

  async function armed(): Promise<Kept> {
    emulator = await startVirtual({ instances: fleet(4) });
    const { kept } = await up(emulator, undefined, inputs, { env });
    emulator.requests.clear();
    return kept!;
  }

  test("a machine that starts while all is changed in place runs once", async () => {
    const kept = await armed();
    emulator.instances.reboot(idOf(1));
    const end = await up(emulator, kept, { ...inputs, script: { content: "echo two\n" } }, { env });
    expect(end.failure).toBeUndefined();
    await reboot(2, 3, 4);
    expect(starts()).toEqual([1, 1, 1, 1]);
  });

  test("members that come and go are the only ones touched", async () => {
    const kept = await armed();
    emulator.instances.update(idOf(2), { tags: {} });
    emulator.instances.add(fleet(5)[4]!);
    const end = await up(emulator, kept, inputs, { env });
    expect(end.failure).toBeUndefined();
    expect(changes(emulator)).toEqual([
      "StopInvocation i-0002",
      "ModifyInvocationAttribute i-0005",
    ]);
    await reboot(1, 2, 3, 4, 5);
    expect(starts()).toEqual([1, 0, 1, 1]);
    expect(startsOf(emulator, idOf(5))).toHaveLength(1);
  });

  test("a renewal is armed once on everybody, and names no run, since none can be foretold", async () => {
    const kept = await armed();
    const end = await up(emulator, kept, { ...inputs, workingDir: "/srv" }, { env });
    expect(end.failure).toBeUndefined();
    expect(end.lines.join("\n")).not.toMatch(/missed \d|are missed/);
    await reboot(1, 2, 3, 4);
    expect(starts()).toEqual([1, 1, 1, 1]);
    expectNeverTwoAtOnce(emulator);
  });
});

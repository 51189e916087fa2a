/** Who joins and who leaves while a schedule is held, or was given up on. */
import type { Emulator, InstanceSeed } from "cloud-assistant-emulator";
import { destroy, rowsOf, startVirtual, stateOf, up, type Kept } from "../../support/lifecycle.js";
import {
  armedMembers,
  changes,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  often,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

/** Its agent is too old for a zone, so that it does not arm. */
const old = (n: number): InstanceSeed => ({ ...fleet(n)[n - 1]!, agent: { version: "2.2.3.200" } });
const renewed = { version: "2.2.3.700" };

const base = { script, schedule: often, retry: { onNextUp: false } };
const declared = (...ids: number[]) => ({ ...base, targets: { instanceIds: ids.map(idOf) } });
const tracked = { ...base, targets: web };

/** Machines 1 and 2 are armed, 3 is not, and the schedule is held for it. */
async function held(inputs: Record<string, unknown>): Promise<Kept> {
  emulator = await startVirtual({ instances: [...fleet(2), old(3)] });
  const { kept } = await up(emulator, undefined, inputs);
  expect(stateOf(kept)).toMatchObject({ status: "Held", holdReason: "failures" });
  emulator.requests.clear();
  return kept!;
}

const resume = (kept: Kept) => ({ env: { CLOUD_ASSISTANT_RESUME: stateOf(kept).holdId } });
const abandon = (kept: Kept) => ({ env: { CLOUD_ASSISTANT_ABANDON: stateOf(kept).holdId } });

/** Machine 4 joins, and 2 leaves. */
const ways: [string, Record<string, unknown>, Record<string, unknown>][] = [
  ["declared", declared(1, 2, 3), declared(1, 3, 4)],
  ["tracked", tracked, tracked],
];

function move(): void {
  emulator.instances.add(fleet(4)[3]!);
  emulator.instances.update(idOf(2), { tags: {} });
}

test.each(ways)(
  "%s: under a hold nothing is called, and the release arms who has joined and stops who has left",
  async (_way, before, after) => {
    const kept = await held(before);
    move();
    const waiting = await up(emulator, kept, after);
    expect(waiting.failure).toBeDefined();
    expect(changes(emulator)).toEqual([]);
    emulator.instances.agent(idOf(3), renewed);
    const released = await up(emulator, waiting.kept, after, resume(waiting.kept!));
    expect(released.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([1, 3, 4].map(idOf));
    expect(stateOf(released.kept).status).toBe("Scheduled");
    expect((await up(emulator, released.kept, after)).operation).toBe("same");
    expectNeverTwoAtOnce(emulator);
  },
);

describe.each(ways)("%s, and abandoned", (_way, before, after) => {
  const isLeft = async (kept: Kept | undefined, inputs = after): Promise<void> => {
    expect(armedMembers(emulator)).toEqual([1, 4].map(idOf));
    expect(stateOf(kept)).toMatchObject({ status: "Abandoned", holdId: "", setAside: [idOf(3)] });
    emulator.requests.clear();
    expect((await up(emulator, kept, inputs)).operation).toBe("same");
    expect(changes(emulator)).toEqual([]);
  };

  test("who moved under the hold is armed and stopped, and nobody else is called for", async () => {
    const kept = await held(before);
    move();
    const waiting = await up(emulator, kept, after);
    const left = await up(emulator, waiting.kept, after, abandon(waiting.kept!));
    expect(left.failure).toBeUndefined();
    expect(changes(emulator).join("\n")).not.toContain(idOf(3));
    await isLeft(left.kept);
  });

  test("who moves in the very up that gives up on it is as well", async () => {
    const kept = await held(before);
    move();
    const left = await up(emulator, kept, after, abandon(kept));
    expect(left.failure).toBeUndefined();
    expect(left.lines).toEqual(
      expect.arrayContaining(["run: joins: i-0004", "run: leaves, and is stopped: i-0002"]),
    );
    expect(changes(emulator).join("\n")).not.toContain(idOf(3));
    await isLeft(left.kept);
  });

  test("who moves later is as well, and it stays green and given up on", async () => {
    const kept = await held(before);
    const left = await up(emulator, kept, before, abandon(kept));
    expect(left.failure).toBeUndefined();
    expect(changes(emulator)).toEqual([]);
    move();
    const later = await up(emulator, left.kept, after);
    expect(later.failure).toBeUndefined();
    expect(changes(emulator).join("\n")).not.toContain(idOf(3));
    await isLeft(later.kept);
  });

  test("a newcomer that does not arm is red, and alone is tried again", async () => {
    const kept = await held(before);
    const left = await up(emulator, kept, before, abandon(kept));
    emulator.instances.add(old(4));
    emulator.instances.update(idOf(2), { tags: {} });
    const goesOn = { ...after, retry: { onNextUp: true } };
    const later = await up(emulator, left.kept, goesOn);
    expect(later.failure?.message).toContain("1 of 2 armed, 1 failed");
    expect(later.failure?.message).toContain("i-0004");
    expect(later.failure?.message).not.toContain("i-0003");
    emulator.instances.agent(idOf(4), renewed);
    emulator.instances.agent(idOf(3), renewed);
    emulator.requests.clear();
    const again = await up(emulator, later.kept, goesOn);
    expect(again.failure).toBeUndefined();
    expect(changes(emulator)).toEqual(["RunCommand i-0004", "TagResources"]);
    await isLeft(again.kept, goesOn);
  });

  test("a suspension and its end arm everybody", async () => {
    const kept = await held(before);
    const left = await up(emulator, kept, before, abandon(kept));
    emulator.instances.agent(idOf(3), renewed);
    const suspended = { ...before, schedule: { ...often, suspend: true } };
    const second = await up(emulator, left.kept, suspended);
    expect(stateOf(second.kept).status).toBe("Suspended");
    const third = await up(emulator, second.kept, before);
    expect(third.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([1, 2, 3].map(idOf));
  });

  test("inputs that arm anew arm everybody", async () => {
    const kept = await held(before);
    const left = await up(emulator, kept, before, abandon(kept));
    emulator.instances.agent(idOf(3), renewed);
    const anew = await up(emulator, left.kept, { ...before, workingDir: "/srv" });
    expect(anew.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([1, 2, 3].map(idOf));
    expect(stateOf(anew.kept).setAside).toBeUndefined();
    expect(rowsOf(anew.kept)[idOf(3)]).toMatchObject({ status: "Scheduled" });
    await destroy(emulator, anew.kept!);
    expect(armedMembers(emulator)).toEqual([]);
  });
});

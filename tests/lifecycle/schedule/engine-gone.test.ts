/** Once the engine is gone nobody saves what a call would change: no further one is made. */
import type { Emulator } from "cloud-assistant-emulator";
import { destroy, newProcess, startVirtual, up, type Kept } from "../../support/lifecycle.js";
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

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const base = { script, targets: web, schedule: often };
const declared = (...ids: number[]) => ({ ...base, targets: { instanceIds: ids.map(idOf) } });

type Case = { before?: Record<string, unknown>; after: Record<string, unknown>; calls: number };

const cases: Record<string, Case> = {
  "an arming": { after: base, calls: 3 },
  "a renewal": { before: base, after: { ...base, workingDir: "/srv" }, calls: 7 },
  "a change in place": {
    before: base,
    after: { ...base, script: { content: "echo other\n" } },
    calls: 4,
  },
  "a suspension": {
    before: base,
    after: { ...base, schedule: { ...often, suspend: true } },
    calls: 4,
  },
  "a move of members": { before: declared(1, 2, 3), after: declared(1, 4, 3, 5), calls: 3 },
};

const points = Object.entries(cases).flatMap(([name, { calls }]) =>
  Array.from({ length: calls }, (_, n) => [name, n + 1] as const),
);

test("the points are all the calls that there are", async () => {
  for (const { before, after, calls } of Object.values(cases)) {
    const kept = await made(before);
    await up(emulator, kept, after, { env });
    expect(changes(emulator)).toHaveLength(calls);
    await emulator.close();
  }
  emulator = await startVirtual();
});

test.each(points)(
  "%s: behind its call %d nothing more is called, and the next up goes on",
  async (name, nth) => {
    const { before, after } = cases[name]!;
    const kept = await made(before);
    let calls = 0;
    const process = newProcess(emulator, {
      env,
      around: (raw) => async (action, request) => {
        const answer = await raw(action, request);
        if (!/^(Describe|List|Get)/.test(action)) calls += 1;
        if (calls === nth) process.leave();
        return answer;
      },
    });
    // Nobody hears how it ends.
    const [end] = await Promise.allSettled([up(emulator, kept, after, { process })]);
    expect(end.status).toBe("fulfilled");
    expect(changes(emulator)).toHaveLength(nth);
    const next = await up(emulator, kept, after, { env });
    expect(next.failure).toBeUndefined();
    const suspended = name === "a suspension";
    const members = name === "a move of members" ? [1, 3, 4, 5] : [1, 2, 3, 4, 5];
    expect(armedMembers(emulator)).toEqual(suspended ? [] : members.map(idOf));
    expectNeverTwoAtOnce(emulator);
    expect((await up(emulator, next.kept, after, { env })).operation).toBe("same");
  },
);

test.each([1, 2, 3, 4])(
  "destroy: behind its call %d nothing more is called, and the next one ends it",
  async (nth) => {
    const kept = await made(base);
    let calls = 0;
    const process = newProcess(emulator, {
      around: (raw) => async (action, request) => {
        const answer = await raw(action, request);
        if (!/^(Describe|List|Get)/.test(action)) calls += 1;
        if (calls === nth) process.leave();
        return answer;
      },
    });
    await process.runtime.invocation.delete(kept!.id, kept!.outputs).catch(() => undefined);
    expect(changes(emulator)).toHaveLength(nth);
    await destroy(emulator, kept!);
    expect(armedMembers(emulator)).toEqual([]);
  },
);

async function made(before: Record<string, unknown> | undefined): Promise<Kept | undefined> {
  emulator = await startVirtual({ instances: fleet(5) });
  const kept =
    before === undefined ? undefined : (await up(emulator, undefined, before, { env })).kept;
  emulator.requests.clear();
  return kept;
}

/** What an update or a delete that died has left, and who finds it: a refresh, an update, a delete. */
import type { Emulator } from "cloud-assistant-emulator";
import { exits, fleet, idOf, idsOf, script, tagged } from "../support/fleet.js";
import {
  destroy,
  launches,
  mutatingActions,
  mutatingCalls,
  newProcess,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type Kept,
} from "../support/lifecycle.js";
import { killed, type Work } from "./chaos/killed.js";

jest.setTimeout(60_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const dayMs = 24 * 3_600_000;
const a = { script, targets: tagged };
const b = { ...a, script: { content: "echo b\n" } };
const c = { ...a, script: { content: "echo c\n" } };
const slow = exits(0, "", 60_000);

/** Its mark is its first call, its RunCommand the second. */
function killedUp(kept: Kept, inputs: Record<string, unknown>, nth: number): Promise<void> {
  return killed(emulator, { at: "after-mutating", nth }, (process) =>
    up(emulator, kept, inputs, { process }),
  );
}

function killedDestroy(kept: Kept, nth: number): Promise<void> {
  return killed(emulator, { at: "after-mutating", nth }, ({ runtime }) =>
    runtime.invocation.delete(kept.id, kept.outputs),
  );
}

function living(): string[] {
  return emulator
    .tasks()
    .filter(({ status }) => ["Pending", "Running", "Scheduled", "Stopping"].includes(status))
    .map(({ instanceId }) => instanceId);
}

function current(): string[] {
  return emulator
    .invocations()
    .filter(({ tags }) => tags["pulumi-cloud-assistant:superseded"] === undefined)
    .map(({ invokeId }) => invokeId);
}

/** A has run, and the update to B died behind its call. */
async function leftB(behaviour?: Parameters<typeof fleet>[1]): Promise<Kept> {
  emulator = await startVirtual({ instances: fleet(2, behaviour) });
  const { kept } = await up(emulator, undefined, a);
  await killedUp(kept!, b, 2);
  return kept!;
}

const long = {
  behaviour: {
    rules: [
      {
        content: "echo b\n",
        afterMs: 300_000,
        outcome: { kind: "finish" as const, exitCode: 0 },
      },
    ],
    afterMs: 1_000,
  },
};

/** B still runs, marked by an update to C that waited for it in vain, and then died. */
async function leftMarkedB(): Promise<{ readonly kept: Kept; readonly left: string }> {
  emulator = await startVirtual({ instances: fleet(2, { 1: long, 2: long }) });
  const brief = { timeout: 600, wait: { timeout: 10 } };
  const { kept } = await up(emulator, undefined, { ...a, ...brief });
  await killedUp(kept!, { ...b, ...brief }, 2);
  const left = emulator.invocations().at(-1)!.invokeId;
  await killedUp(kept!, { ...c, ...brief }, 1);
  expect(living()).toEqual(idsOf(1, 2));
  expect(current()).toEqual([]);
  return { kept: kept!, left };
}

describe("what an update left, and the next one marked before it died as well", () => {
  test("is still known after a refresh: the next up runs anew", async () => {
    const kept = await leftB();
    const refreshed = await refresh(emulator, kept);
    await killedUp(refreshed, a, 1);
    emulator.requests.clear();
    const next = await up(emulator, refreshed, a);
    expect(launches(emulator)).toEqual([idsOf(1, 2)]);
    expect(stateOf(next.kept)).toMatchObject({ status: "Success" });
    expect(current()).toEqual(stateOf(next.kept).invocationIds);
    expect((await up(emulator, next.kept, a)).operation).toBe("same");
    expect(stateOf(await refresh(emulator, next.kept!)).strays).toBeUndefined();
  });

  test("is found by a refresh that comes only then", async () => {
    const kept = await leftB();
    const left = emulator.invocations().at(-1)!.invokeId;
    await killedUp(kept, c, 1);
    expect(current()).toEqual([]);
    const refreshed = await refresh(emulator, kept);
    expect(stateOf(refreshed).strays).toEqual([left]);
    emulator.requests.clear();
    await up(emulator, refreshed, a);
    expect(launches(emulator)).toEqual([idsOf(1, 2)]);
  });

  test("is awaited where it still runs", async () => {
    const { kept, left } = await leftMarkedB();
    const next = await up(emulator, kept, c);
    expect(next.lines).toContain(`run: waits for what still runs of the earlier run: ${left}`);
    expect(stateOf(next.kept)).toMatchObject({ status: "Success" });
  });

  test.each([0, 2])(
    "is not mistaken for the run of a resource that was deleted and made again %d days later",
    async (days) => {
      emulator = await startVirtual({ instances: fleet(2) });
      const first = await up(emulator, undefined, a);
      const second = await up(emulator, first.kept, b);
      await destroy(emulator, second.kept!);
      await emulator.clock.advance(days * dayMs);
      const { kept } = await up(emulator, undefined, a);
      const refreshed = await refresh(emulator, kept!);
      expect(refreshed.outputs).toEqual(kept!.outputs);
      expect((await up(emulator, refreshed, a)).operation).toBe("same");
    },
  );
});

describe("a run that goes on is killed behind its call, and then other inputs come", () => {
  const one = { ...a, rollout: { batchSize: 1 }, readiness: { wait: 0 } };
  const two = { ...one, script: b.script };

  /** On the first machine, and saved; on the second one, and not saved. */
  async function leftSecond(): Promise<Kept> {
    emulator = await startVirtual({ instances: fleet(2) });
    const process = newProcess(emulator, {
      around: (raw) => async (action, request) => {
        const answer = await raw(action, request);
        if (action === "RunCommand") process.signals.windDown("SIGINT was received");
        return answer;
      },
    });
    const { kept } = await up(emulator, undefined, one, { process });
    expect(stateOf(kept).status).toBe("Interrupted");
    await emulator.clock.advance(5_000);
    await killedUp(kept!, one, 1);
    await emulator.clock.advance(60_000);
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)]]);
    return kept!;
  }

  test("which are refused before they mark anything: back again, nothing runs twice", async () => {
    const kept = await leftSecond();
    emulator.instances.agent(idOf(1), { mode: "offline" });
    await emulator.clock.advance(300_000);
    const refused = await up(emulator, kept, two);
    expect(refused.failure?.message).toContain("not ready");
    expect(current()).toHaveLength(2);
    emulator.instances.agent(idOf(1), { mode: "online" });
    await emulator.clock.advance(200_000);
    const next = await up(emulator, refused.kept, one);
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)]]);
    expect(stateOf(next.kept)).toMatchObject({ status: "Success", summary: { succeeded: 2 } });
  });

  test("and die behind their mark: back again, what was marked is taken over", async () => {
    const kept = await leftSecond();
    await killedUp(kept, two, 1);
    expect(current()).toEqual([]);
    const refreshed = await refresh(emulator, kept);
    const next = await up(emulator, refreshed, one);
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)]]);
    expect(stateOf(next.kept)).toMatchObject({ status: "Success", summary: { succeeded: 2 } });
    expect((await up(emulator, next.kept, one)).operation).toBe("same");
  });

  test("and die behind their call: back again, it runs anew on all", async () => {
    const kept = await leftSecond();
    await killedUp(kept, two, 2);
    emulator.requests.clear();
    const next = await up(emulator, kept, one);
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)]]);
    expect(stateOf(next.kept).status).toBe("Success");
  });
});

describe("a delete that died", () => {
  test("behind its mark: a refresh changes nothing, an up calls nothing, a destroy ends it", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const { kept } = await up(emulator, undefined, a);
    await killedDestroy(kept!, 1);
    const refreshed = await refresh(emulator, kept!);
    expect(refreshed.outputs).toEqual(kept!.outputs);
    emulator.requests.clear();
    expect((await up(emulator, refreshed, a)).operation).toBe("same");
    expect(mutatingCalls(emulator)).toEqual([]);
    await destroy(emulator, refreshed);
    const before = emulator.invocations().length;
    await up(emulator, undefined, a);
    expect(emulator.invocations()).toHaveLength(before + 1);
  });

  test("behind a stop: a refresh finds that they were ended, which counts as failed and is tried again", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: slow }) });
    const brief = { ...a, wait: { timeout: 20 } };
    const { kept } = await up(emulator, undefined, brief);
    expect(stateOf(kept).status).toBe("Interrupted");
    await killedDestroy(kept!, 1);
    await emulator.clock.advance(5_000);
    const refreshed = await refresh(emulator, kept!);
    expect(rowsOf(refreshed)[idOf(2)]!.status).toBe("Terminated");
    const judged = await up(emulator, refreshed, brief);
    expect(stateOf(judged.kept).status).toBe("Failed");
    emulator.requests.clear();
    await up(emulator, judged.kept, brief);
    expect(launches(emulator)).toEqual([[idOf(2)]]);
  });
});

describe("once the engine is gone", () => {
  const onePerCall = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "1" };

  /** Behind the nth call that changes something nobody saves any more. */
  async function leavingAt(nth: number, work: Work): Promise<string[]> {
    let calls = 0;
    const process = newProcess(emulator, {
      env: onePerCall,
      around: (raw) => async (action, request) => {
        const answer = await raw(action, request);
        if (mutatingActions.includes(action)) calls += 1;
        if (calls === nth) process.leave();
        return answer;
      },
    });
    emulator.requests.clear();
    await work(process).catch(() => undefined);
    return mutatingCalls(emulator);
  }

  test.each([
    [1, ["TagResources"]],
    [2, ["TagResources", "RunCommand"]],
  ])("an update calls nothing more behind its call %d", async (nth, expected) => {
    emulator = await startVirtual({ instances: fleet(2) });
    const { kept } = await up(emulator, undefined, a, { env: onePerCall });
    const calls = await leavingAt(nth, (process) => up(emulator, kept, b, { process }));
    expect(calls).toEqual(expected);
  });

  test("a delete calls nothing more, and the next one ends it", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 1: slow, 2: slow }) });
    const { kept } = await up(emulator, undefined, { ...a, wait: { timeout: 20 } });
    const calls = await leavingAt(1, ({ runtime }) =>
      runtime.invocation.delete(kept!.id, kept!.outputs),
    );
    expect(calls).toEqual(["StopInvocation"]);
    await destroy(emulator, kept!);
    expect(living()).toEqual([]);
    expect(current()).toEqual([]);
  });
});

describe("a delete", () => {
  test("stops and marks what an interrupted update left, so that it runs anew later", async () => {
    const kept = await leftB({ 1: slow, 2: slow });
    expect(living()).toEqual(idsOf(1, 2));
    const left = emulator.invocations().at(-1)!.invokeId;
    const lines = await destroy(emulator, kept);
    expect(lines).toContain(`run: an interrupted update left ${left}; it is stopped and set aside`);
    expect(living()).toEqual([]);
    expect(current()).toEqual([]);
    emulator.requests.clear();
    await up(emulator, undefined, b);
    expect(launches(emulator)).toEqual([idsOf(1, 2)]);
  });

  test("stops what an interrupted update left behind the mark of another one", async () => {
    const { kept, left } = await leftMarkedB();
    const lines = await destroy(emulator, kept);
    expect(lines).toContain(`run: an interrupted update left ${left}; it is stopped and set aside`);
    expect(living()).toEqual([]);
  });

  test("stops and marks also who was added by an update that died", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 3: slow }) });
    const on = (count: number) => ({ script, targets: { instanceIds: idsOf(1, count) } });
    const { kept } = await up(emulator, undefined, on(2));
    await killedUp(kept!, on(3), 1);
    expect(living()).toEqual([idOf(3)]);
    await destroy(emulator, kept!);
    expect(living()).toEqual([]);
    expect(current()).toEqual([]);
  });
});

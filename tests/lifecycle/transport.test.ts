/** Throttling and transport are waited out, and are never a failure of a target. */
import type { Emulator, FaultEffect } from "cloud-assistant-emulator";
import type { RawCall } from "../../provider/src/client/retrying-api.js";
import { exits, fleet, idOf, idsOf, script, tagged } from "../support/fleet.js";
import {
  destroy,
  launches,
  launchActions,
  newProcess,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
} from "../support/lifecycle.js";
import { timed } from "../support/timed.js";

jest.setTimeout(90_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const inputs = { script, targets: tagged };

const troubles: readonly (readonly [string, FaultEffect])[] = [
  ["503 before the change", { kind: "http5xx" }],
  ["500 after the change", { kind: "http5xx", status: 500, moment: "after-commit" }],
  ["a connection reset before the change", { kind: "dropBeforeCommit" }],
  ["a reply that is lost after the change", { kind: "dropAfterCommit" }],
  ["a truncated answer", { kind: "truncateBody" }],
  ["an answer of a proxy in between", { kind: "nonJson" }],
  ["throttling", { kind: "error", status: 400, code: "Throttling.User" }],
  [
    "throttling with a wait that is told",
    { kind: "error", status: 429, code: "Throttling", retryAfterMs: 2_000 },
  ],
];

describe("a launch happens once", () => {
  test.each([
    ...troubles,
    ["a success without an InvokeId", { kind: "omitField", field: "InvokeId" }],
    ["a success with an empty InvokeId", { kind: "setField", field: "InvokeId", value: "" }],
  ] as readonly (readonly [string, FaultEffect])[])("after %s", async (_what, effect) => {
    emulator = await startVirtual({ instances: fleet(2) });
    emulator.faults.add({ match: { action: "RunCommand" }, times: 2, effect });
    const { kept, failure } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(launches(emulator)).toEqual([idsOf(1, 2)]);
    expect(emulator.tasks()).toHaveLength(2);
    expect(stateOf(kept)).toMatchObject({ status: "Success", summary: { succeeded: 2 } });
    expect(stateOf(kept).invocationIds).toEqual([emulator.invocations()[0]!.invokeId]);
  });

  test("while the service still works on the token, it is asked again with it", async () => {
    emulator = await startVirtual({
      instances: fleet(1),
      limits: { clientTokenProcessingMs: 4_000 },
    });
    emulator.faults.add({
      match: { action: "RunCommand", nth: 1 },
      effect: { kind: "dropAfterCommit" },
    });
    const { failure } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(emulator.tasks()).toHaveLength(1);
    const codes = emulator.requests.list({ action: "RunCommand" }).map(({ code }) => code);
    expect(codes).toContain("IdempotentProcessing");
  });

  test("a retry of the whole run after a trouble is another launch, and only then", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: exits(3) }) });
    emulator.faults.add({
      match: { action: "RunCommand" },
      times: 1,
      effect: { kind: "dropAfterCommit" },
    });
    await up(emulator, undefined, { ...inputs, retry: { attempts: 2 } });
    expect(emulator.tasks()).toHaveLength(2);
  });
});

describe("every read is asked again", () => {
  const reads = [
    "GetCallerIdentity",
    "ListTagResources",
    "DescribeInstances",
    "DescribeCloudAssistantStatus",
    "DescribeAccountAttributes",
    "DescribeInvocations",
    "DescribeInvocationResults",
  ];
  test.each(troubles)("after %s", async (_what, effect) => {
    emulator = await startVirtual({ instances: fleet(2, { 1: exits(0, "printed\n") }) });
    for (const action of reads) {
      // Once in the preview, and once in the run.
      emulator.faults.add({ match: { action, nth: 1 }, times: 1, effect });
      emulator.faults.add({ match: { action, nth: 3 }, times: 2, effect });
    }
    const { kept, failure, lines } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(stateOf(kept).summary.succeeded).toBe(2);
    expect(rowsOf(kept)[idOf(1)]!.output).toBe("printed\n");
    expect(lines.join("\n")).not.toMatch(/Throttling|ECONNRESET|socket|503|500/);
  });

  test("marks of a destroy and a refresh survive it too", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: exits(0, "", 60_000) }) });
    const slow = { ...inputs, timeout: 120, wait: { timeout: 5 } };
    const first = await up(emulator, undefined, slow);
    expect(stateOf(first.kept).status).toBe("Interrupted");
    for (const action of ["DescribeInvocations", "TagResources", "StopInvocation"]) {
      emulator.faults.add({ match: { action }, times: 2, effect: { kind: "dropAfterCommit" } });
    }
    const refreshed = await refresh(emulator, first.kept!);
    await destroy(emulator, refreshed);
    expect(emulator.tasks().map(({ status }) => status)).toEqual(["Terminated"]);
    expect(emulator.invocations()[0]!.tags).toHaveProperty(["pulumi-cloud-assistant:superseded"]);
  });

  test("one that hangs is given up and asked again within 15 seconds", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    emulator.faults.add({
      match: { action: "DescribeInstances", nth: 2 },
      effect: { kind: "hang" },
    });
    const began = Date.now();
    const { failure } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(Date.now() - began).toBeLessThan(15_000);
  });
});

describe("throttling by the minute", () => {
  test("an action that is refused until the next minute is waited for, with growth, and nobody hammers it", async () => {
    emulator = await startVirtual({
      instances: fleet(6),
      limits: { throttle: { byAction: { RunCommand: 2 } } },
    });
    const { kept, failure } = await up(emulator, undefined, {
      ...inputs,
      rollout: { batchSize: 1 },
    });
    expect(failure).toBeUndefined();
    expect(stateOf(kept).summary.succeeded).toBe(6);
    expect(launches(emulator)).toHaveLength(6);
    const asked = emulator.requests.list({ action: "RunCommand" });
    const refused = asked.filter(({ code }) => code === "Throttling.User");
    expect(refused.length).toBeGreaterThan(0);
    // Two windows had to be waited for, with at most a handful of probes each.
    expect(refused.length).toBeLessThanOrEqual(16);
  });

  test("several calls of one batch wait together: one is throttled, and the others hold back", async () => {
    emulator = await startVirtual({
      instances: fleet(10),
      limits: { throttle: { byAction: { RunCommand: 4 } } },
    });
    const { kept } = await up(
      emulator,
      undefined,
      { ...inputs, rollout: { batchSize: 10 } },
      { env: { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "1" } },
    );
    expect(stateOf(kept).summary.succeeded).toBe(10);
    expect(launches(emulator)).toHaveLength(10);
    const asked = emulator.requests.list({ action: "RunCommand" }).length;
    expect(asked).toBeLessThanOrEqual(70);
  });

  test("status reads that are throttled make rows late, not failed", async () => {
    emulator = await startVirtual({
      instances: fleet(2, { 1: exits(0, "", 100_000) }),
      limits: { throttle: { byAction: { DescribeInvocations: 8 } } },
    });
    const { kept, failure } = await up(emulator, undefined, { ...inputs, timeout: 200 });
    expect(failure).toBeUndefined();
    expect(stateOf(kept).summary).toMatchObject({ succeeded: 2, failed: 0 });
  });

  test("status reads that fail for six minutes do not end the watch", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: exits(0, "", 30_000) }) });
    emulator.faults.add({
      id: "outage",
      match: { action: "DescribeInvocations", after: 4 },
      effect: { kind: "http5xx" },
    });
    const clock = timed(emulator, [
      { afterMs: 360_000, run: () => emulator.faults.remove("outage") },
    ]);
    const slow = { ...inputs, timeout: 600 };
    const { kept, failure } = await up(emulator, undefined, slow, { clock });
    expect(failure).toBeUndefined();
    expect(stateOf(kept).status).toBe("Success");
  });

  test("a deadline is honoured while something is throttled, before anything was accepted: a plain error", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    emulator.faults.add({
      match: { action: "RunCommand" },
      effect: { kind: "error", status: 400, code: "Throttling.User" },
    });
    const before = emulator.clock.now();
    const { kept, failure } = await up(emulator, undefined, {
      ...inputs,
      deadline: { create: 60 },
    });
    expect(kept).toBeUndefined();
    expect(failure?.message).toContain("Throttling.User");
    expect(emulator.clock.now() - before).toBeLessThanOrEqual(61_000);
  });
});

test("one limiter a region: no more than sixteen calls are in flight, of all resources together", async () => {
  emulator = await startVirtual({ instances: fleet(40) });
  let inFlight = 0;
  let most = 0;
  const around =
    (raw: RawCall): RawCall =>
    async (action, request) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      try {
        return await raw(action, request);
      } finally {
        inFlight -= 1;
      }
    };
  const process = newProcess(emulator, {
    around,
    env: { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "1" },
  });
  const wide = { ...inputs, rollout: { batchSize: 40 } };
  await Promise.all(
    ["a", "b"].map((name) => up(emulator, undefined, { ...wide, name }, { process })),
  );
  expect(launches(emulator)).toHaveLength(80);
  expect(most).toBeLessThanOrEqual(16);
  expect(most).toBeGreaterThan(8);
});

describe("who asked is asked for right before each try of a call", () => {
  const throttled: FaultEffect = { kind: "error", status: 429, code: "Throttling.User" };
  const lost: FaultEffect = { kind: "dropBeforeCommit" };
  type Spoiler = "the engine is gone" | "SIGINT" | "SIGTERM";

  function spoil(process: ReturnType<typeof newProcess>, by: Spoiler): void {
    if (by === "the engine is gone") process.leave();
    else if (by === "SIGINT") process.signals.windDown("SIGINT was received");
    else process.signals.abort("SIGTERM was received");
  }

  test.each([
    ["the engine is gone", "throttled", throttled, 0],
    ["the engine is gone", "lost", lost, 0],
    ["SIGTERM", "throttled", throttled, 0],
    ["SIGTERM", "lost", lost, 0],
    ["SIGINT", "throttled", throttled, 0],
    // What it did is to be known: whether it was accepted is asked with the same token.
    ["SIGINT", "lost", lost, 1],
  ] as const)("%s after a call that was %s", async (by, _what, effect, made) => {
    emulator = await startVirtual({ instances: fleet(1) });
    emulator.faults.add({ match: { action: "RunCommand", nth: 1 }, effect });
    const process = newProcess(emulator, {
      around: (raw) => async (action, request) => {
        try {
          return await raw(action, request);
        } catch (reason) {
          if (action === "RunCommand") spoil(process, by);
          throw reason;
        }
      },
    });
    await up(emulator, undefined, inputs, { process });
    expect(launches(emulator)).toHaveLength(made);
  });

  test.each(["the engine is gone", "SIGINT"] as const)(
    "%s while the next batch is looked at",
    async (by) => {
      emulator = await startVirtual({ instances: fleet(4) });
      let looks = 0;
      const process = newProcess(emulator, {
        around: (raw) => async (action, request) => {
          const answer = await raw(action, request);
          if (action === "DescribeCloudAssistantStatus" && launches(emulator).length === 1) {
            looks += 1;
            spoil(process, by);
          }
          return answer;
        },
      });
      const split = { ...inputs, rollout: { batchSize: 2 } };
      const { kept } = await up(emulator, undefined, split, { process });
      expect(looks).toBe(1);
      expect(launches(emulator)).toEqual([idsOf(1, 2)]);
      expect(stateOf(kept).status).toBe("Interrupted");
    },
  );
});

describe("a run whose tokens were answered with old invocations", () => {
  const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "1" };

  test.each([2, 1])(
    "repeats its run ids after a crash, whichever answer comes first (then that of %d last)",
    async (lateAgain) => {
      emulator = await startVirtual({ instances: fleet(2) });
      const named = { script, targets: { instanceIds: idsOf(1, 2) }, rollout: { batchSize: 2 } };
      const before = await up(emulator, undefined, named, { env });
      await destroy(emulator, before.kept!);
      await emulator.clock.advanceTo(emulator.clock.now() + 600_000);

      /** Answers one machine's call only when the other has been launched anew. */
      const ordered = (late: string, dies: boolean) => {
        let dead = false;
        let answers = 0;
        let open: () => void = () => undefined;
        const gate = new Promise<void>((resolve) => (open = resolve));
        let tell: () => void = () => undefined;
        const death = new Promise<void>((resolve) => (tell = resolve));
        const never = <T>(): Promise<T> => new Promise(() => undefined);
        const around =
          (raw: RawCall): RawCall =>
          async (action, request) => {
            if (dead) return never();
            const answer = await raw(action, request);
            if (action === "RunCommand") {
              answers += 1;
              const [mine] = (request as { instanceId: readonly string[] }).instanceId;
              if (mine === late) await gate;
              else if (answers >= 3) open();
              if (dies && answers === 4) {
                dead = true;
                tell();
              }
            }
            return dead ? never() : answer;
          };
        return { around, death };
      };
      const killed = ordered(idOf(2), true);
      up(emulator, undefined, named, { env, around: killed.around }).catch(() => undefined);
      await killed.death;
      expect(emulator.invocations()).toHaveLength(4);
      emulator.faults.add({
        match: { action: "DescribeInvocations" },
        times: 2,
        effect: { kind: "stale", staleMs: 60_000 },
      });
      const again = ordered(idOf(lateAgain), false);
      const { kept } = await up(emulator, undefined, named, { env, around: again.around });
      expect(emulator.invocations()).toHaveLength(4);
      // Its own run id is what theirs follow from: what it makes later is explained by it.
      expect(stateOf(kept).runId).toBe(stateOf(before.kept).runId);
    },
  );

  test("is taken over with lost state, goes on, and is watched by pages rather than one by one", async () => {
    const slow = exits(0, "", 60_000);
    const special = Object.fromEntries(idsOf(1, 6).map((_id, n) => [n + 1, slow]));
    emulator = await startVirtual({ instances: fleet(6, special) });
    const all = { ...inputs, timeout: 600, rollout: { batchSize: 6 } };
    const before = await up(emulator, undefined, all, { env });
    await destroy(emulator, before.kept!);
    const process = newProcess(emulator, {
      env,
      clock: timed(emulator, [{ afterMs: 20_000, run: () => process.signals.abort("SIGTERM") }]),
    });
    const cut = await up(emulator, undefined, all, { process });
    expect(stateOf(cut.kept).status).toBe("Interrupted");
    expect(emulator.invocations()).toHaveLength(12);
    const lost = await up(emulator, undefined, all, { env });
    expect(emulator.invocations()).toHaveLength(12);
    expect(stateOf(lost.kept)).toMatchObject({
      status: "Success",
      runId: stateOf(before.kept).runId,
    });
    const reads = emulator.requests.list({ action: "DescribeInvocations" });
    expect(reads.filter(({ params }) => params.InvokeId !== undefined)).toEqual([]);
    // A → B → A, in the second life of the resource.
    const b = { ...all, script: { content: "echo b\n" } };
    const second = await up(emulator, lost.kept, b, { env });
    const third = await up(emulator, second.kept, all, { env });
    expect(emulator.invocations()).toHaveLength(24);
    expect(stateOf(third.kept).status).toBe("Success");
    expect(await refresh(emulator, third.kept!)).toMatchObject({ outputs: third.kept!.outputs });
  });
});

describe("pages", () => {
  const many = { ...inputs, targets: { names: ["web-*"], expect: { max: 250 } } };
  const perCall = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "100" };

  test.each([
    ["an empty page that has a token", { kind: "emptyPageWithToken" } as const, 4],
    ["a token that leads back to its own page", { kind: "repeatToken" } as const, 3],
    ["a last page without a NextToken", { kind: "omitField", field: "NextToken" } as const, 0],
  ])("%s loses nobody", async (_what, effect, times) => {
    emulator = await startVirtual({ instances: fleet(250) });
    if (times > 0) {
      emulator.faults.add({
        match: { action: ["DescribeInstances", "DescribeInvocationResults"] },
        times,
        effect,
      });
    } else {
      // The third page of a hundred is the last one.
      emulator.faults.add({ match: { action: "DescribeInstances", nth: 3 }, effect });
    }
    const { kept, failure } = await up(emulator, undefined, many, { env: perCall });
    expect(failure).toBeUndefined();
    expect(stateOf(kept).summary).toMatchObject({ members: 250, succeeded: 250 });
    const asked = emulator.requests.list({ action: "DescribeInstances" });
    expect(asked.some(({ params }) => params.NextToken === "")).toBe(false);
  });

  test("a token that never leads on is an error, and not half a fleet", async () => {
    emulator = await startVirtual({ instances: fleet(250) });
    emulator.faults.add({
      match: { action: "DescribeInstances" },
      effect: { kind: "repeatToken" },
    });
    const { kept, failure } = await up(emulator, undefined, many, { env: perCall });
    expect(kept).toBeUndefined();
    expect(failure?.message).toContain("A list could not be read to its end");
    expect(launches(emulator)).toEqual([]);
  });
});

describe("reads that are behind", () => {
  test.each([5_000, 45_000])(
    "by %d ms: nothing is run twice, and nothing is taken for lost",
    async (staleMs) => {
      emulator = await startVirtual({ instances: fleet(3) });
      emulator.faults.add({
        match: { action: ["DescribeInvocations", "DescribeInvocationResults"] },
        effect: { kind: "stale", staleMs },
      });
      const split = { ...inputs, rollout: { batchSize: 2 } };
      const first = await up(emulator, undefined, split, {
        env: { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "1" },
      });
      expect(first.failure).toBeUndefined();
      expect(stateOf(first.kept).summary).toMatchObject({ succeeded: 3, unknown: 0 });
      expect(emulator.tasks()).toHaveLength(3);
    },
  );

  test("a call that no read ever shows is left to be watched, and is not Unknown", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    emulator.faults.add({
      match: { action: "DescribeInvocations" },
      effect: { kind: "stale", staleMs: 3_600_000 },
    });
    const { kept } = await up(emulator, undefined, { ...inputs, wait: { timeout: 60 } });
    expect(stateOf(kept)).toMatchObject({
      status: "Interrupted",
      summary: { running: 1, unknown: 0 },
    });
    emulator.faults.clear();
    const second = await up(emulator, kept, inputs);
    expect(second.failure).toBeUndefined();
    expect(emulator.tasks()).toHaveLength(1);
  });
});

describe("a read that can never be made", () => {
  test.each(["tags", "none"])(
    "between two batches, with ownership %s: what was accepted is not forgotten",
    async (ownership) => {
      emulator = await startVirtual({ instances: fleet(3) });
      const deny = (): unknown =>
        emulator.faults.add({
          id: "denied",
          match: { action: "DescribeInstances" },
          effect: { kind: "error", status: 403, code: "Forbidden.RAM" },
        });
      const paused = { ...inputs, ownership, rollout: { batchSize: 1, pauseBetweenBatches: 20 } };
      const clock = timed(emulator, [{ afterMs: 10_000, run: deny }]);
      const first = await up(emulator, undefined, paused, { clock });
      expect(first.failure?.message).toContain("Forbidden.RAM");
      expect(stateOf(first.kept)).toMatchObject({
        status: "Interrupted",
        summary: { succeeded: 1, notStarted: 2 },
      });
      emulator.faults.remove("denied");
      const second = await up(emulator, first.kept, paused);
      expect(second.failure).toBeUndefined();
      expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)], [idOf(3)]]);
    },
  );

  test("one call of a batch that is cut off leaves the others in the ledger", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    emulator.faults.add({
      match: { action: launchActions, instanceId: idOf(2) },
      effect: { kind: "http5xx" },
    });
    const first = await up(
      emulator,
      undefined,
      { ...inputs, rollout: { batchSize: 3 }, deadline: { create: 120, update: 600 } },
      { env: { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "1" } },
    );
    expect(stateOf(first.kept)).toMatchObject({
      status: "Interrupted",
      summary: { notStarted: 1, failed: 0 },
    });
    expect(stateOf(first.kept).invocationIds).toHaveLength(2);
    emulator.faults.clear();
    const second = await up(emulator, first.kept, {
      ...inputs,
      rollout: { batchSize: 3 },
      deadline: { create: 120, update: 600 },
    });
    expect(second.failure).toBeUndefined();
    expect(launches(emulator).flat().sort()).toEqual(idsOf(1, 3));
  });
});

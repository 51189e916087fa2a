import type { Emulator } from "cloud-assistant-emulator";
import {
  change,
  does,
  exits,
  failsFirst,
  fleet,
  idOf,
  idsOf,
  script,
  tagged,
} from "../support/fleet.js";
import {
  idsIn,
  launches,
  launchActions,
  mutatingCalls,
  newProcess,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type Kept,
} from "../support/lifecycle.js";
import { otherClient, timed } from "../support/timed.js";

jest.setTimeout(60_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const day = 24 * 3_600_000;
const acceptedAt = (): number[] =>
  emulator.requests
    .list({ action: launchActions })
    .filter(({ committed }) => committed)
    .map(({ time }) => Date.parse(time));

describe("calls and batches", () => {
  test("a batch is one call unless said otherwise, and batches follow one another", async () => {
    emulator = await startVirtual({ instances: fleet(5) });
    const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
    const { kept, lines } = await up(emulator, undefined, { script, targets: tagged }, { env });
    expect(launches(emulator)).toEqual([idsOf(1, 2), idsOf(3, 4), [idOf(5)]]);
    expect(Object.values(rowsOf(kept)).map(({ batch }) => batch)).toEqual([1, 1, 2, 2, 3]);
    expect(lines.join("\n")).toContain("batch 2 of 3: 2 succeeded");
    expect(kept!.inputs.plan).toMatchObject({
      calls: [`1: ${idOf(1)} ${idOf(2)}`, `2: ${idOf(3)} ${idOf(4)}`, `3: ${idOf(5)}`],
      counts: { members: 5, calls: 3, batches: 3 },
    });
  });

  test("a batch larger than a call is several calls at once", async () => {
    emulator = await startVirtual({ instances: fleet(7).map((one) => ({ ...one, ...exits(0) })) });
    const { kept } = await up(
      emulator,
      undefined,
      { script, targets: tagged, rollout: { batchSize: 5 } },
      { env: { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" } },
    );
    expect(launches(emulator)).toEqual([idsOf(1, 2), idsOf(3, 4), [idOf(5)], idsOf(6, 7)]);
    expect(Object.values(rowsOf(kept)).map(({ batch }) => batch)).toEqual([1, 1, 1, 1, 1, 2, 2]);
    const [a, b, c, d] = acceptedAt() as [number, number, number, number];
    expect([b - a, c - a]).toEqual([0, 0]);
    expect(d - a).toBeGreaterThanOrEqual(1_000);
  });

  test("batchSize in percent is of the members at the start, rounded up", async () => {
    emulator = await startVirtual({ instances: fleet(7) });
    await up(emulator, undefined, { script, targets: tagged, rollout: { batchSize: "30%" } });
    expect(launches(emulator).map((ids) => ids.length)).toEqual([3, 3, 1]);
  });

  test("a resume does not compute percentages again", async () => {
    emulator = await startVirtual({
      instances: fleet(10, { 10: failsFirst(1), 9: failsFirst(1) }),
    });
    const inputs = { script, targets: tagged, rollout: { batchSize: "20%", maxFailures: "10%" } };
    const first = await up(emulator, undefined, inputs);
    expect(stateOf(first.kept)).toMatchObject({ status: "Failed", membersAtStart: 10 });
    emulator.requests.clear();
    const second = await up(emulator, first.kept, inputs);
    // 20 % of ten, not of the two that are left.
    expect(launches(emulator)).toEqual([idsOf(9, 10)]);
    expect(stateOf(second.kept).status).toBe("Success");
  });
});

describe("canary", () => {
  test("canaries come first, in a batch of their own, by size or by tags", async () => {
    emulator = await startVirtual({
      instances: fleet(4, { 3: { tags: { role: "web", ring: "0" } } }),
    });
    const bySize = { script, targets: tagged, rollout: { canary: { size: "50%" } } };
    const first = await up(emulator, undefined, { ...bySize, name: "size" });
    expect(launches(emulator)).toEqual([idsOf(1, 2), idsOf(3, 4)]);
    expect(first.kept!.inputs.plan).toMatchObject({
      calls: [`1c: ${idOf(1)} ${idOf(2)}`, `2: ${idOf(3)} ${idOf(4)}`],
    });
    emulator.requests.clear();
    const byTags = { script, targets: tagged, rollout: { canary: { tags: { ring: "0" } } } };
    const second = await up(emulator, undefined, { ...byTags, name: "tags" });
    expect(launches(emulator)).toEqual([[idOf(3)], [idOf(1), idOf(2), idOf(4)]]);
    expect(second.kept!.inputs.plan).toMatchObject({
      calls: [`1c: ${idOf(3)}`, `2: ${idOf(1)} ${idOf(2)} ${idOf(4)}`],
    });
  });

  test("a canary that fails stops the run by its own budget, whatever the run's is", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 1: exits(3) }) });
    const inputs = { script, targets: tagged, rollout: { canary: { size: 2 }, maxFailures: 4 } };
    const { kept, failure } = await up(emulator, undefined, inputs);
    expect(launches(emulator)).toEqual([idsOf(1, 2)]);
    expect(failure?.message).toContain(
      "1 of 2 canaries failed, and 0 may fail (rollout.canary.maxFailures)",
    );
    expect(stateOf(kept)).toMatchObject({ status: "Held", holdReason: "canary" });
  });

  test("failures of the canary count in both budgets", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 1: exits(3), 3: exits(3) }) });
    const rollout = { canary: { size: 1, maxFailures: 1 }, batchSize: 1, maxFailures: 1 };
    const { kept } = await up(emulator, undefined, { script, targets: tagged, rollout });
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)], [idOf(3)]]);
    expect(stateOf(kept)).toMatchObject({ status: "Held", holdReason: "budget" });
  });

  test("soak is waited out behind the canary, pauseBetweenBatches behind the others", async () => {
    emulator = await startVirtual({ instances: fleet(4) });
    const rollout = { canary: { size: 1, soak: 600 }, batchSize: 1, pauseBetweenBatches: 60 };
    await up(emulator, undefined, { script, targets: tagged, rollout });
    const [a, b, c, d] = acceptedAt() as [number, number, number, number];
    expect(b - a).toBeGreaterThanOrEqual(600_000);
    expect(b - a).toBeLessThan(605_000);
    expect(c - b).toBeGreaterThanOrEqual(60_000);
    expect(c - b).toBeLessThan(65_000);
    expect(d - c).toBeGreaterThanOrEqual(60_000);
  });

  test("SIGINT in a soak ends it: no new batch, and the next up goes on", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    const inputs = { script, targets: tagged, rollout: { canary: { size: 1, soak: 3_600 } } };
    const process = newProcess(emulator, {
      clock: timed(emulator, [
        { afterMs: 60_000, run: () => process.signals.windDown("SIGINT was received") },
      ]),
    });
    const before = emulator.clock.now();
    const first = await up(emulator, undefined, inputs, { process });
    expect(emulator.clock.now() - before).toBeLessThan(120_000);
    expect(stateOf(first.kept).status).toBe("Interrupted");
    const second = await up(emulator, first.kept, inputs);
    expect(second.failure).toBeUndefined();
    expect(launches(emulator).flat().sort()).toEqual(idsOf(1, 3));
  });
});

describe("budget", () => {
  test("up to maxFailures it goes on and ends green; the first above it stops new batches", async () => {
    const instances = fleet(5, { 1: exits(3), 2: exits(3), 4: exits(3) });
    emulator = await startVirtual({ instances });
    const rollout = { batchSize: 1, maxFailures: 2 };
    const first = await up(emulator, undefined, { script, targets: tagged, rollout, name: "a" });
    expect(launches(emulator)).toHaveLength(4);
    expect(first.failure?.message).toContain("3 failed, and 2 may fail (rollout.maxFailures)");
    expect(stateOf(first.kept).summary).toMatchObject({ failed: 3, notStarted: 1 });
    const wide = { batchSize: 1, maxFailures: "60%" };
    const second = await up(emulator, undefined, {
      script,
      targets: tagged,
      rollout: wide,
      name: "b",
    });
    expect(second.failure).toBeUndefined();
    expect(stateOf(second.kept).status).toBe("PartialFailed");
  });

  test("overshoot is bounded by the batch in flight, and the preview says by how much", async () => {
    emulator = await startVirtual({ instances: fleet(9).map((one) => ({ ...one, ...exits(3) })) });
    const rollout = { batchSize: 4, maxFailures: 1 };
    const { kept, lines } = await up(emulator, undefined, { script, targets: tagged, rollout });
    expect(lines.join("\n")).toContain(
      "stops when more than 1 failed; with the batch in flight up to 5 may",
    );
    expect(stateOf(kept).summary).toMatchObject({ failed: 4, notStarted: 5 });
  });

  test("a batch that is still running at wait.timeout uses up the budget: no next batch over it", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 1: does({ kind: "never" }) }) });
    const inputs = {
      script,
      targets: tagged,
      timeout: 3_600,
      wait: { timeout: 30 },
      rollout: { batchSize: 1 },
    };
    const { kept, failure } = await up(emulator, undefined, inputs);
    expect(launches(emulator)).toEqual([[idOf(1)]]);
    expect(failure?.message).toContain("1 of the members before still runs after wait.timeout");
    expect(stateOf(kept)).toMatchObject({
      status: "Interrupted",
      summary: { running: 1, notStarted: 2 },
    });
    const wider = { ...inputs, rollout: { batchSize: 1, maxFailures: 1 } };
    const second = await up(emulator, kept, wider);
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)], [idOf(3)]]);
    expect(stateOf(second.kept)).toMatchObject({
      status: "Interrupted",
      summary: { succeeded: 2, running: 1 },
    });
  });
});

describe("retry", () => {
  test("attempts are tries in all, within the batch; without lists every failure is retried", async () => {
    emulator = await startVirtual({
      instances: fleet(4, {
        1: failsFirst(2),
        2: failsFirst(3),
        3: { behaviour: { rules: [{ attempt: 1, outcome: { kind: "timeout" } }] } },
      }),
    });
    const inputs = { script, targets: tagged, retry: { attempts: 3 } };
    const { kept } = await up(emulator, undefined, inputs);
    expect(launches(emulator)).toEqual([idsOf(1, 4), idsOf(1, 3), idsOf(1, 2)]);
    const rows = rowsOf(kept);
    expect(rows[idOf(1)]).toMatchObject({ status: "Success", attempt: 3, batch: 1 });
    expect(rows[idOf(2)]).toMatchObject({ status: "Failed", attempt: 3 });
    expect(rows[idOf(3)]).toMatchObject({ status: "Success", attempt: 2 });
    expect(stateOf(kept).status).toBe("Failed");
  });

  test("with exitCodes or errorCodes only what they name is retried", async () => {
    emulator = await startVirtual({
      instances: fleet(3, {
        1: failsFirst(1, 75),
        2: failsFirst(1, 3),
        3: {
          behaviour: {
            rules: [{ attempt: 1, outcome: { kind: "error", errorCode: "ExecutionException" } }],
          },
        },
      }),
    });
    const retry = { attempts: 2, exitCodes: [75], errorCodes: ["ExecutionException"] };
    const { kept } = await up(emulator, undefined, { script, targets: tagged, retry });
    expect(launches(emulator)).toEqual([idsOf(1, 3), [idOf(1), idOf(3)]]);
    expect(rowsOf(kept)[idOf(2)]).toMatchObject({ status: "Failed", attempt: 1 });
  });

  test("attempts are numbered through later ups, and only the allowance counts anew", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: failsFirst(3) }) });
    const inputs = { script, targets: tagged, retry: { attempts: 2 } };
    const first = await up(emulator, undefined, inputs);
    expect(rowsOf(first.kept)[idOf(1)]).toMatchObject({ status: "Failed", attempt: 2 });
    const second = await up(emulator, first.kept, inputs);
    expect(rowsOf(second.kept)[idOf(1)]).toMatchObject({ status: "Success", attempt: 4 });
    expect(launches(emulator)).toHaveLength(4);
  });

  test("what is watched over an interruption and fails has the rest of its allowance", async () => {
    emulator = await startVirtual({
      instances: fleet(1, {
        1: {
          behaviour: {
            rules: [{ attempt: 1, outcome: { kind: "finish", exitCode: 3 }, afterMs: 60_000 }],
          },
        },
      }),
    });
    const inputs = {
      script,
      targets: tagged,
      timeout: 120,
      wait: { timeout: 20 },
      retry: { attempts: 2 },
    };
    const first = await up(emulator, undefined, inputs);
    expect(stateOf(first.kept).status).toBe("Interrupted");
    const patient = { ...inputs, wait: { timeout: 300 } };
    const second = await up(emulator, first.kept, patient);
    expect(second.failure).toBeUndefined();
    expect(rowsOf(second.kept)[idOf(1)]).toMatchObject({ status: "Success", attempt: 2 });
    expect(launches(emulator)).toHaveLength(2);
  });
});

describe("exit codes that power a machine off or reboot it", () => {
  const rebooting = { limits: { startingMs: 30_000, agentStartMs: 15_000 } };

  test.each([
    ["RunShellScript", "linux", 194],
    ["RunPowerShellScript", "windows", 3010],
  ] as const)(
    "%s on %s: %d that is not listed is a failure, and is never retried by itself",
    async (type, osType, code) => {
      emulator = await startVirtual({
        instances: fleet(1, { 1: { osType, ...exits(code) } }),
        ...rebooting,
      });
      const inputs = { script: { content: "x", type }, targets: tagged, retry: { attempts: 3 } };
      const { kept } = await up(emulator, undefined, inputs);
      expect(rowsOf(kept)[idOf(1)]).toMatchObject({ status: "Failed", exitCode: code, attempt: 1 });
      expect(launches(emulator)).toHaveLength(1);
      await emulator.clock.advance(120_000);
      expect(emulator.instances.get(idOf(1))).toMatchObject({ bootCount: 2, power: "Running" });
    },
  );

  test.each([
    ["RunShellScript", "linux", 194],
    ["RunBatScript", "windows", 3010],
  ] as const)(
    "%s on %s: %d listed as success closes once the client is back",
    async (type, osType, code) => {
      emulator = await startVirtual({
        instances: fleet(1, { 1: { osType, ...exits(code) } }),
        ...rebooting,
      });
      const before = emulator.clock.now();
      const { kept, failure } = await up(emulator, undefined, {
        script: { content: "x", type },
        targets: tagged,
        successExitCodes: [0, code],
      });
      expect(failure).toBeUndefined();
      expect(rowsOf(kept)[idOf(1)]).toMatchObject({ status: "Success", exitCode: code });
      expect(emulator.clock.now() - before).toBeGreaterThanOrEqual(46_000);
      expect(emulator.instances.get(idOf(1))).toMatchObject({
        agent: { online: true },
        bootCount: 2,
      });
      expect(launches(emulator)).toHaveLength(1);
    },
  );

  test.each([
    ["RunShellScript", "linux", 193],
    ["RunBatScript", "windows", 3009],
  ] as const)(
    "%s on %s: %d listed as success closes once the machine is Stopped",
    async (type, osType, code) => {
      emulator = await startVirtual({
        instances: fleet(1, { 1: { osType, ...exits(code) } }),
        limits: { stoppingMs: 25_000 },
      });
      const { kept, failure } = await up(emulator, undefined, {
        script: { content: "x", type },
        targets: tagged,
        successExitCodes: [0, code],
      });
      expect(failure).toBeUndefined();
      expect(rowsOf(kept)[idOf(1)]).toMatchObject({ status: "Success", exitCode: code });
      expect(emulator.instances.get(idOf(1))!.power).toBe("Stopped");
    },
  );

  test("a machine that does not come back in time leaves its row running, to be watched", async () => {
    emulator = await startVirtual({
      instances: fleet(2, { 1: exits(194) }),
      limits: { startingMs: 600_000 },
    });
    const inputs = { script, targets: tagged, successExitCodes: [0, 194], wait: { timeout: 60 } };
    const first = await up(emulator, undefined, inputs);
    expect(stateOf(first.kept)).toMatchObject({ status: "Interrupted", summary: { running: 1 } });
    const patient = { ...inputs, wait: { timeout: 900 } };
    const second = await up(emulator, first.kept, patient);
    expect(second.failure).toBeUndefined();
    expect(rowsOf(second.kept)[idOf(1)]).toMatchObject({ status: "Success", exitCode: 194 });
    expect(launches(emulator)).toHaveLength(1);
  });

  test("a machine that is released while it reboots does not break the run", async () => {
    emulator = await startVirtual({
      instances: fleet(2, { 1: exits(194) }),
      limits: { startingMs: 60_000 },
    });
    const inputs = { script, targets: tagged, successExitCodes: [0, 194], wait: { timeout: 90 } };
    const clock = timed(emulator, [
      { afterMs: 20_000, run: () => emulator.instances.remove(idOf(1)) },
    ]);
    const { kept } = await up(emulator, undefined, inputs, { clock });
    expect(rowsOf(kept)[idOf(2)]!.status).toBe("Success");
    expect(stateOf(kept).invocationIds).toHaveLength(1);
  });
});

describe("bo-2: the script that asks for a reboot, on machines that really run it", () => {
  const content = Buffer.from(
    "bT0iJEhPTUUvZmMtYm8yLm1hcmsiCmlmIFsgLWUgIiRtIiBdOyB0aGVuIGVjaG8gc2Vjb25kOyBleGl0IDA7IGZpCjogPiAiJG0iOyBlY2hvIGZpcnN0OyBleGl0IDE5NAo=",
    "base64",
  ).toString("utf8");
  const inputs = { script: { content }, targets: { instanceIds: ["i-bo2"] } };

  test("(a) not listed: Failed, one attempt, one reboot, and the machine is Running again", async () => {
    emulator = await startVirtual({ backend: "exec", instances: [{ instanceId: "i-bo2" }] });
    const bootId = emulator.instances.get("i-bo2")!.bootId;
    const { kept } = await up(emulator, undefined, { ...inputs, retry: { attempts: 3 } });
    expect(rowsOf(kept)["i-bo2"]).toMatchObject({
      status: "Failed",
      exitCode: 194,
      output: "first\n",
      attempt: 1,
    });
    expect(launches(emulator)).toHaveLength(1);
    await emulator.clock.advance(60_000);
    const machine = emulator.instances.get("i-bo2")!;
    expect(machine).toMatchObject({ power: "Running", bootCount: 2 });
    expect(machine.bootId).not.toBe(bootId);
  });

  test("(b) listed: Success, closed only after the client is back, one launch", async () => {
    emulator = await startVirtual({ backend: "exec", instances: [{ instanceId: "i-bo2" }] });
    const { kept } = await up(emulator, undefined, { ...inputs, successExitCodes: [0, 194] });
    expect(rowsOf(kept)["i-bo2"]).toMatchObject({ status: "Success", exitCode: 194 });
    expect(emulator.instances.get("i-bo2")).toMatchObject({
      power: "Running",
      bootCount: 2,
      agent: { online: true },
    });
    expect(launches(emulator)).toHaveLength(1);
  });
});

describe("how it ended (the table of 1.4)", () => {
  const inputs = { script, targets: tagged };
  const nothingMore = async (kept: Kept | undefined, more: Record<string, unknown> = {}) => {
    emulator.requests.clear();
    const next = await up(emulator, kept, { ...inputs, ...more });
    expect(mutatingCalls(emulator)).toEqual([]);
    return next;
  };

  test("every row that counts is Success: green, Success; the next up does nothing", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, inputs);
    expect(first.failure).toBeUndefined();
    expect(stateOf(first.kept)).toMatchObject({ status: "Success", holdId: "" });
    const second = await nothingMore(first.kept);
    expect(second.operation).toBe("same");
    expect(emulator.requests.list()).toEqual([]);
  });

  test("failures within the budget: green, PartialFailed; the next up does nothing", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: exits(3) }) });
    const rollout = { maxFailures: 1 };
    const first = await up(emulator, undefined, { ...inputs, rollout });
    expect(first.failure).toBeUndefined();
    expect(stateOf(first.kept)).toMatchObject({ status: "PartialFailed", summary: { failed: 1 } });
    const second = await nothingMore(first.kept, { rollout });
    expect(second.operation).toBe("same");
  });

  test("failures within the budget, and then a lowered maxFailures: only what did not succeed is run", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: failsFirst(1) }) });
    const first = await up(emulator, undefined, { ...inputs, rollout: { maxFailures: 1 } });
    const second = await up(emulator, first.kept, inputs);
    expect(second.lines.join("\n")).toContain(`runs again: ${idOf(2)}`);
    expect(launches(emulator)).toEqual([idsOf(1, 3), [idOf(2)]]);
    expect(stateOf(second.kept)).toMatchObject({ status: "Success", summary: { succeeded: 3 } });
  });

  test("failures within the budget, and then a lowered one with onNextUp false: red, Held, and nothing is called", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: exits(3) }) });
    const retry = { onNextUp: false };
    const kind = { ...inputs, retry, rollout: { maxFailures: 1 } };
    const first = await up(emulator, undefined, kind);
    expect(stateOf(first.kept).status).toBe("PartialFailed");
    const second = await nothingMore(first.kept, { retry });
    expect(stateOf(second.kept)).toMatchObject({ status: "Held", holdReason: "failures" });
    expect(second.failure?.message).toContain("more failed than may and retry.onNextUp is false");
    expect(second.lines).toContain(
      "run: more failed than may, and retry.onNextUp is false: held, and nothing is called",
    );
  });

  test("above the budget, every member reached: red, Failed; the next up runs the failed ones only", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 2: failsFirst(1), 4: failsFirst(1) }) });
    const first = await up(emulator, undefined, inputs);
    expect(first.failure?.message).toContain("2 of 4 succeeded, 2 failed");
    expect(first.failure?.message).toContain("The next `pulumi up` runs the failed ones again");
    expect(stateOf(first.kept)).toMatchObject({ status: "Failed", holdId: "" });
    const refreshed = await refresh(emulator, first.kept!);
    const second = await up(emulator, refreshed, inputs);
    expect(second.lines.join("\n")).toContain(`runs again: ${idOf(2)}, ${idOf(4)}`);
    expect(launches(emulator)).toEqual([idsOf(1, 4), [idOf(2), idOf(4)]]);
    expect(stateOf(second.kept).status).toBe("Success");
  });

  test("above the budget, and then a raised maxFailures: green, and nothing is called", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: exits(3) }) });
    const first = await up(emulator, undefined, inputs);
    expect(stateOf(first.kept).status).toBe("Failed");
    const second = await nothingMore(first.kept, { rollout: { maxFailures: 1 } });
    expect(second.failure).toBeUndefined();
    expect(stateOf(second.kept).status).toBe("PartialFailed");
  });

  test("above the budget with onNextUp false: red, Held instead; a release runs the failed ones", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: failsFirst(1) }) });
    const retry = { onNextUp: false };
    const first = await up(emulator, undefined, { ...inputs, retry });
    const { holdId, runId } = stateOf(first.kept);
    expect(stateOf(first.kept)).toMatchObject({ status: "Held", holdReason: "failures" });
    expect(holdId.startsWith(`${runId}.`)).toBe(true);
    const second = await nothingMore(first.kept, { retry });
    expect(stateOf(second.kept)).toMatchObject({ status: "Held", holdId, holdReason: "failures" });
    const third = await up(
      emulator,
      second.kept,
      { ...inputs, retry },
      {
        env: { CLOUD_ASSISTANT_RESUME: holdId },
      },
    );
    expect(launches(emulator)).toEqual([[idOf(2)]]);
    expect(stateOf(third.kept)).toMatchObject({ status: "Success", releasedHolds: [holdId] });
  });

  test("above the budget, some never reached: red, Held; nothing is called until released", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 1: exits(3) }) });
    const rollout = { batchSize: 1 };
    const first = await up(emulator, undefined, { ...inputs, rollout });
    const { holdId } = stateOf(first.kept);
    expect(first.failure?.message).toContain(`CLOUD_ASSISTANT_RESUME=${holdId}`);
    expect(first.failure?.message).toContain("1 failed, 3 not started");
    expect(stateOf(first.kept).status).toBe("Held");
    const second = await nothingMore(first.kept, { rollout });
    expect(second.failure).toBeDefined();
    expect(second.lines.join("\n")).toContain(`held (${holdId}): nothing is called until`);
    // Neither raising the budget nor an unrelated change releases it.
    const raised = await nothingMore(second.kept, {
      rollout: { ...rollout, maxFailures: 4 },
      timeout: 90,
    });
    expect(stateOf(raised.kept)).toMatchObject({ status: "Held", holdId });
  });

  test("held, and then released: the failed ones are tried again and count anew, then those never reached", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 2: failsFirst(1), 3: exits(3) }) });
    const rollout = { batchSize: 1 };
    const first = await up(emulator, undefined, { ...inputs, rollout });
    const { holdId } = stateOf(first.kept);
    const second = await up(
      emulator,
      first.kept,
      { ...inputs, rollout },
      {
        config: { "cloud-assistant:resume": holdId },
      },
    );
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)], [idOf(2)], [idOf(3)]]);
    expect(second.lines.join("\n")).toContain(`hold ${holdId} is released`);
    const next = stateOf(second.kept);
    expect(next).toMatchObject({ status: "Held", releasedHolds: [holdId] });
    expect(next.holdId).not.toBe(holdId);
    // A stale release is one printed line, and releases nothing.
    emulator.requests.clear();
    const third = await up(
      emulator,
      second.kept,
      { ...inputs, rollout },
      {
        config: { "cloud-assistant:resume": holdId },
      },
    );
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(third.lines.filter((line) => line.includes(holdId))).toHaveLength(1);
  });

  test("held, and then abandoned: green, Abandoned, the ledger as it was; changes that only save keep it so", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 1: exits(3) }) });
    const rollout = { batchSize: 1 };
    const first = await up(emulator, undefined, { ...inputs, rollout });
    const { holdId, results } = stateOf(first.kept);
    const second = await up(
      emulator,
      first.kept,
      { ...inputs, rollout },
      {
        env: { CLOUD_ASSISTANT_ABANDON: holdId },
      },
    );
    expect(second.failure).toBeUndefined();
    expect(stateOf(second.kept)).toMatchObject({ status: "Abandoned", holdId: "", results });
    const third = await nothingMore(second.kept, { rollout });
    expect(third.operation).toBe("same");
    const saved = await nothingMore(third.kept, { rollout, timeout: 120 });
    expect(saved.failure).toBeUndefined();
    expect(stateOf(saved.kept).status).toBe("Abandoned");
  });

  test("held, and then inputs that make a new run: it runs on all members", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 1: exits(3) }) });
    const rollout = { batchSize: 1 };
    const first = await up(emulator, undefined, { ...inputs, rollout });
    change(emulator, 1, exits(0));
    const changed = { ...inputs, rollout, script: { content: "echo other\n" } };
    const second = await up(emulator, first.kept, changed);
    expect(second.failure).toBeUndefined();
    expect(launches(emulator).slice(1)).toEqual([[idOf(1)], [idOf(2)], [idOf(3)]]);
    expect(stateOf(second.kept)).toMatchObject({ status: "Success", holdId: "" });
  });

  test("deadline passed: red, Interrupted; the next up watches and goes on with what is not done", async () => {
    emulator = await startVirtual({
      instances: fleet(3).map((one) => ({ ...one, ...exits(0, "", 50_000) })),
    });
    const slow = {
      ...inputs,
      timeout: 300,
      rollout: { batchSize: 1 },
      deadline: { create: 80, update: 3_600 },
    };
    const first = await up(emulator, undefined, slow);
    expect(first.failure?.message).toContain("the deadline of opts.customTimeouts has passed");
    expect(stateOf(first.kept)).toMatchObject({
      status: "Interrupted",
      summary: { succeeded: 1, running: 1, notStarted: 1, failed: 0 },
    });
    const second = await up(emulator, first.kept, slow);
    expect(second.lines.join("\n")).toContain(`still running, is watched: ${idOf(2)}`);
    expect(second.lines.join("\n")).toContain(`goes on: ${idOf(3)}`);
    expect(second.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)], [idOf(3)]]);
  });

  test("quota reached in mid-run: red, Interrupted; what was not reached is not failed, and goes on another day", async () => {
    emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 6 } });
    await up(emulator, undefined, { ...inputs, name: "a", rollout: { batchSize: 1 } });
    emulator.requests.clear();
    const rollout = { batchSize: 1 };
    const first = await up(emulator, undefined, {
      ...inputs,
      rollout,
      quota: { onExceed: "warn" },
    });
    expect(first.failure?.message).toContain("today's quota of the region is used up");
    expect(stateOf(first.kept)).toMatchObject({
      status: "Interrupted",
      summary: { succeeded: 2, notStarted: 2, failed: 0 },
    });
    await emulator.clock.advance(day);
    const second = await up(emulator, first.kept, {
      ...inputs,
      rollout,
      quota: { onExceed: "warn" },
    });
    expect(second.failure).toBeUndefined();
    expect(launches(emulator)).toEqual(idsOf(1, 4).map((id) => [id]));
  });

  test("throttled beyond the deadline: red, Interrupted; the next up goes on by itself", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    emulator.faults.add({
      id: "throttle",
      match: { action: "RunCommand", after: 1 },
      effect: { kind: "error", status: 400, code: "Throttling.User" },
    });
    const slow = { ...inputs, rollout: { batchSize: 1 }, deadline: { create: 300 } };
    const before = emulator.clock.now();
    const first = await up(emulator, undefined, slow);
    expect(emulator.clock.now() - before).toBeLessThanOrEqual(301_000);
    expect(emulator.clock.now() - before).toBeGreaterThan(200_000);
    expect(first.failure?.message).toContain("Throttling.User");
    expect(stateOf(first.kept)).toMatchObject({
      status: "Interrupted",
      summary: { succeeded: 1, notStarted: 1, failed: 0 },
    });
    emulator.faults.remove("throttle");
    const second = await up(emulator, first.kept, slow);
    expect(second.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)]]);
  });

  test.each(["RunCommand", "DescribeInstances", "DescribeCloudAssistantStatus"])(
    "credentials that end in mid-run, seen first at %s: red, Interrupted; the next up goes on by itself",
    async (action) => {
      emulator = await startVirtual({ instances: fleet(3) });
      const end = (): unknown =>
        emulator.faults.add({
          id: "expired",
          match: { action },
          effect: { kind: "credentialsExpire" },
        });
      const paused = { ...inputs, rollout: { batchSize: 1, pauseBetweenBatches: 10 } };
      const clock = timed(emulator, [{ afterMs: 5_000, run: end }]);
      const first = await up(emulator, undefined, paused, { clock });
      expect(first.failure?.message).toContain("InvalidSecurityToken.Expired");
      expect(stateOf(first.kept)).toMatchObject({
        status: "Interrupted",
        summary: { succeeded: 1, notStarted: 2, failed: 0 },
      });
      emulator.faults.remove("expired");
      const second = await up(emulator, first.kept, paused);
      expect(second.failure).toBeUndefined();
      expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)], [idOf(3)]]);
    },
  );

  test("credentials that end while a call is watched: red, Interrupted, and it is watched by the next up", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: exits(0, "", 60_000) }) });
    emulator.faults.add({
      id: "expired",
      match: { action: "DescribeInvocations", after: 4 },
      effect: { kind: "credentialsExpire" },
    });
    const first = await up(emulator, undefined, { ...inputs, timeout: 120 });
    expect(first.failure?.message).toContain("InvalidSecurityToken.Expired");
    expect(stateOf(first.kept)).toMatchObject({ status: "Interrupted", summary: { running: 1 } });
    emulator.faults.remove("expired");
    const second = await up(emulator, first.kept, { ...inputs, timeout: 120 });
    expect(second.failure).toBeUndefined();
    expect(launches(emulator)).toHaveLength(1);
  });

  test("SIGTERM: red, Interrupted at once; the next up goes on by itself", async () => {
    emulator = await startVirtual({
      instances: fleet(2).map((one) => ({ ...one, ...exits(0, "", 60_000) })),
    });
    const slow = { ...inputs, timeout: 120, rollout: { batchSize: 1 } };
    const process = newProcess(emulator, {
      clock: timed(emulator, [
        { afterMs: 20_000, run: () => process.signals.abort("SIGTERM was received") },
      ]),
    });
    const before = emulator.clock.now();
    const first = await up(emulator, undefined, slow, { process });
    expect(emulator.clock.now() - before).toBeLessThan(30_000);
    expect(first.failure?.message).toContain("SIGTERM was received");
    expect(stateOf(first.kept)).toMatchObject({
      status: "Interrupted",
      summary: { running: 1, notStarted: 1 },
    });
    const second = await up(emulator, first.kept, slow);
    expect(second.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)]]);
  });

  test("SIGINT: the batch in flight ends, no new one begins, red, Interrupted", async () => {
    emulator = await startVirtual({
      instances: fleet(2).map((one) => ({ ...one, ...exits(0, "", 60_000) })),
    });
    const slow = { ...inputs, timeout: 120, rollout: { batchSize: 1 } };
    const process = newProcess(emulator, {
      clock: timed(emulator, [
        { afterMs: 20_000, run: () => process.signals.windDown("SIGINT was received") },
      ]),
    });
    const first = await up(emulator, undefined, slow, { process });
    expect(stateOf(first.kept)).toMatchObject({
      status: "Interrupted",
      summary: { succeeded: 1, notStarted: 1 },
    });
    const second = await up(emulator, first.kept, slow);
    expect(second.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)]]);
  });

  test("engine gone: red, Interrupted, and nothing more is started", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    const one = { ...inputs, rollout: { batchSize: 1, pauseBetweenBatches: 60 } };
    const process = newProcess(emulator, {
      clock: timed(emulator, [{ afterMs: 30_000, run: () => process.leave() }]),
    });
    const first = await up(emulator, undefined, one, { process });
    expect(first.failure?.message).toContain("the Pulumi engine is gone");
    expect(launches(emulator)).toEqual([[idOf(1)]]);
    expect(stateOf(first.kept).status).toBe("Interrupted");
  });

  test("some still Running at wait.timeout: red, Interrupted, named; the next up watches them", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: exits(0, "late\n", 100_000) }) });
    const slow = { ...inputs, timeout: 200, wait: { timeout: 30 } };
    const first = await up(emulator, undefined, slow);
    expect(first.failure?.message).toContain(`still running: ${idOf(2)}`);
    expect(stateOf(first.kept)).toMatchObject({
      status: "Interrupted",
      summary: { succeeded: 2, running: 1, failed: 0 },
    });
    const second = await up(emulator, first.kept, { ...slow, wait: { timeout: 200 } });
    expect(second.failure).toBeUndefined();
    expect(launches(emulator)).toHaveLength(1);
    expect(rowsOf(second.kept)[idOf(2)]).toMatchObject({ status: "Success", output: "late\n" });
  });

  test("wait.timeout is for one call from its acceptance, and defaults to the command's timeout and 90 s", async () => {
    emulator = await startVirtual({
      instances: fleet(1, { 1: { ...exits(0, "", 1_000), agent: { fault: "never-closes" } } }),
    });
    const before = emulator.clock.now();
    const { kept } = await up(emulator, undefined, { ...inputs, timeout: 60 });
    expect(stateOf(kept).status).toBe("Interrupted");
    expect(emulator.clock.now() - before).toBeGreaterThanOrEqual(150_000);
    expect(emulator.clock.now() - before).toBeLessThan(170_000);
  });

  test("an Unknown row: red, Failed, named; nothing for it until released", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: exits(0, "", 3_600_000) }) });
    const slow = { ...inputs, timeout: 7_200, wait: { timeout: 30 } };
    const first = await up(emulator, undefined, slow);
    expect(stateOf(first.kept).status).toBe("Interrupted");
    await emulator.clock.advance(32 * day);
    const second = await up(emulator, first.kept, slow);
    const { holdId } = stateOf(second.kept);
    expect(second.failure?.message).toContain(
      `no record any more: nobody can say how it ended: ${idOf(2)}`,
    );
    expect(stateOf(second.kept)).toMatchObject({
      status: "Failed",
      holdReason: "unknown",
      summary: { succeeded: 1, unknown: 1, failed: 0 },
    });
    const third = await nothingMore(second.kept, { timeout: 7_200, wait: { timeout: 30 } });
    expect(third.failure).toBeDefined();
    expect(stateOf(third.kept)).toMatchObject({ status: "Failed", holdId });
    // A refresh clears Pulumi's own note of the failure; the ledger still says it.
    const refreshed = await refresh(emulator, third.kept!);
    const fourth = await nothingMore(refreshed, { timeout: 7_200, wait: { timeout: 30 } });
    expect(fourth.failure).toBeDefined();
    change(emulator, 2, exits(0));
    const released = await up(emulator, fourth.kept, slow, {
      env: { CLOUD_ASSISTANT_RESUME: holdId },
    });
    expect(released.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(2)]]);
    expect(rowsOf(released.kept)[idOf(2)]).toMatchObject({ status: "Success", attempt: 2 });
  });

  test("an Unknown row can be abandoned", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: exits(0, "", 3_600_000) }) });
    const slow = { ...inputs, timeout: 7_200, wait: { timeout: 30 } };
    const first = await up(emulator, undefined, slow);
    await emulator.clock.advance(32 * day);
    const second = await up(emulator, first.kept, slow);
    const third = await up(emulator, second.kept, slow, {
      env: { CLOUD_ASSISTANT_ABANDON: stateOf(second.kept).holdId },
    });
    expect(third.failure).toBeUndefined();
    expect(stateOf(third.kept).status).toBe("Abandoned");
  });

  test("an Unknown row beside failures above the budget: the failed ones run, and only those", async () => {
    emulator = await startVirtual({
      instances: fleet(3, { 2: failsFirst(1), 3: exits(0, "", 3_600_000) }),
    });
    const slow = { ...inputs, timeout: 7_200, wait: { timeout: 30 } };
    const first = await up(emulator, undefined, slow);
    await emulator.clock.advance(32 * day);
    const second = await up(emulator, first.kept, slow);
    expect(stateOf(second.kept)).toMatchObject({
      status: "Failed",
      summary: { failed: 1, unknown: 1 },
    });
    emulator.requests.clear();
    const third = await up(emulator, second.kept, slow);
    expect(launches(emulator)).toEqual([[idOf(2)]]);
    expect(stateOf(third.kept)).toMatchObject({
      status: "Failed",
      summary: { succeeded: 2, failed: 0, unknown: 1 },
    });
  });

  test("a finished run stays finished, also when its record has expired", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, inputs);
    await emulator.clock.advance(40 * day);
    const { invokeId = "" } = emulator.requests.list({ action: launchActions })[0]!;
    const left = await otherClient(emulator, "DescribeInvocations", { invokeId });
    expect(left.invocations?.invocation).toEqual([]);
    const second = await nothingMore(await refresh(emulator, first.kept!));
    expect(second.operation).toBe("same");
    expect(stateOf(second.kept).status).toBe("Success");
  });

  test("stopped from elsewhere: red, Held; nothing is called until released", async () => {
    emulator = await startVirtual({
      instances: fleet(3).map((one) => ({ ...one, ...exits(0, "", 60_000) })),
    });
    const slow = { ...inputs, timeout: 120, rollout: { batchSize: 1 } };
    const stop = async (): Promise<void> => {
      const { invokeId = "", params } = emulator.requests.list({ action: launchActions }).at(-1)!;
      const tags = Object.entries(params);
      const runId = tags.find(([key]) => key === "Tag.2.Value")![1];
      await otherClient(emulator, "TagResources", {
        resourceType: "invocation",
        resourceId: [invokeId],
        tag: [{ key: "pulumi-cloud-assistant:hold", value: `${runId}.stopstop` }],
      });
      await otherClient(emulator, "StopInvocation", { invokeId, instanceId: idsIn(params) });
    };
    const clock = timed(emulator, [{ afterMs: 20_000, run: stop }]);
    const first = await up(emulator, undefined, slow, { clock });
    const { holdId } = stateOf(first.kept);
    expect(holdId.endsWith(".stopstop")).toBe(true);
    expect(stateOf(first.kept)).toMatchObject({
      status: "Held",
      holdReason: "stop",
      summary: { failed: 1, notStarted: 2 },
    });
    const second = await nothingMore(first.kept, { timeout: 120, rollout: { batchSize: 1 } });
    expect(second.failure).toBeDefined();
    const third = await up(emulator, second.kept, slow, {
      env: { CLOUD_ASSISTANT_RESUME: holdId },
    });
    expect(third.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)], [idOf(3)]]);
  });
});

describe("wait.for", () => {
  test("acceptance of a run now: green once every member is past Pending; later ends come by refresh", async () => {
    emulator = await startVirtual({
      instances: fleet(2, { 1: exits(0, "", 600_000), 2: exits(3, "", 600_000) }),
    });
    const inputs = { script, targets: tagged, timeout: 3_600, wait: { for: "acceptance" } };
    const before = emulator.clock.now();
    const first = await up(emulator, undefined, inputs);
    expect(first.failure).toBeUndefined();
    expect(emulator.clock.now() - before).toBeLessThan(10_000);
    expect(stateOf(first.kept)).toMatchObject({ status: "Success", summary: { running: 2 } });
    const second = await up(emulator, first.kept, inputs);
    expect(second.operation).toBe("same");
    await emulator.clock.advance(700_000);
    const refreshed = await refresh(emulator, second.kept!);
    expect(rowsOf(refreshed)[idOf(2)]).toMatchObject({ status: "Failed", exitCode: 3 });
    const third = await up(emulator, refreshed, inputs);
    expect(third.operation).toBe("same");
    expect(launches(emulator)).toHaveLength(1);
  });

  test("acceptance that becomes completion is saved: nothing is called, and green stays green", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: exits(3, "", 600_000) }) });
    const inputs = { script, targets: tagged, timeout: 3_600 };
    const first = await up(emulator, undefined, { ...inputs, wait: { for: "acceptance" } });
    emulator.requests.clear();
    const second = await up(emulator, first.kept, inputs);
    expect(second.failure).toBeUndefined();
    expect(stateOf(second.kept).status).toBe("Success");
    await emulator.clock.advance(700_000);
    const refreshed = await refresh(emulator, second.kept!);
    const third = await up(emulator, refreshed, { ...inputs, timeout: 3_000 });
    expect(third.failure).toBeUndefined();
    expect(stateOf(third.kept)).toMatchObject({ status: "Success", summary: { failed: 1 } });
    expect((await up(emulator, third.kept, { ...inputs, timeout: 3_000 })).operation).toBe("same");
    expect(launches(emulator)).toEqual([]);
  });

  test("acceptance that does not come: red, Interrupted", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: { agent: { mode: "silent" } } }) });
    const inputs = { script, targets: tagged, wait: { for: "acceptance", timeout: 20 } };
    const { kept } = await up(emulator, undefined, inputs);
    expect(stateOf(kept)).toMatchObject({ status: "Interrupted", summary: { running: 1 } });
  });
});

import type { Emulator } from "cloud-assistant-emulator";
import type { RawCall } from "../../provider/src/client/retrying-api.js";
import { exits, fleet, idOf, idsOf, script, tagged } from "../support/fleet.js";
import {
  idsIn,
  launches,
  launchActions,
  mutatingCalls,
  newProcess,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  virtualClock,
  type Kept,
  type Process,
} from "../support/lifecycle.js";
import { timed } from "../support/timed.js";
import { Mortal } from "./chaos/mortal.js";

jest.setTimeout(60_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const offline = { agent: { mode: "offline" as const } };
const stopped = { power: "Stopped" as const };
const bare = { agent: { installed: false } };

describe("the sweep", () => {
  test("too many unready: nothing runs, and the error lists who and why", async () => {
    emulator = await startVirtual({
      instances: fleet(4, { 2: stopped, 3: offline, 4: { osType: "windows" } }),
    });
    const inputs = { script, targets: tagged, readiness: { wait: 5 } };
    const { kept, failure } = await up(emulator, undefined, inputs);
    expect(kept).toBeUndefined();
    expect(failure?.message).toContain("Given: 3 not ready. Allowed: 0 (readiness.maxUnready)");
    expect(failure?.message).toContain(`${idOf(2)} is Stopped`);
    expect(failure?.message).toContain(`${idOf(3)} has no Cloud Assistant client running`);
    expect(failure?.message).toContain(
      `${idOf(4)} runs windows, which cannot run a RunShellScript command`,
    );
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("too many unready in an update: the state stays as it was, and the next up tries again", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const inputs = { script, targets: tagged, readiness: { wait: 0 } };
    const first = await up(emulator, undefined, inputs);
    emulator.instances.agent(idOf(2), { mode: "offline" });
    await emulator.clock.advance(180_000);
    const changed = { ...inputs, script: { content: "echo other\n" } };
    const second = await up(emulator, first.kept, changed);
    expect(second.failure?.message).toContain("Given: 1 not ready");
    expect(stateOf(second.kept)).toMatchObject({
      status: "Success",
      runId: stateOf(first.kept).runId,
    });
    emulator.instances.agent(idOf(2), { mode: "online" });
    const third = await up(emulator, second.kept, changed);
    expect(third.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([idsOf(1, 2), idsOf(1, 2)]);
  });

  test.each(["a create", "an update that goes on"])(
    "too many unready behind what %s has taken over: that is watched and saved",
    async (which) => {
      emulator = await startVirtual({ instances: fleet(3, { 2: exits(0, "", 600_000) }) });
      const each = {
        script,
        targets: { instanceIds: idsOf(1, 3) },
        timeout: 6_000,
        rollout: { batchSize: 1 },
        readiness: { wait: 0 },
      };
      let kept: Kept | undefined;
      if (which !== "a create") {
        const process: Process = newProcess(emulator, {
          clock: timed(emulator, [
            { afterMs: 100, run: () => process.signals.windDown("SIGINT was received") },
          ]),
        });
        kept = (await up(emulator, undefined, each, { process })).kept;
        expect(launches(emulator)).toEqual([[idOf(1)]]);
      }
      const mortal = new Mortal({ at: "after-mutating", nth: which === "a create" ? 2 : 1 });
      const clock = mortal.clock(virtualClock(emulator));
      up(emulator, kept, each, { clock, around: mortal.around }).catch(() => undefined);
      await mortal.death;
      emulator.instances.agent(idOf(3), { mode: "offline" });
      await emulator.clock.advance(300_000);
      const next = await up(emulator, kept, each);
      expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)]]);
      expect(next.failure?.message).toContain(`${idOf(3)} has no Cloud Assistant client running`);
      const made = emulator.invocations().map(({ invokeId }) => invokeId);
      expect([...stateOf(next.kept).invocationIds].sort()).toEqual(made.sort());
      expect(stateOf(next.kept)).toMatchObject({
        status: "Interrupted",
        summary: { succeeded: 2, notStarted: 1 },
      });
    },
  );

  test("unready members within maxUnready are rows of their own, counted apart from failures", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: stopped }) });
    const inputs = { script, targets: tagged, readiness: { wait: 0, maxUnready: 1 } };
    const { kept, failure } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(1), idOf(3)]]);
    expect(rowsOf(kept)[idOf(2)]).toEqual({
      status: "Unready",
      attempt: 0,
      errorCode: "NotReady",
      errorInfo: "is Stopped",
    });
    expect(stateOf(kept)).toMatchObject({
      status: "Success",
      summary: { members: 3, succeeded: 2, unready: 1, failed: 0 },
    });
  });

  test("maxUnready in percent is of the members, rounded down", async () => {
    emulator = await startVirtual({ instances: fleet(5, { 1: stopped, 2: stopped }) });
    const inputs = { script, targets: tagged };
    const tight = { ...inputs, readiness: { wait: 0, maxUnready: "39%" } };
    const refused = await up(emulator, undefined, tight);
    expect(refused.failure?.message).toContain("Given: 2 not ready. Allowed: 1");
    const wide = { ...inputs, readiness: { wait: 0, maxUnready: "40%" } };
    const { kept } = await up(emulator, undefined, wide);
    expect(stateOf(kept)).toMatchObject({ status: "Success", summary: { unready: 2 } });
  });

  test("without options it changes nothing, and waits for what is starting", async () => {
    emulator = await startVirtual({
      instances: fleet(2, { 2: stopped }),
      limits: { startingMs: 40_000, agentStartMs: 20_000 },
    });
    emulator.instances.boot(idOf(2));
    const before = emulator.clock.now();
    const { kept, failure, lines } = await up(emulator, undefined, { script, targets: tagged });
    expect(failure).toBeUndefined();
    expect(emulator.clock.now() - before).toBeGreaterThan(60_000);
    expect(emulator.clock.now() - before).toBeLessThan(80_000);
    expect(lines.join("\n")).toContain(`waits up to 300 s for ${idOf(2)}`);
    expect(stateOf(kept).summary.succeeded).toBe(2);
    expect(mutatingCalls(emulator)).toEqual(["RunCommand"]);
  });

  test("it waits no longer than readiness.wait", async () => {
    emulator = await startVirtual({
      instances: fleet(1, { 1: stopped }),
      limits: { startingMs: 600_000 },
    });
    emulator.instances.boot(idOf(1));
    const before = emulator.clock.now();
    const inputs = { script, targets: tagged, readiness: { wait: 30 } };
    const { failure } = await up(emulator, undefined, inputs);
    expect(failure?.message).toContain(`${idOf(1)} is Starting`);
    expect(emulator.clock.now() - before).toBeLessThan(32_000);
  });

  test("a machine that is off is not waited for: nobody starts it", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: stopped }) });
    const before = emulator.clock.now();
    const { failure } = await up(emulator, undefined, { script, targets: tagged });
    expect(failure?.message).toContain("is Stopped");
    expect(emulator.clock.now() - before).toBeLessThan(5_000);
  });

  test("SIGINT ends the waiting, and nothing is called", async () => {
    emulator = await startVirtual({
      instances: fleet(1, { 1: stopped }),
      limits: { startingMs: 600_000 },
    });
    emulator.instances.boot(idOf(1));
    const before = emulator.clock.now();
    const process = newProcess(emulator, {
      clock: timed(emulator, [
        { afterMs: 20_000, run: () => process.signals.windDown("SIGINT was received") },
      ]),
    });
    const { failure } = await up(emulator, undefined, { script, targets: tagged }, { process });
    expect(failure).toBeDefined();
    expect(emulator.clock.now() - before).toBeLessThan(40_000);
    expect(mutatingCalls(emulator)).toEqual([]);
  });
});

describe("readiness.start", () => {
  const inputs = { script, targets: tagged, readiness: { start: true } };

  test("starts machines that are off, once, and runs when their clients are there", async () => {
    emulator = await startVirtual({
      instances: fleet(3, { 2: stopped, 3: stopped }),
      limits: { startingMs: 30_000, agentStartMs: 10_000 },
    });
    const { kept, failure, lines } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(mutatingCalls(emulator)).toEqual(["StartInstances", "RunCommand"]);
    expect(idsIn(emulator.requests.list({ action: "StartInstances" })[0]!.params)).toEqual(
      idsOf(2, 3),
    );
    expect(lines.join("\n")).toContain(`starts ${idOf(2)}, ${idOf(3)}`);
    expect(stateOf(kept).summary.succeeded).toBe(3);
  });

  test("an answer that is lost starts nothing twice, and the run goes on", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 1: stopped, 2: stopped }) });
    emulator.faults.add({
      match: { action: "StartInstances", nth: 1 },
      effect: { kind: "dropAfterCommit" },
    });
    const { kept, failure } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(stateOf(kept).summary.succeeded).toBe(2);
    expect(emulator.instances.list().map(({ bootCount }) => bootCount)).toEqual([1, 1]);
  });

  test("a hundred a call", async () => {
    const instances = fleet(130).map((seed) => ({ ...seed, ...stopped }));
    emulator = await startVirtual({ instances });
    const many = { ...inputs, targets: { ...tagged, expect: { max: 130 } } };
    const { kept } = await up(emulator, undefined, many);
    const calls = emulator.requests.list({ action: "StartInstances" });
    expect(calls.map(({ params }) => idsIn(params).length)).toEqual([100, 30]);
    expect(stateOf(kept).summary.succeeded).toBe(130);
  });

  test("one that may not start says why, and is not waited for", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: stopped }) });
    emulator.faults.add({
      match: { action: "StartInstances" },
      effect: { kind: "setField", field: "Code", value: "InsufficientBalance" },
    });
    // What was refused stays as it was.
    emulator.limits.set({ startingMs: 3_600_000 });
    const around = (raw: RawCall): RawCall => stayStopped(raw);
    const before = emulator.clock.now();
    const { failure } = await up(emulator, undefined, inputs, { around });
    expect(failure?.message).toContain(
      `${idOf(2)} is Stopped and could not be started (InsufficientBalance`,
    );
    expect(emulator.clock.now() - before).toBeLessThan(60_000);
    expect(launches(emulator)).toEqual([]);
  });

  /** The emulator has started it all the same; the reads are to say that it is off. */
  function stayStopped(raw: RawCall): RawCall {
    emulator.faults.add({
      match: { action: "DescribeInstances" },
      effect: {
        kind: "setField",
        field: "Instances.Instance.Status",
        value: "Stopped",
        where: { InstanceId: idOf(2) },
      },
    });
    return raw;
  }

  test("with the engine gone nothing is started", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: stopped }) });
    const process = newProcess(emulator);
    process.leave();
    await up(emulator, undefined, inputs, { process });
    expect(mutatingCalls(emulator)).toEqual([]);
  });
});

describe("readiness.install", () => {
  const inputs = { script, targets: tagged, readiness: { install: "with-reboot" } };

  test("installs the client and reboots, since it takes effect only then", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: bare }) });
    const { kept, failure, lines } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(mutatingCalls(emulator)).toEqual([
      "InstallCloudAssistant",
      "RebootInstances",
      "RunCommand",
    ]);
    expect(lines.join("\n")).toContain(`installs the client on, and reboots, ${idOf(2)}`);
    expect(stateOf(kept).summary.succeeded).toBe(2);
  });

  test("a reboot whose answer is lost is not asked for again, and the run goes on", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: bare }) });
    emulator.faults.add({
      match: { action: "RebootInstances", nth: 1 },
      effect: { kind: "dropAfterCommit" },
    });
    const { failure } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(emulator.requests.list({ action: "RebootInstances" })).toHaveLength(1);
  });

  test("a reboot that is throttled was none: it is asked for again", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: bare }) });
    emulator.faults.add({
      match: { action: "RebootInstances", nth: 1 },
      effect: { kind: "error", status: 400, code: "Throttling.User" },
    });
    const { failure } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(emulator.requests.list({ action: "RebootInstances" })).toHaveLength(2);
  });

  test("without it a machine without a client is unready, and nothing is changed", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: bare }) });
    const { failure } = await up(emulator, undefined, {
      script,
      targets: tagged,
      readiness: { wait: 20 },
    });
    expect(failure?.message).toContain("has no Cloud Assistant client running");
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("a machine that was just started has its client's time: it is not rebooted for nothing", async () => {
    emulator = await startVirtual({
      instances: fleet(1, { 1: stopped }),
      limits: { startingMs: 20_000, agentStartMs: 30_000 },
    });
    const both = { ...inputs, readiness: { start: true, install: "with-reboot" } };
    const { kept } = await up(emulator, undefined, both);
    expect(mutatingCalls(emulator)).toEqual(["StartInstances", "RunCommand"]);
    expect(stateOf(kept).summary.succeeded).toBe(1);
  });
});

describe("each batch is looked at again right before its call", () => {
  test("what fell out of readiness meanwhile is taken out, and the rest goes on", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 1: exits(0, "", 60_000) }) });
    const inputs = {
      script,
      targets: tagged,
      rollout: { batchSize: 1 },
      timeout: 120,
      readiness: { maxUnready: 1 },
    };
    const clock = timed(emulator, [
      { afterMs: 10_000, run: () => emulator.instances.stop(idOf(3)) },
    ]);
    const { kept, failure } = await up(emulator, undefined, inputs, { clock });
    expect(failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)], [idOf(4)]]);
    expect(rowsOf(kept)[idOf(3)]).toMatchObject({ status: "Unready", errorInfo: "is Stopped" });
    expect(stateOf(kept)).toMatchObject({
      status: "Success",
      summary: { succeeded: 3, unready: 1 },
    });
  });

  test("more than maxUnready of them end as Interrupted, and the next up tries them again", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 1: exits(0, "", 60_000) }) });
    const inputs = { script, targets: tagged, rollout: { batchSize: 1 }, timeout: 120 };
    const clock = timed(emulator, [
      { afterMs: 10_000, run: () => emulator.instances.stop(idOf(3)) },
    ]);
    const first = await up(emulator, undefined, inputs, { clock });
    expect(stateOf(first.kept)).toMatchObject({ status: "Interrupted", summary: { unready: 1 } });
    expect(first.failure?.message).toContain(`not ready (NotReady: is Stopped): ${idOf(3)}`);
    emulator.instances.boot(idOf(3));
    const second = await up(emulator, first.kept, inputs);
    expect(second.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)], [idOf(3)]]);
  });

  test("a selected member that is gone by then is Gone; a declared one has failed", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 1: exits(0, "", 60_000) }) });
    const clock = timed(emulator, [
      {
        afterMs: 10_000,
        run: () => {
          emulator.instances.remove(idOf(3));
          emulator.instances.remove(idOf(4));
        },
      },
    ]);
    const { kept } = await up(
      emulator,
      undefined,
      {
        script,
        targets: { ...tagged, instanceIds: [idOf(1), idOf(2), idOf(3)] },
        rollout: { batchSize: 1, maxFailures: 1 },
        timeout: 120,
      },
      { clock },
    );
    expect(rowsOf(kept)[idOf(3)]).toMatchObject({
      status: "Aborted",
      errorCode: "InstanceNotExists",
      attempt: 0,
    });
    expect(rowsOf(kept)[idOf(4)]).toEqual({ status: "Gone", attempt: 0 });
    expect(stateOf(kept)).toMatchObject({
      status: "PartialFailed",
      summary: { failed: 1, gone: 1 },
    });
  });
});

describe.each(["fails-call", "fails-instance"] as const)(
  "a call that is refused for one instance (oneBadInstance: %s)",
  (oneBadInstance) => {
    /** Just before the first launch something happens to the fleet. */
    const beforeLaunch =
      (happens: () => void) =>
      (raw: RawCall): RawCall => {
        let done = false;
        return (action, request) => {
          if (!done && launchActions.includes(action)) {
            done = true;
            happens();
          }
          return raw(action, request);
        };
      };

    test("names none: the batch is read again, what no longer fits is taken out, the rest goes on", async () => {
      emulator = await startVirtual({ instances: fleet(3), limits: { oneBadInstance } });
      const around = beforeLaunch(() => emulator.instances.remove(idOf(2)));
      const { kept } = await up(
        emulator,
        undefined,
        { script, targets: { instanceIds: idsOf(1, 3) }, rollout: { maxFailures: 1 } },
        { around },
      );
      const calls = emulator.requests.list({ action: launchActions });
      const asked = calls.map(({ params }) => idsIn(params));
      expect(asked).toEqual(
        oneBadInstance === "fails-call" ? [idsOf(1, 3), [idOf(1), idOf(3)]] : [idsOf(1, 3)],
      );
      expect(rowsOf(kept)[idOf(1)]!.status).toBe("Success");
      expect(rowsOf(kept)[idOf(2)]).toMatchObject({
        status: "Aborted",
        errorCode: "InstanceNotExists",
      });
      expect(rowsOf(kept)[idOf(3)]!.status).toBe("Success");
      expect(stateOf(kept).status).toBe("PartialFailed");
    });

    test("if nothing is found, all targets of the call carry the error; it is never bisected", async () => {
      emulator = await startVirtual({ instances: fleet(4), limits: { oneBadInstance } });
      emulator.faults.add({
        match: { action: "RunCommand", nth: 1 },
        effect: { kind: "error", status: 404, code: "InvalidInstance.NotFound" },
      });
      const { kept } = await up(emulator, undefined, {
        script,
        targets: tagged,
        rollout: { batchSize: 2, maxFailures: 2 },
      });
      const asked = emulator.requests
        .list({ action: launchActions })
        .map(({ params }) => idsIn(params));
      expect(asked).toEqual([idsOf(1, 2), idsOf(3, 4)]);
      for (const id of idsOf(1, 2)) {
        expect(rowsOf(kept)[id]).toMatchObject({
          status: "Invalid",
          errorCode: "InvalidInstance.NotFound",
        });
      }
      expect(stateOf(kept)).toMatchObject({
        status: "PartialFailed",
        summary: { succeeded: 2, failed: 2 },
      });
    });

    test("a refusal counts against the budget like any failure", async () => {
      emulator = await startVirtual({ instances: fleet(4), limits: { oneBadInstance } });
      emulator.faults.add({
        match: { action: "RunCommand", nth: 2 },
        effect: { kind: "error", status: 404, code: "InvalidInstance.NotFound" },
      });
      const { kept } = await up(emulator, undefined, {
        script,
        targets: tagged,
        rollout: { batchSize: 1 },
      });
      expect(stateOf(kept)).toMatchObject({
        status: "Held",
        summary: { succeeded: 1, failed: 1, notStarted: 2 },
      });
    });
  },
);

test("a call that is refused for another reason, and nothing else was accepted, is a plain error", async () => {
  emulator = await startVirtual({ instances: fleet(4) });
  emulator.faults.add({
    match: { action: "RunCommand" },
    effect: { kind: "error", status: 403, code: "CmdContent.ExceedLimit", message: "too long" },
  });
  const { kept, failure } = await up(emulator, undefined, {
    script,
    targets: tagged,
    rollout: { batchSize: 1 },
  });
  expect(kept).toBeUndefined();
  expect(failure?.message).toContain("CmdContent.ExceedLimit");
  expect(failure?.message).toContain("RequestId");
  // The budget of 0 ends it with the first.
  expect(emulator.requests.list({ action: launchActions })).toHaveLength(1);
});

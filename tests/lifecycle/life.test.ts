/** The events in the life of a run now: what each of them calls, says and saves. */
import type { Emulator } from "cloud-assistant-emulator";
import { exits, failsFirst, fleet, idOf, idsOf, script, tagged } from "../support/fleet.js";
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
} from "../support/lifecycle.js";
import { cli } from "../support/cli.js";
import { otherClient, timed } from "../support/timed.js";
import { killed } from "./chaos/killed.js";
import type { KillPoint } from "../support/kill-points.js";
import type { Kept, UpEnd } from "../support/lifecycle.js";

jest.setTimeout(60_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const inputs = { script, targets: tagged };
const other = { content: "echo other\n" };
const superseded = "pulumi-cloud-assistant:superseded";
const slow = exits(0, "", 60_000);

/** One `up` whose process dies at a point; what it would have saved is lost. */
function killedUp(
  kept: Kept | undefined,
  given: Record<string, unknown>,
  point: KillPoint,
): Promise<void> {
  return killed(emulator, point, (process) => up(emulator, kept, given, { process }));
}

/** One `up` that is told to end at once while its call runs. */
function cutUp(given: Record<string, unknown>): Promise<UpEnd> {
  const cut = { afterMs: 5_000, run: () => process.signals.abort("SIGTERM was received") };
  const process = newProcess(emulator, { clock: timed(emulator, [cut]) });
  return up(emulator, undefined, given, { process });
}

function living(): string[] {
  const open = ["Pending", "Running", "Scheduled", "Stopping"];
  return emulator
    .tasks()
    .filter(({ status }) => open.includes(status))
    .map(({ instanceId }) => instanceId);
}

function actions(): string[] {
  return emulator.requests.list().map(({ action }) => action);
}

describe("create", () => {
  test("looks at the machines, then at the quota, then calls, watches and reads the output", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    await up(emulator, undefined, inputs);
    const order = [
      "DescribeCloudAssistantStatus",
      "RunCommand",
      "DescribeInvocations",
      "DescribeInvocationResults",
    ];
    const seen = actions();
    const last = order.map((action) => seen.lastIndexOf(action));
    expect(last).toEqual([...last].sort((a, b) => a - b));
    expect(last).not.toContain(-1);
    // Its limit is known since the check: one read serves both.
    expect(seen.filter((action) => action === "DescribeAccountAttributes")).toHaveLength(1);
    expect(seen.indexOf("DescribeAccountAttributes")).toBeLessThan(seen.indexOf("RunCommand"));
  });

  test("failures are grouped by exit code and last line; at most twenty lines name machines, then counts", async () => {
    const special = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [
        n + 1,
        n < 6 ? exits(3, "disk full\n") : exits(4, `broken in way ${n}\n`),
      ]),
    );
    emulator = await startVirtual({ instances: fleet(30, special) });
    const { failure } = await up(emulator, undefined, inputs);
    const lines = failure!.message.split("\n");
    expect(lines[1]).toBe(
      `6 × Failed (exit code 3), last output: disk full: ${idsOf(1, 5).join(", ")} and 1 more`,
    );
    expect(lines.filter((line) => line.includes("×"))).toHaveLength(20);
    expect(lines.at(-1)).toBe("and 5 more, in 5 other ways");
  });

  test("each batch has a line, and each but the last says that Ctrl-C twice stops here", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    const { lines } = await up(emulator, undefined, { ...inputs, rollout: { batchSize: 2 } });
    expect(lines.slice(-2)).toEqual([
      "run: batch 1 of 2: 2 succeeded; 2 of 3 done (Ctrl-C twice stops here)",
      "run: batch 2 of 2: 1 succeeded; 3 of 3 done",
    ]);
  });
});

describe("killed", () => {
  const points: KillPoint[] = [
    { at: "before-mutating", nth: 1 },
    { at: "after-mutating", nth: 1 },
    { at: "after-look", nth: 3 },
  ];
  test.each(points)(
    "a create killed %j: the next up runs each machine once, and is green",
    async (point) => {
      emulator = await startVirtual({ instances: fleet(3, { 1: slow, 2: slow, 3: slow }) });
      await killedUp(undefined, inputs, point);
      const next = await up(emulator, undefined, inputs);
      expect(next.failure).toBeUndefined();
      expect(launches(emulator)).toEqual([idsOf(1, 3)]);
      expect(stateOf(next.kept)).toMatchObject({ status: "Success", summary: { succeeded: 3 } });
    },
  );

  test("an update killed after its call, with the same inputs again, is gone on with", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, inputs);
    const changed = { ...inputs, script: other };
    await killedUp(first.kept, changed, { at: "after-mutating", nth: 2 });
    const next = await up(emulator, first.kept, changed);
    expect(next.failure).toBeUndefined();
    expect(launches(emulator)).toHaveLength(2);
  });
});

describe("an update killed after its call, whose inputs go back to the saved ones", () => {
  async function wentBack(): Promise<Kept> {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, inputs);
    await killedUp(first.kept, { ...inputs, script: other }, { at: "after-mutating", nth: 2 });
    return first.kept!;
  }

  test("is no change for Pulumi, and a replace runs them anew", async () => {
    const kept = await wentBack();
    const same = await up(emulator, kept, inputs);
    expect(same.operation).toBe("same");
    await destroy(emulator, same.kept!);
    const anew = await up(emulator, undefined, inputs);
    expect(anew.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([idsOf(1, 2), idsOf(1, 2), idsOf(1, 2)]);
    const current = emulator.invocations().filter(({ tags }) => tags[superseded] === undefined);
    expect(current.map(({ invokeId }) => invokeId)).toEqual(stateOf(anew.kept).invocationIds);
  });

  test("is found by a refresh, announced, set aside by the next up, and runs them anew", async () => {
    const kept = await wentBack();
    const left = emulator.invocations().at(-1)!.invokeId;
    emulator.requests.clear();
    const refreshed = await refresh(emulator, kept);
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(stateOf(refreshed).strays).toEqual([left]);
    const again = await refresh(emulator, refreshed);
    expect(again).toEqual(refreshed);
    emulator.requests.clear();
    const next = await up(emulator, again, inputs);
    expect(next.lines).toContain(
      `run: runs anew, since an interrupted update left ${left}, which is set aside`,
    );
    expect(mutatingCalls(emulator)).toEqual(["TagResources", "RunCommand"]);
    expect(launches(emulator)).toEqual([idsOf(1, 2)]);
    expect(stateOf(next.kept)).toMatchObject({ status: "Success" });
    expect(stateOf(next.kept).strays).toBeUndefined();
    const current = emulator.invocations().filter(({ tags }) => tags[superseded] === undefined);
    expect(current.map(({ invokeId }) => invokeId)).toEqual(stateOf(next.kept).invocationIds);
    expect((await up(emulator, next.kept, inputs)).operation).toBe("same");
  });

  test("is found by a refresh, and gone on with where the new inputs come again after all", async () => {
    const kept = await wentBack();
    const refreshed = await refresh(emulator, kept);
    emulator.requests.clear();
    const next = await up(emulator, refreshed, { ...inputs, script: other });
    expect(launches(emulator)).toEqual([]);
    expect(stateOf(next.kept)).toMatchObject({ status: "Success" });
    expect(stateOf(next.kept).strays).toBeUndefined();
  });

  test("is a schedule: a refresh finds it, the next up stops it before it marks it", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, inputs);
    const nightly = { ...inputs, schedule: { cron: "0 0 3 * * ?", timezone: "UTC" } };
    await killedUp(first.kept, nightly, { at: "after-mutating", nth: 2 });
    expect(living()).toEqual(idsOf(1, 2));
    const refreshed = await refresh(emulator, first.kept!);
    expect(living()).toEqual(idsOf(1, 2));
    emulator.requests.clear();
    await killedUp(refreshed, inputs, { at: "after-mutating", nth: 1 });
    const next = await up(emulator, refreshed, inputs);
    expect(mutatingCalls(emulator)[0]).toBe("StopInvocation");
    expect(living()).toEqual([]);
    expect(launches(emulator)).toEqual([idsOf(1, 2)]);
    expect(stateOf(next.kept).status).toBe("Success");
  });

  test("waits for a release where the saved run is held", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 1: exits(3) }) });
    const careful = { ...inputs, rollout: { batchSize: 1 } };
    const first = await up(emulator, undefined, careful);
    const { holdId, status } = stateOf(first.kept);
    expect(status).toBe("Held");
    await killedUp(first.kept, { ...careful, script: other }, { at: "after-mutating", nth: 2 });
    const refreshed = await refresh(emulator, first.kept!);
    emulator.requests.clear();
    const held = await up(emulator, refreshed, careful);
    expect(held.lines).toContain(`run: held (${holdId}): nothing is called until it is released`);
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(stateOf(held.kept).strays).toHaveLength(1);
  });

  test("is found by the next change, and set aside", async () => {
    const kept = await wentBack();
    const changed = { ...inputs, script: { content: "echo third\n" } };
    const next = await up(emulator, kept, changed);
    expect(stateOf(next.kept).status).toBe("Success");
    const current = emulator.invocations().filter(({ tags }) => tags[superseded] === undefined);
    expect(current.map(({ invokeId }) => invokeId)).toEqual(stateOf(next.kept).invocationIds);
  });
});

describe("without tags", () => {
  const untagged = { ...inputs, ownership: "none" };

  test("a create killed after its call is not doubled: the same token is answered with the same run", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    await killedUp(undefined, untagged, { at: "after-mutating", nth: 1 });
    const next = await up(emulator, undefined, untagged);
    expect(next.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([idsOf(1, 2)]);
  });

  test("a fleet that moved since makes another call, so that machines run twice", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    await killedUp(undefined, untagged, { at: "after-mutating", nth: 1 });
    emulator.instances.add({ instanceId: idOf(3), tags: { role: "web" } });
    await up(emulator, undefined, untagged);
    expect(launches(emulator)).toEqual([idsOf(1, 2), idsOf(1, 3)]);
  });

  test("after a destroy the same run is answered with the old one; other triggers make another", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, untagged);
    await destroy(emulator, first.kept!);
    const second = await up(emulator, undefined, untagged);
    expect(emulator.invocations()).toHaveLength(1);
    await destroy(emulator, second.kept!);
    await up(emulator, undefined, { ...untagged, triggers: ["again"] });
    expect(emulator.invocations()).toHaveLength(2);
  });

  test("after a destroy the same run with another timeout is red, and says why and what to do", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, untagged);
    await destroy(emulator, first.kept!);
    const second = await up(emulator, undefined, { ...untagged, timeout: 90 });
    expect(second.failure?.message).toContain('with ownership: "none" it cannot be found');
    expect(second.failure?.message).toContain("change triggers");
    expect(emulator.invocations()).toHaveLength(1);
  });
});

describe("refresh", () => {
  test("brings what still ran up to date, and changes nothing else", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: slow }) });
    const patient = { ...inputs, wait: { timeout: 10 } };
    const first = await up(emulator, undefined, patient);
    expect(rowsOf(first.kept)[idOf(2)]!.status).toBe("Running");
    await emulator.clock.advance(120_000);
    emulator.requests.clear();
    const refreshed = await refresh(emulator, first.kept!);
    expect(rowsOf(refreshed)[idOf(2)]).toMatchObject({ status: "Success", exitCode: 0 });
    expect(mutatingCalls(emulator)).toEqual([]);
    const next = await up(emulator, refreshed, patient);
    expect(next.failure).toBeUndefined();
    expect(stateOf(next.kept).status).toBe("Success");
    expect(launches(emulator)).toEqual([]);
  });

  test("keeps the output of what has ended since", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: exits(3, "disk full\n", 60_000) }) });
    const patient = { ...inputs, wait: { timeout: 10 } };
    const first = await up(emulator, undefined, patient);
    await emulator.clock.advance(120_000);
    const refreshed = await refresh(emulator, first.kept!);
    expect(rowsOf(refreshed)[idOf(2)]).toMatchObject({ status: "Failed", output: "disk full\n" });
    const next = await up(emulator, refreshed, patient);
    expect(next.failure?.message).toContain("disk full");
  });

  test("of a finished run looks once for what is unknown, and changes nothing", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, inputs);
    emulator.requests.clear();
    const refreshed = await refresh(emulator, first.kept!);
    expect(emulator.requests.list().map(({ action }) => action)).toEqual([
      "GetCallerIdentity",
      "DescribeInvocations",
    ]);
    expect(refreshed.outputs).toEqual(first.kept!.outputs);
    // The record expires: what is finished stays finished.
    await emulator.clock.advance(40 * 24 * 3_600_000);
    expect((await refresh(emulator, refreshed)).outputs).toEqual(first.kept!.outputs);
    emulator.requests.clear();
    const again = await up(emulator, refreshed, inputs);
    expect(again.operation).toBe("same");
    expect(emulator.requests.list()).toEqual([]);
  });

  test("without permission to read is an error, never a resource that is gone", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: slow }) });
    const first = await up(emulator, undefined, { ...inputs, wait: { timeout: 5 } });
    emulator.faults.add({
      match: { action: "DescribeInvocations" },
      effect: { kind: "error", status: 403, code: "Forbidden.RAM", message: "not authorized" },
    });
    await expect(refresh(emulator, first.kept!)).rejects.toMatchObject({ code: "AccessDenied" });
  });
});

describe("update", () => {
  test("with a new run, what still runs of the earlier one is awaited first", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: slow }) });
    const first = await cutUp(inputs);
    expect(stateOf(first.kept).status).toBe("Interrupted");
    const next = await up(emulator, first.kept, { ...inputs, script: other });
    expect(next.lines.join("\n")).toContain("waits for what still runs of the earlier run: t-");
    const [before, after] = emulator.tasks().filter(({ instanceId }) => instanceId === idOf(2));
    expect(Date.parse(after!.acceptedAt)).toBeGreaterThanOrEqual(Date.parse(before!.finishedAt!));
    expect(stateOf(next.kept).status).toBe("Success");
    expect(mutatingCalls(emulator)).not.toContain("StopInvocation");
  });

  test("with a new run, what was dropped while it ran is awaited as well", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: slow }) });
    const on = (count: number) => ({ script, targets: { instanceIds: idsOf(1, count) } });
    const first = await up(emulator, undefined, { ...on(2), wait: { timeout: 5 } });
    const second = await up(emulator, first.kept, on(1));
    const third = await up(emulator, second.kept, { ...on(2), script: other });
    expect(third.lines.join("\n")).toContain("waits for what still runs of the earlier run: t-");
    const [before, after] = emulator.tasks().filter(({ instanceId }) => instanceId === idOf(2));
    expect(Date.parse(after!.acceptedAt)).toBeGreaterThanOrEqual(Date.parse(before!.finishedAt!));
  });

  test("with a new run, what still runs behind an abandoned hold is awaited as well", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 1: exits(3), 2: slow }) });
    const given = {
      script,
      targets: { instanceIds: idsOf(1, 3) },
      wait: { timeout: 20 },
      rollout: { batchSize: 2 },
    };
    const first = await up(emulator, undefined, given);
    const { holdId, status } = stateOf(first.kept);
    expect(status).toBe("Held");
    const env = { CLOUD_ASSISTANT_ABANDON: holdId };
    const second = await up(emulator, first.kept, given, { env });
    expect(stateOf(second.kept).status).toBe("Abandoned");
    expect(living()).toEqual([idOf(2)]);
    const anew = { ...given, wait: { timeout: 200 }, script: other };
    const third = await up(emulator, second.kept, anew);
    expect(third.lines.join("\n")).toContain("waits for what still runs of the earlier run: t-");
  });

  test("a hold that is set while a new run waits for the earlier one ends the wait, and nothing runs", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: exits(0, "", 3_000_000) }) });
    const given = { ...inputs, timeout: 6_000, wait: { timeout: 1_000 } };
    const first = await up(emulator, undefined, given);
    let stopped: Promise<Awaited<ReturnType<typeof cli>>> | undefined;
    const stop = (): void => {
      stopped = cli(emulator, ["stop", "run"], { kept: { run: first.kept } });
    };
    const process = newProcess(emulator, {
      clock: timed(emulator, [{ afterMs: 100_000, run: stop }]),
    });
    const second = await up(emulator, first.kept, { ...given, script: other }, { process });
    expect((await stopped!).err).toBe("");
    expect(living()).toEqual([]);
    const { status, holdId, script: kept } = stateOf(second.kept);
    expect([status, kept]).toEqual(["Held", script]);
    expect((await stopped!).out).toContain(holdId);
    expect(launches(emulator)).toHaveLength(1);
  });

  test("with a retry touches the rows in question only", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: failsFirst(1) }) });
    const first = await up(emulator, undefined, inputs);
    const before = rowsOf(first.kept);
    const next = await up(emulator, first.kept, inputs);
    const { [idOf(2)]: retried, ...rest } = rowsOf(next.kept);
    expect(retried).toMatchObject({ status: "Success", attempt: 2 });
    expect(rest).toEqual({ [idOf(1)]: before[idOf(1)], [idOf(3)]: before[idOf(3)] });
  });

  test.each([
    ["timeout", 120],
    ["terminationMode", "ProcessTree"],
    ["ossOutputDelivery", "oss://bucket/logs"],
    ["tags", { team: "web" }],
    ["successExitCodes", [0, 2]],
    ["rollout", { batchSize: 1 }],
    ["readiness", { wait: 5 }],
    ["retry", { attempts: 2 }],
    ["wait", { timeout: 30 }],
    ["quota", { onExceed: "warn" }],
    ["output", { capture: "none" }],
  ])("of %s alone is saved, and nothing is called", async (name, value) => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, inputs);
    emulator.requests.clear();
    const next = await up(emulator, first.kept, { ...inputs, [name]: value });
    expect(next.operation).toBe("update");
    expect(stateOf(next.kept)).toMatchObject({ status: "Success", [name]: value });
    expect(emulator.requests.list()).toEqual([]);
  });

  test("there and back and there again runs anew each time", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    let kept: Kept | undefined;
    for (const now of [script, other, script, other]) {
      kept = (await up(emulator, kept, { ...inputs, script: now })).kept;
    }
    expect(launches(emulator)).toEqual(Array.from({ length: 4 }, () => idsOf(1, 2)));
    expect(stateOf(kept).status).toBe("Success");
  });
});

describe("delete", () => {
  const brief = { ...inputs, wait: { timeout: 5 } };

  test("stops what is alive, waits for it, and marks the run", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: slow, 3: slow }) });
    const { kept } = await up(emulator, undefined, brief);
    expect(living()).toEqual(idsOf(2, 3));
    emulator.requests.clear();
    await destroy(emulator, kept!);
    expect(living()).toEqual([]);
    expect(mutatingCalls(emulator)).toEqual(["StopInvocation", "TagResources"]);
    expect(emulator.invocations().map(({ tags }) => tags[superseded])).toEqual(["true"]);
  });

  test("that does not see it stop in time fails, names who, and can be run again", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: slow }) });
    const { kept } = await cutUp(inputs);
    const before = emulator.clock.now();
    emulator.instances.agent(idOf(2), { fault: "never-closes" });
    await expect(destroy(emulator, kept!)).rejects.toMatchObject({
      code: "StopTimedOut",
      message: expect.stringContaining(`still running on ${idOf(2)}`) as string,
    });
    // The command's time-out of 60 s, and 90 s.
    expect(emulator.clock.now() - before).toBeGreaterThanOrEqual(150_000);
    expect(emulator.clock.now() - before).toBeLessThan(160_000);
    emulator.instances.agent(idOf(2), { fault: "none" });
    emulator.instances.remove(idOf(2));
    await destroy(emulator, kept!);
    expect(living()).toEqual([]);
  });

  test("counts a machine that is gone as stopped", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 1: slow, 2: slow }) });
    const { kept } = await up(emulator, undefined, brief);
    emulator.instances.remove(idOf(2));
    await destroy(emulator, kept!);
    expect(living()).toEqual([]);
  });

  test("waits as long as the command may take and 90 s, whatever wait.timeout says", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: slow }) });
    const { kept } = await up(emulator, undefined, {
      ...inputs,
      timeout: 900,
      wait: { timeout: 1 },
    });
    emulator.instances.agent(idOf(1), { fault: "never-closes" });
    const before = emulator.clock.now();
    await expect(destroy(emulator, kept!)).rejects.toMatchObject({ code: "StopTimedOut" });
    expect(emulator.clock.now() - before).toBeGreaterThanOrEqual(990_000);
    expect(emulator.clock.now() - before).toBeLessThan(1_010_000);
  });

  describe("stops also", () => {
    const on = (count: number) => ({
      script,
      targets: { instanceIds: idsOf(1, count) },
      timeout: 6_000,
      wait: { timeout: 10 },
    });
    const long = { 2: exits(0, "", 3_000_000) };

    test.each(["tags", "none"])(
      "who was dropped while it ran (ownership %s)",
      async (ownership) => {
        emulator = await startVirtual({ instances: fleet(2, long) });
        const first = await up(emulator, undefined, { ...on(2), ownership });
        const second = await up(emulator, first.kept, { ...on(1), ownership });
        expect(rowsOf(second.kept)[idOf(2)]!.status).toBe("Dropped");
        expect(living()).toEqual([idOf(2)]);
        await destroy(emulator, second.kept!);
        expect(living()).toEqual([]);
      },
    );

    test("who was no target any more when its call was taken over", async () => {
      emulator = await startVirtual({ instances: fleet(2, long) });
      await killedUp(undefined, on(2), { at: "after-mutating", nth: 1 });
      const { kept, failure } = await up(emulator, undefined, on(1));
      expect(failure).toBeUndefined();
      expect(living()).toEqual([idOf(2)]);
      await destroy(emulator, kept!);
      expect(living()).toEqual([]);
    });

    test("what a read did not show for so long that nobody could say how it ended", async () => {
      emulator = await startVirtual({ instances: fleet(2, long) });
      const first = await up(emulator, undefined, on(2));
      const blind = { ...on(2), wait: { timeout: 100 } };
      const second = await up(emulator, first.kept, blind, {
        around: (raw) => async (action, request) => {
          const answer = await raw(action, request);
          const byId = action === "DescribeInvocations" && "invokeId" in request;
          return byId ? { ...answer, invocations: { invocation: [] } } : answer;
        },
      });
      expect(rowsOf(second.kept)[idOf(2)]!.status).toBe("Unknown");
      await destroy(emulator, second.kept!);
      expect(living()).toEqual([]);
    });
  });

  test("of a run whose record is gone is a success", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: slow }) });
    const { kept } = await up(emulator, undefined, brief);
    expect(rowsOf(kept)[idOf(1)]!.status).toBe("Running");
    await emulator.clock.advance(40 * 24 * 3_600_000);
    const { invokeId = "" } = emulator.requests.list({ action: "RunCommand" })[0]!;
    const left = await otherClient(emulator, "DescribeInvocations", { invokeId });
    expect(left.invocations?.invocation).toEqual([]);
    await destroy(emulator, kept!);
    const changed = emulator.requests.list({ action: mutatingActions }).filter((r) => r.committed);
    expect(changed.map(({ action }) => action)).toEqual(["RunCommand"]);
  });
});

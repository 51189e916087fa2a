import type { Emulator } from "cloud-assistant-emulator";
import {
  destroy,
  newProcess,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
} from "../../support/lifecycle.js";
import {
  armedMembers,
  changes,
  fleet,
  idOf,
  reads,
  runsOf,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const inputs = (schedule: Record<string, unknown>) => ({ script, targets: web, schedule });

describe("at", () => {
  const at = inputs({ at: "2026-03-02T17:00:00+08:00" });

  test("runs once at its moment, and is finished then: nothing is armed again", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, at);
    const [sent] = emulator.requests.list({ action: "RunCommand" });
    expect(sent!.params.Frequency).toBe("at(2026-03-02 09:00:00 UTC)");
    expect(first.lines).toContain("run: next runs: 2026-03-02T09:00:00Z; then it is over");
    await emulator.clock.advanceTo("2026-03-02T09:01:00Z");
    expect(runsOf(emulator, idOf(1))).toEqual(["2026-03-02T09:00:00Z"]);
    emulator.requests.clear();
    // Without a refresh nobody has told the state, and it is no change all the same.
    expect((await up(emulator, first.kept, at)).operation).toBe("same");
    const refreshed = await refresh(emulator, first.kept!);
    expect(stateOf(refreshed).status).toBe("Finished");
    expect(rowsOf(refreshed)[idOf(2)]).toMatchObject({ status: "Success", exitCode: 0 });
    expect(refreshed.inputs.armed).toBe(true);
    emulator.requests.clear();
    expect((await up(emulator, refreshed, at)).operation).toBe("same");
    expect(emulator.requests.list()).toEqual([]);
    await emulator.clock.advance(40 * 86_400_000);
    const later = await refresh(emulator, refreshed);
    expect(stateOf(later).status).toBe("Finished");
    expect((await up(emulator, later, at)).operation).toBe("same");
  });

  test("a changed script of one that is over is only saved", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const first = await up(emulator, undefined, at);
    await emulator.clock.advanceTo("2026-03-02T09:01:00Z");
    emulator.requests.clear();
    const end = await up(emulator, first.kept, { ...at, script: { content: "echo late\n" } });
    expect(end.lines).toContain(
      "run: is over: no run is to come, so that the change is only saved",
    );
    expect(end.failure).toBeUndefined();
    expect(changes(emulator)).toEqual([]);
    expect(stateOf(end.kept).status).toBe("Finished");
  });

  test("a later moment arms it again", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const first = await up(emulator, undefined, at);
    await emulator.clock.advanceTo("2026-03-02T09:01:00Z");
    const end = await up(emulator, first.kept, inputs({ at: "2026-03-02T18:00:00Z" }));
    expect(end.failure).toBeUndefined();
    expect(stateOf(end.kept).status).toBe("Scheduled");
    await emulator.clock.advanceTo("2026-03-02T18:01:00Z");
    expect(runsOf(emulator, idOf(1))).toEqual(["2026-03-02T09:00:00Z", "2026-03-02T18:00:00Z"]);
  });

  test("a run that fails is a finished schedule whose rows say so, and nothing is red", async () => {
    const behaviour = { outcome: { kind: "finish", exitCode: 3 } } as const;
    emulator = await startVirtual({ instances: fleet(1, { behaviour }) });
    const first = await up(emulator, undefined, at);
    await emulator.clock.advanceTo("2026-03-02T09:01:00Z");
    const refreshed = await refresh(emulator, first.kept!);
    expect(stateOf(refreshed).status).toBe("Finished");
    expect(rowsOf(refreshed)[idOf(1)]).toMatchObject({ status: "Failed", exitCode: 3 });
    expect((await up(emulator, refreshed, at)).operation).toBe("same");
  });
});

describe("a moment that comes in the middle of a renewal", () => {
  const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
  const at = inputs({ at: "2026-03-02T09:00:00Z" });
  const elsewhere = { ...at, workingDir: "/srv" };
  const ranAtNine = (): number[] => [1, 2, 3, 4].map((n) => runsOf(emulator, idOf(n)).length);

  test("is missed by the shard between two armings, which is named; the others run once", async () => {
    emulator = await startVirtual({ instances: fleet(4) });
    const first = await up(emulator, undefined, at, { env });
    await emulator.clock.advanceTo("2026-03-02T08:59:59.600Z");
    emulator.requests.clear();
    const end = await up(emulator, first.kept, elsewhere, { env });
    expect(end.lines).toContain("run: shard 1 (2 machines): missed 1 run: 2026-03-02T09:00:00Z");
    expect(changes(emulator)).toEqual(["StopInvocation", "TagResources"]);
    await emulator.clock.advanceTo("2026-03-02T10:00:00Z");
    expect(ranAtNine()).toEqual([0, 0, 1, 1]);
    expect(end.failure?.message).toBe(
      "The schedule is not armed everywhere: 0 of 4 armed, 2 done, 2 failed. No run is to come, so " +
        "that nothing is armed any more: write a later schedule.at (or last year of schedule.cron), " +
        "or take out of `targets` who has missed it.",
    );
    emulator.requests.clear();
    const again = await up(emulator, end.kept, elsewhere, { env });
    expect(again.lines).toContain("run: not armed in time, and no run is to come: i-0001, i-0002");
    expect(changes(emulator)).toEqual([]);
    const later = { ...elsewhere, schedule: { at: "2026-03-02T11:00:00Z" } };
    const rearmed = await up(emulator, again.kept, later, { env });
    expect(rearmed.failure).toBeUndefined();
    expect(armedMembers(emulator)).toHaveLength(4);
  });

  test("while it runs, or has run, nothing is armed again and nothing is red", async () => {
    const behaviour = { afterMs: 5_000, outcome: { kind: "finish", exitCode: 0 } } as const;
    emulator = await startVirtual({ instances: fleet(4, { behaviour }) });
    const first = await up(emulator, undefined, at, { env });
    await emulator.clock.advanceTo("2026-03-02T08:59:59.990Z");
    emulator.requests.clear();
    const process = newProcess(emulator, {
      env,
      around: (raw) => async (action, request) => {
        // The moment comes behind the first read of the update.
        if (action === "DescribeInvocations") await emulator.clock.advance(20);
        return raw(action, request);
      },
    });
    const end = await up(emulator, first.kept, elsewhere, { process });
    expect(end.failure).toBeUndefined();
    expect(changes(emulator)).toEqual([]);
    await emulator.clock.advanceTo("2026-03-02T10:00:00Z");
    expect(ranAtNine()).toEqual([1, 1, 1, 1]);
    expect(stateOf(await refresh(emulator, end.kept!)).status).toBe("Finished");
  });
});

test("a cron with a last year is finished after its last run", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const cron = inputs({ cron: "0 0 9,10 2 3 ? 2026", timezone: "UTC" });
  const first = await up(emulator, undefined, cron);
  await emulator.clock.advanceTo("2026-03-02T09:30:00Z");
  expect(stateOf(await refresh(emulator, first.kept!)).status).toBe("Scheduled");
  await emulator.clock.advanceTo("2026-03-02T10:30:00Z");
  const refreshed = await refresh(emulator, first.kept!);
  expect(stateOf(refreshed).status).toBe("Finished");
  expect((await up(emulator, refreshed, cron)).operation).toBe("same");
});

test("a rate runs on the grid of its arming, and another rate is another arming", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const first = await up(emulator, undefined, inputs({ rate: "30m" }));
  await emulator.clock.advanceTo("2026-03-02T09:01:00Z");
  emulator.requests.clear();
  const second = await up(emulator, first.kept, inputs({ rate: "20m" }));
  expect(changes(emulator)).toEqual(["StopInvocation", "RunCommand i-0001", "TagResources"]);
  await emulator.clock.advanceTo("2026-03-02T09:30:00Z");
  expect(runsOf(emulator, idOf(1)).map((at) => at.slice(11, 16))).toEqual([
    "08:30",
    "09:00",
    "09:21",
  ]);
  expect(stateOf(second.kept).status).toBe("Scheduled");
});

test("each machine's own clock is sent as no zone at all", async () => {
  emulator = await startVirtual({ instances: fleet(1, { timeZone: "Asia/Tokyo" }) });
  const first = await up(
    emulator,
    undefined,
    inputs({ cron: "0 0 18 * * ?", timezone: "instance" }),
  );
  const [sent] = emulator.requests.list({ action: "RunCommand" });
  expect(sent!.params.Frequency).toBe("0 0 18 * * ?");
  await emulator.clock.advanceTo("2026-03-02T09:01:00Z");
  expect(runsOf(emulator, idOf(1))).toEqual(["2026-03-02T09:00:00Z"]);
  await destroy(emulator, first.kept!);
  expect(armedMembers(emulator)).toEqual([]);
});

test("a schedule whose agent refuses a run is not armed any more: a change, and armed again", async () => {
  const behaviour = {
    rules: [{ attempt: 1, outcome: { kind: "invalid", errorCode: "AccountNotExists" } }],
  } as const;
  emulator = await startVirtual({ instances: fleet(1, { behaviour }) });
  const rate = inputs({ rate: "30m" });
  const first = await up(emulator, undefined, rate);
  await emulator.clock.advanceTo("2026-03-02T08:31:00Z");
  const refreshed = await refresh(emulator, first.kept!);
  expect(stateOf(refreshed)).toMatchObject({ status: "Stopped", armed: false });
  expect(rowsOf(refreshed)[idOf(1)]).toMatchObject({
    status: "Invalid",
    errorCode: "AccountNotExists",
  });
  const second = await up(emulator, refreshed, rate);
  expect(second.failure).toBeUndefined();
  expect(stateOf(second.kept).status).toBe("Scheduled");
  expect(reads(emulator)).toContain("DescribeInvocations");
});

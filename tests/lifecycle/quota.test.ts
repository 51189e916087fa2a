import type { Emulator } from "cloud-assistant-emulator";
import { exits, fleet, idsOf, script, tagged } from "../support/fleet.js";
import {
  check,
  launches,
  mutatingCalls,
  newProcess,
  startVirtual,
  stateOf,
  up,
} from "../support/lifecycle.js";
import { otherClient } from "../support/timed.js";

jest.setTimeout(60_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const oneEach = { batchSize: 1 };
const inputs = { script, targets: tagged, rollout: oneEach };
const limitReads = (): number =>
  emulator.requests.list({ action: "DescribeAccountAttributes" }).length;
/** Reads of all records; those of a run go by tag or id. */
const counts = (): number =>
  emulator.requests
    .list({ action: "DescribeInvocations" })
    .filter(({ params }) => params["Tag.1.Key"] === undefined && params.InvokeId === undefined)
    .length;

/** Invocations that somebody else has made. */
async function madeByOthers(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await otherClient(emulator, "RunCommand", {
      type: "RunShellScript",
      commandContent: Buffer.from("true\n").toString("base64"),
      contentEncoding: "Base64",
      instanceId: idsOf(1, 1),
      clientToken: `other-${emulator.clock.now()}-${n}`,
    });
  }
  await emulator.clock.advance(5_000);
}

test("more calls than the limit fail before any call", async () => {
  emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 3 } });
  const { kept, failure } = await up(emulator, undefined, inputs);
  expect(kept).toBeUndefined();
  expect(failure?.message).toContain("Given: 4 calls. Allowed: 3 (max-axt-invocation-daily)");
  expect(mutatingCalls(emulator)).toEqual([]);
  // The limit alone says it: nothing is counted.
  expect(counts()).toBe(0);
});

test("onExceed warn goes on, and the rest is run another day", async () => {
  emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 3 } });
  const { kept, lines } = await up(emulator, undefined, {
    ...inputs,
    quota: { onExceed: "warn" },
  });
  expect(lines.join("\n")).toContain("warning: quota: the calls do not fit");
  expect(stateOf(kept)).toMatchObject({
    status: "Interrupted",
    summary: { succeeded: 3, notStarted: 1, failed: 0 },
  });
});

test("today's use is counted only where it can matter", async () => {
  emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 100 } });
  await up(emulator, undefined, inputs);
  expect(limitReads()).toBe(1);
  expect(counts()).toBe(0);
  emulator.limits.set({ invocationsPerDay: 30 });
  await up(emulator, undefined, { ...inputs, name: "b" });
  expect(limitReads()).toBe(2);
  expect(counts()).toBe(1);
});

test("a count that is exact and leaves no room fails before any call", async () => {
  // 08:00Z is in the middle of both days, the one of UTC and the one of UTC+8.
  emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 10 } });
  await madeByOthers(7);
  emulator.requests.clear();
  const { failure } = await up(emulator, undefined, inputs);
  expect(failure?.message).toContain("Given: 4 calls, and 7 made today. Allowed: 10");
  expect(mutatingCalls(emulator)).toEqual([]);
  const three = { ...inputs, targets: { instanceIds: idsOf(1, 3) } };
  expect((await up(emulator, undefined, three)).failure).toBeUndefined();
});

test("a count that may be of yesterday only warns, and is said to be an estimate", async () => {
  // 20:00Z: the day of UTC+8 has begun at 16:00Z, that of UTC has not ended.
  emulator = await startVirtual({
    instances: fleet(4),
    clock: { mode: "virtual", now: "2026-03-02T10:00:00Z" },
    limits: { invocationsPerDay: 10 },
  });
  await madeByOthers(7);
  await emulator.clock.advanceTo("2026-03-02T20:00:00Z");
  const { kept, failure, lines } = await up(emulator, undefined, inputs);
  expect(failure).toBeUndefined();
  expect(lines.join("\n")).toContain("between 0 and 7 made today (an estimate");
  expect(stateOf(kept).summary.succeeded).toBe(4);
});

test("yesterday's records are not counted, and reading stops at the first page of them", async () => {
  emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 1_000 } });
  await madeByOthers(120);
  await emulator.clock.advance(2 * 86_400_000);
  emulator.limits.set({ invocationsPerDay: 10 });
  emulator.requests.clear();
  const { failure } = await up(emulator, undefined, inputs);
  expect(failure).toBeUndefined();
  expect(counts()).toBe(1);
});

test("all resources of an up share it: the limit is read once, the use counted once, calls add up", async () => {
  emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 10 } });
  await madeByOthers(1);
  emulator.requests.clear();
  const process = newProcess(emulator);
  const first = await up(emulator, undefined, { ...inputs, name: "a" }, { process });
  expect(first.failure).toBeUndefined();
  const second = await up(emulator, undefined, { ...inputs, name: "b" }, { process });
  expect(second.failure).toBeUndefined();
  // 1 by others and 8 of this up: what it made itself is not counted twice.
  const third = await up(emulator, undefined, { ...inputs, name: "c" }, { process });
  expect(third.failure?.message).toContain("Given: 12 calls. Allowed: 10");
  // What was refused takes no room from the next one.
  const one = { ...inputs, name: "d", targets: { instanceIds: idsOf(1, 1) } };
  expect((await up(emulator, undefined, one, { process })).failure).toBeUndefined();
  expect(limitReads()).toBe(1);
  expect(counts()).toBe(1);
  expect(launches(emulator)).toHaveLength(9);
});

test("what this up has made itself is not counted twice when the count comes late", async () => {
  emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 40 } });
  await madeByOthers(30);
  emulator.requests.clear();
  const process = newProcess(emulator);
  const first = await up(emulator, undefined, { ...inputs, name: "a" }, { process });
  expect(first.failure).toBeUndefined();
  expect(counts()).toBe(0);
  // 30 by others, 4 made and 4 to come.
  const second = await up(emulator, undefined, { ...inputs, name: "b" }, { process });
  expect(counts()).toBe(1);
  expect(second.failure).toBeUndefined();
  expect(second.lines).toContain(
    "b: the quota: 40 calls a day; others made 30 today (an estimate), this program makes 8",
  );
  expect(second.lines.join("\n")).not.toContain("warning");
});

test("a run that stopped early takes up what it has made, and not what it meant to", async () => {
  emulator = await startVirtual({
    instances: fleet(20, { 1: exits(3) }),
    limits: { invocationsPerDay: 20 },
  });
  const process = newProcess(emulator);
  const early = { script, targets: { instanceIds: idsOf(1, 15) }, rollout: oneEach };
  const first = await up(emulator, undefined, { ...early, name: "first" }, { process });
  expect(stateOf(first.kept).status).toBe("Held");
  const ten = { ...early, targets: { instanceIds: idsOf(2, 11) }, name: "second" };
  expect((await up(emulator, undefined, ten, { process })).failure).toBeUndefined();
  const tooMany = { ...early, targets: { instanceIds: idsOf(2, 11) }, name: "third" };
  const third = await up(emulator, undefined, tooMany, { process });
  expect(third.failure?.message).toContain("Given: 21");
});

test("resources that begin at once add up as well", async () => {
  emulator = await startVirtual({
    instances: fleet(4).map((seed) => ({ ...seed, ...exits(0, "", 30_000) })),
    limits: { invocationsPerDay: 7 },
  });
  const process = newProcess(emulator);
  const ends = await Promise.all(
    ["a", "b"].map((name) => up(emulator, undefined, { ...inputs, name }, { process })),
  );
  const failures = ends.flatMap(({ failure }) => failure?.message ?? []);
  expect(failures).toEqual([expect.stringContaining("Given: 8 calls. Allowed: 7")]);
  expect(launches(emulator)).toHaveLength(4);
});

describe("a preview", () => {
  const linesOfPreview = async (given: Record<string, unknown>): Promise<readonly string[]> => {
    const process = newProcess(emulator);
    await check(process, {}, given);
    return process.lines.filter((line) => line.includes("quota"));
  };

  test("says nothing where the calls are few beside the limit", async () => {
    emulator = await startVirtual({ instances: fleet(4) });
    expect(await linesOfPreview(inputs)).toEqual([]);
    expect([limitReads(), counts()]).toEqual([1, 0]);
  });

  test("says what of the limit is used where it matters, as an estimate", async () => {
    emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 20 } });
    await madeByOthers(7);
    expect(await linesOfPreview(inputs)).toEqual([
      "run: the quota: 20 calls a day; others made 7 today (an estimate), this program makes 4",
    ]);
  });

  test("warns of what the up would refuse, and is not red", async () => {
    emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 3 } });
    expect(await linesOfPreview(inputs)).toEqual([
      expect.stringContaining("warning: quota: the calls do not fit") as string,
    ]);
  });

  test("sums the resources of a program up", async () => {
    emulator = await startVirtual({ instances: fleet(4), limits: { invocationsPerDay: 7 } });
    const process = newProcess(emulator);
    for (const name of ["a", "b"]) await check(process, {}, { ...inputs, name });
    expect(process.lines.filter((line) => line.startsWith("b: warning: quota"))).toEqual([
      expect.stringContaining("Given: 8 calls. Allowed: 7") as string,
    ]);
  });
});

test("nothing is read when nothing runs", async () => {
  emulator = await startVirtual({ instances: fleet(2), limits: { invocationsPerDay: 3 } });
  const first = await up(emulator, undefined, inputs);
  emulator.requests.clear();
  await up(emulator, first.kept, inputs);
  await up(emulator, first.kept, { ...inputs, timeout: 120 });
  await up(emulator, first.kept, {
    ...inputs,
    targets: { ...tagged, exclude: { instanceIds: idsOf(2, 2) } },
  });
  expect(emulator.requests.list()).toEqual([]);
});

test("a retry is judged like a run: only the calls that it needs", async () => {
  emulator = await startVirtual({
    instances: fleet(4, {
      4: { behaviour: { rules: [{ attempt: 1, outcome: { kind: "finish", exitCode: 3 } }] } },
    }),
    limits: { invocationsPerDay: 5 },
  });
  const first = await up(emulator, undefined, inputs);
  expect(stateOf(first.kept).status).toBe("Failed");
  const second = await up(emulator, first.kept, inputs);
  expect(second.failure).toBeUndefined();
  expect(launches(emulator)).toHaveLength(5);
});

test("a quota that may not be read is said, and stops nothing", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  emulator.faults.add({
    match: { action: "DescribeAccountAttributes" },
    effect: { kind: "error", status: 403, code: "Forbidden.RAM" },
  });
  const { failure, lines } = await up(emulator, undefined, inputs);
  expect(failure).toBeUndefined();
  expect(lines.filter((line) => line.includes("quota"))).toEqual([
    expect.stringContaining(
      "the quota: not known (DescribeAccountAttributes was refused",
    ) as string,
  ]);
});

test("a service that names no limit is no limit", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  emulator.faults.add({
    match: { action: "DescribeAccountAttributes" },
    effect: { kind: "setField", field: "Value", value: "" },
  });
  const { failure, lines } = await up(emulator, undefined, inputs);
  expect(failure).toBeUndefined();
  expect(lines.join("\n")).not.toContain("quota");
});

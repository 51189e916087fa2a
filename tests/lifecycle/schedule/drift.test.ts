import type { Emulator } from "cloud-assistant-emulator";
import { stopOwner } from "../../../provider/src/lifecycle/stop.js";
import {
  destroy,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  virtualClock,
  type Kept,
} from "../../support/lifecycle.js";
import {
  apiOf,
  armedMembers,
  changes,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  living,
  often,
  reads,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const base = { script, targets: web, schedule: often };

async function armed(inputs: Record<string, unknown> = base): Promise<Kept> {
  emulator = await startVirtual({ instances: fleet(4) });
  const { kept } = await up(emulator, undefined, inputs, { env });
  emulator.requests.clear();
  return kept!;
}

const invokeIds = (): string[] =>
  living(emulator)
    .map((one) => one.invokeId)
    .sort();

async function stopByHand(invokeId: string, ids: string[] = []): Promise<void> {
  await apiOf(emulator).call("StopInvocation", {
    invokeId,
    ...(ids.length === 0 ? {} : { instanceId: ids }),
  });
  await emulator.clock.advance(1_000);
  emulator.requests.clear();
}

describe("stopped by somebody else", () => {
  test("the next up announces it and arms again, without a refresh", async () => {
    const kept = await armed();
    for (const id of invokeIds()) await stopByHand(id);
    const end = await up(emulator, kept, base, { env });
    expect(end.lines).toContain("run: not armed any more: i-0001, i-0002, i-0003, i-0004");
    expect(end.failure).toBeUndefined();
    expect(changes(emulator)).toEqual([
      "RunCommand i-0001 i-0002",
      "RunCommand i-0003 i-0004",
      "TagResources",
    ]);
    expect(stateOf(end.kept)).toMatchObject({ status: "Scheduled", armed: true });
    expect(stateOf(end.kept).runId).not.toBe(stateOf(kept).runId);
    expect((await up(emulator, end.kept, base, { env })).operation).toBe("same");
  });

  test("a refresh shows it as drift by the marker, changes nothing, and the next up heals", async () => {
    const kept = await armed();
    for (const id of invokeIds()) await stopByHand(id);
    const refreshed = await refresh(emulator, kept);
    expect(changes(emulator)).toEqual([]);
    expect(refreshed.inputs.armed).toBe(false);
    expect(stateOf(refreshed)).toMatchObject({ status: "Stopped", armed: false });
    expect(rowsOf(refreshed)[idOf(1)]!.status).toBe("Cancelled");
    const again = await refresh(emulator, refreshed);
    expect(again.inputs.armed).toBe(false);
    const end = await up(emulator, again, base, { env });
    expect(end.failure).toBeUndefined();
    expect(end.kept!.inputs.armed).toBe(true);
    expect(armedMembers(emulator)).toHaveLength(4);
    expectNeverTwoAtOnce(emulator);
  });

  test("in part: only those are armed again, by a call of their own", async () => {
    const kept = await armed();
    await stopByHand(rowsOf(kept)[idOf(2)]!.invocationId!, [idOf(2)]);
    const refreshed = await refresh(emulator, kept);
    expect(stateOf(refreshed)).toMatchObject({ status: "Scheduled", armed: false });
    emulator.requests.clear();
    const end = await up(emulator, refreshed, base, { env });
    expect(changes(emulator)).toEqual(["RunCommand i-0002"]);
    expect(end.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([1, 2, 3, 4].map(idOf));
    expect(rowsOf(end.kept)[idOf(2)]).toMatchObject({ batch: 3, status: "Scheduled" });
    expect((await up(emulator, end.kept, base, { env })).operation).toBe("same");
  });

  test("while the up looks: what is just being stopped is awaited, and never doubled", async () => {
    const kept = await armed();
    const [first] = invokeIds();
    await apiOf(emulator).call("StopInvocation", { invokeId: first! });
    const end = await up(emulator, kept, base, { env });
    expect(end.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([1, 2, 3, 4].map(idOf));
    expectNeverTwoAtOnce(emulator);
  });
});

test("what does not come to its end while somebody stops it is not armed a second time", async () => {
  const kept = await armed();
  const { invocationId } = rowsOf(kept)[idOf(2)]!;
  emulator.instances.agent(idOf(2), { fault: "never-closes", mode: "offline" });
  await apiOf(emulator).call("StopInvocation", { invokeId: invocationId! });
  emulator.requests.clear();
  const end = await up(emulator, kept, base, { env });
  expect(end.failure?.message).toContain("still being stopped on i-0002");
  expect(changes(emulator)).toEqual([]);
  expectNeverTwoAtOnce(emulator);
});

test("reads that are behind make nobody armed twice", async () => {
  const kept = await armed();
  const end = await up(emulator, kept, { ...base, workingDir: "/srv" }, { env });
  emulator.faults.add({
    match: { action: "DescribeInvocations" },
    effect: { kind: "stale", staleMs: 15_000 },
    times: 8,
  });
  const again = await up(emulator, end.kept, { ...base, workingDir: "/srv" }, { env });
  expect(again.failure).toBeUndefined();
  expect(armedMembers(emulator)).toEqual([1, 2, 3, 4].map(idOf));
  expectNeverTwoAtOnce(emulator);
});

describe("changed by somebody else", () => {
  const edits = {
    "the frequency": { frequency: "0 0 5 * * ? UTC" },
    "the script": { commandContent: Buffer.from("echo mine\n").toString("base64") },
    "the parameters": { parameters: { who: "me" } },
  };
  const greeting = { ...base, script: { content: "echo {{who}}\n" }, parameters: { who: "you" } };

  test.each(Object.entries(edits))(
    "%s is drift, and the next up sets it back in place",
    async (what, edit) => {
      const kept = await armed(greeting);
      const [first] = invokeIds();
      await apiOf(emulator).call("ModifyInvocationAttribute", {
        invokeId: first!,
        contentEncoding: "Base64",
        clientToken: `by-hand-${what.length}`,
        ...edit,
      });
      await emulator.clock.advance(1_000);
      const refreshed = await refresh(emulator, kept);
      expect(refreshed.inputs.armed).toBe(false);
      for (const from of [kept, refreshed]) {
        emulator.requests.clear();
        const end = await up(emulator, from, greeting, { env });
        if (from === refreshed) continue;
        expect(end.lines.join("\n")).toContain(`changed from elsewhere: ${what} of ${first}`);
        expect(changes(emulator)[0]).toBe("ModifyInvocationAttribute");
        expect(end.failure).toBeUndefined();
        expect((await up(emulator, end.kept, greeting, { env })).operation).toBe("same");
      }
      expect(invokeIds()).toHaveLength(2);
      expect(new Set(living(emulator).map((one) => one.frequency))).toEqual(
        new Set(["0 */10 * * * ? UTC"]),
      );
    },
  );
});

describe("a hold", () => {
  const stop = async (kept: Kept): Promise<void> => {
    await stopOwner(
      apiOf(emulator),
      stateOf(kept).owner,
      "the disks are full",
      {
        clock: virtualClock(emulator),
        randomId: () => "random00",
        options: {},
      },
      () => undefined,
    );
    emulator.requests.clear();
  };

  test("makes a stop stay: up calls nothing, until it is released", async () => {
    const kept = await armed();
    await stop(kept);
    const second = await up(emulator, kept, base, { env });
    expect(second.failure?.message).toContain("The schedule is held: hold");
    expect(stateOf(second.kept)).toMatchObject({ status: "Held", holdReason: "stop" });
    const third = await up(emulator, second.kept, base, { env });
    expect(stateOf(third.kept).holdId).toBe(stateOf(second.kept).holdId);
    expect(changes(emulator)).toEqual([]);
    const released = await up(emulator, third.kept, base, {
      env: { ...env, CLOUD_ASSISTANT_RESUME: stateOf(third.kept).holdId },
    });
    expect(released.failure).toBeUndefined();
    expect(armedMembers(emulator)).toHaveLength(4);
    const after = await up(emulator, released.kept, base, { env });
    expect(after.operation).toBe("same");
  });

  test("is found by a refresh", async () => {
    const kept = await armed();
    await stop(kept);
    const refreshed = await refresh(emulator, kept);
    expect(stateOf(refreshed).status).toBe("Held");
    const end = await up(emulator, refreshed, base, { env });
    expect(end.failure).toBeDefined();
    expect(changes(emulator)).toEqual([]);
  });

  test("is released by the up that sees it first", async () => {
    const kept = await armed();
    await stop(kept);
    const holdId = emulator.invocations()[0]!.tags["pulumi-cloud-assistant:hold"]!.split(" ")[0]!;
    const end = await up(emulator, kept, base, {
      env: { ...env, CLOUD_ASSISTANT_RESUME: holdId },
    });
    expect(end.failure).toBeUndefined();
    expect(armedMembers(emulator)).toHaveLength(4);
    expect(stateOf(end.kept).releasedHolds).toContain(holdId);
  });

  test("that is abandoned leaves it stopped and green, until the inputs arm it anew", async () => {
    const kept = await armed();
    await stop(kept);
    const held = await up(emulator, kept, base, { env });
    const left = await up(emulator, held.kept, base, {
      env: { ...env, CLOUD_ASSISTANT_ABANDON: stateOf(held.kept).holdId },
    });
    expect(left.failure).toBeUndefined();
    expect(stateOf(left.kept).status).toBe("Abandoned");
    expect((await up(emulator, left.kept, base, { env })).operation).toBe("same");
    expect((await up(emulator, await refresh(emulator, left.kept!), base, { env })).operation).toBe(
      "same",
    );
    expect(armedMembers(emulator)).toEqual([]);
    const anew = await up(emulator, left.kept, { ...base, workingDir: "/srv" }, { env });
    expect(anew.failure).toBeUndefined();
    expect(armedMembers(emulator)).toHaveLength(4);
  });

  test("is left behind by inputs that make a new run, and by no others", async () => {
    const kept = await armed();
    await stop(kept);
    const held = await up(emulator, kept, base, { env });
    const saved = await up(emulator, held.kept, { ...base, wait: { timeout: 400 } }, { env });
    expect(stateOf(saved.kept).status).toBe("Held");
    expect(armedMembers(emulator)).toEqual([]);
    const changed = await up(
      emulator,
      saved.kept,
      { ...base, wait: { timeout: 400 }, script: { content: "echo other\n" } },
      { env },
    );
    expect(changed.failure).toBeUndefined();
    expect(stateOf(changed.kept).status).toBe("Scheduled");
    expect(armedMembers(emulator)).toHaveLength(4);
  });

  test("does not keep destroy from its work", async () => {
    const kept = await armed();
    await stop(kept);
    const held = await up(emulator, kept, base, { env });
    await destroy(emulator, held.kept!);
    expect(armedMembers(emulator)).toEqual([]);
  });
});

test("a refresh of a living schedule changes nothing, however often it has fired", async () => {
  const kept = await armed();
  await emulator.clock.advanceTo("2026-03-02T11:05:00Z");
  const refreshed = await refresh(emulator, kept);
  expect(refreshed.outputs).toEqual(kept.outputs);
  expect(refreshed.inputs.armed).toBe(true);
  emulator.requests.clear();
  expect((await up(emulator, refreshed, base, { env })).operation).toBe("same");
  expect(reads(emulator).filter((action) => action.includes("Invocation"))).toEqual([
    "DescribeInvocations",
  ]);
});

test("where the service cannot be asked a preview says so, and nothing is red or changed", async () => {
  const kept = await armed();
  emulator.faults.add({
    match: { action: "DescribeInvocations" },
    effect: { kind: "error", status: 403, code: "Forbidden.RAM", message: "no" },
  });
  const end = await up(emulator, kept, base, { env });
  expect(end.operation).toBe("same");
  expect(end.lines.join("\n")).toContain("whether it is still armed: not known");
});

test("a refresh that is not permitted is an error, and never says that it is gone", async () => {
  const kept = await armed();
  emulator.faults.add({
    match: { action: "DescribeInvocations" },
    effect: { kind: "error", status: 403, code: "Forbidden.RAM", message: "no" },
  });
  await expect(refresh(emulator, kept)).rejects.toThrow("Forbidden.RAM");
});

test("with the credentials of another account nothing seems stopped", async () => {
  const kept = await armed();
  const other = { ...kept, outputs: { ...kept.outputs, accountId: "9999" } };
  for (const id of invokeIds()) await stopByHand(id);
  const end = await up(emulator, other, base, { env });
  expect(end.operation).toBe("same");
  expect(end.lines.join("\n")).toContain("it is in account 9999");
});

import type { Emulator } from "cloud-assistant-emulator";
import { newProcess, refresh, startVirtual, stateOf, up } from "../../support/lifecycle.js";
import type { KillPoint } from "../../support/kill-points.js";
import { killedOrEnded } from "../chaos/killed.js";
import {
  apiOf,
  armedMembers,
  changes,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  living,
  often,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const base = { script, targets: web, schedule: often };

test("lost state arms no second schedule", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const first = await up(emulator, undefined, base, { env });
  emulator.requests.clear();
  const again = await up(emulator, undefined, base, { env });
  expect(again.failure).toBeUndefined();
  expect(changes(emulator)).toEqual([]);
  expect(again.lines.join("\n")).toContain("armed before, not armed again");
  expect(stateOf(again.kept)).toMatchObject({
    status: "Scheduled",
    runId: stateOf(first.kept).runId,
  });
  // Shards made within one second cannot be told apart by age, so their numbers may change.
  expect(withoutBatch(again.kept)).toEqual(withoutBatch(first.kept));
  expect((await up(emulator, again.kept, base, { env })).operation).toBe("same");
});

function withoutBatch(kept: Parameters<typeof stateOf>[0]): Record<string, object> {
  return Object.fromEntries(
    Object.entries(stateOf(kept).results).map(([id, { batch: _batch, ...row }]) => [id, row]),
  );
}

test("lost state while somebody stops the schedule: its end is awaited, and nobody is armed twice", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  await up(emulator, undefined, base, { env });
  emulator.instances.agent(idOf(2), { fault: "never-closes", mode: "offline" });
  for (const { invokeId } of living(emulator)) {
    await apiOf(emulator).call("StopInvocation", { invokeId });
  }
  await emulator.clock.advance(1_000);
  emulator.requests.clear();
  const early = await up(emulator, undefined, base, { env });
  expect(early.failure?.message).toContain("still being stopped on i-0002");
  expect(early.kept).toBeUndefined();
  expect(changes(emulator)).toEqual([]);
  emulator.instances.agent(idOf(2), { fault: "none", mode: "online" });
  const end = await up(emulator, undefined, base, { env });
  expect(end.failure).toBeUndefined();
  expect(armedMembers(emulator)).toEqual([1, 2, 3].map(idOf));
  expectNeverTwoAtOnce(emulator);
});

test("lost state with other inputs names what is alive, and touches nothing", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  await up(emulator, undefined, base);
  emulator.requests.clear();
  const other = await up(emulator, undefined, { ...base, workingDir: "/srv" });
  expect(other.failure?.message).toContain(living(emulator)[0]!.invokeId);
  expect(changes(emulator)).toEqual([]);
});

test("destroy and up, and replace, arm anew", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const first = await up(emulator, undefined, base);
  await newProcess(emulator).runtime.invocation.delete(first.kept!.id, first.kept!.outputs);
  const again = await up(emulator, undefined, base);
  expect(again.failure).toBeUndefined();
  expect(armedMembers(emulator)).toEqual([idOf(1)]);
  expect(stateOf(again.kept).runId).not.toBe(stateOf(first.kept).runId);
  expectNeverTwoAtOnce(emulator);
});

const points: KillPoint[] = [
  ...[1, 2, 3].flatMap((nth): KillPoint[] => [
    { at: "before-mutating", nth },
    { at: "after-mutating", nth },
  ]),
  ...[1, 2, 3].map((nth): KillPoint => ({ at: "after-look", nth })),
  { at: "before-answer" },
];

test.each(points)(
  "a create that is killed at $at $nth is continued, and arms nobody twice",
  async (point) => {
    emulator = await startVirtual({ instances: fleet(5) });
    await killedOrEnded(
      emulator,
      point,
      (process) => up(emulator, undefined, base, { process }),
      env,
    );
    const end = await up(emulator, undefined, base, { env });
    expect(end.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([1, 2, 3, 4, 5].map(idOf));
    expectNeverTwoAtOnce(emulator);
    expect((await up(emulator, end.kept, base, { env })).operation).toBe("same");
  },
);

test("where two living schedules hold the same member the surplus one is stopped, and a line says so", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const { kept } = await up(emulator, undefined, base);
  const [one] = living(emulator);
  // What a forgotten token would have made: the same call, accepted a second time.
  await apiOf(emulator).call("RunCommand", {
    type: "RunShellScript",
    commandContent: Buffer.from(script.content).toString("base64"),
    contentEncoding: "Base64",
    enableParameter: false,
    repeatMode: "Period",
    frequency: one!.frequency,
    instanceId: [idOf(1), idOf(2)],
    tag: Object.entries(one!.tags).map(([key, value]) => ({ key, value })),
    clientToken: "forgotten",
  });
  await emulator.clock.advance(1_000);
  const refreshed = await refresh(emulator, kept!);
  expect(refreshed.inputs.armed).toBe(false);
  emulator.requests.clear();
  const end = await up(emulator, refreshed, base);
  expect(end.failure).toBeUndefined();
  expect(end.lines.join("\n")).toContain("two schedules held i-0001, i-0002; the surplus one");
  expect(changes(emulator)).toEqual(["StopInvocation", "TagResources"]);
  expect(living(emulator).map((left) => left.invokeId)).toEqual([one!.invokeId]);
  expect((await up(emulator, end.kept, base)).operation).toBe("same");
});

test("without tags a schedule lives by its ids, and drift is seen all the same", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const untagged = { ...base, ownership: "none" };
  const first = await up(emulator, undefined, untagged, { env });
  expect(living(emulator).every((one) => Object.keys(one.tags).length === 0)).toBe(true);
  emulator.requests.clear();
  expect((await up(emulator, first.kept, untagged, { env })).operation).toBe("same");
  expect(emulator.requests.list({ action: "DescribeInvocations" })).toHaveLength(1);
  const renewed = await up(emulator, first.kept, { ...untagged, workingDir: "/srv" }, { env });
  expect(renewed.failure).toBeUndefined();
  expect(armedMembers(emulator)).toEqual([1, 2, 3].map(idOf));
  for (const one of living(emulator)) {
    await apiOf(emulator).call("StopInvocation", { invokeId: one.invokeId });
  }
  await emulator.clock.advance(1_000);
  const healed = await up(emulator, renewed.kept, { ...untagged, workingDir: "/srv" }, { env });
  expect(healed.failure).toBeUndefined();
  expect(armedMembers(emulator)).toEqual([1, 2, 3].map(idOf));
  expectNeverTwoAtOnce(emulator);
});

describe("a schedule that was made by hand", () => {
  const byHand = async (frequency = "0 */10 * * * ? UTC"): Promise<string> => {
    const answer = await apiOf(emulator).call("RunCommand", {
      type: "RunShellScript",
      commandContent: Buffer.from(script.content).toString("base64"),
      contentEncoding: "Base64",
      enableParameter: false,
      repeatMode: "Period",
      frequency,
      instanceId: [idOf(1), idOf(2)],
      clientToken: "by-hand",
    });
    await emulator.clock.advance(1_000);
    emulator.requests.clear();
    return answer.invokeId!;
  };

  test("is taken over as it is, and then followed like any other", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    const id = await byHand();
    const inputs = { ...base, adoptInvocationIds: [id] };
    const { kept, failure, lines } = await up(emulator, undefined, inputs);
    expect(failure).toBeUndefined();
    expect(lines.join("\n")).toContain(`takes over ${id}, and runs nothing`);
    expect(changes(emulator)).toEqual(["TagResources"]);
    expect(stateOf(kept)).toMatchObject({ status: "Scheduled", invocationIds: [id] });
    expect(Object.keys(stateOf(kept).results)).toEqual([idOf(1), idOf(2)]);
    emulator.requests.clear();
    // Who was not in it is armed by the next up, in its place.
    const second = await up(emulator, kept, inputs);
    expect(changes(emulator)).toEqual(["ModifyInvocationAttribute i-0003"]);
    expect((await up(emulator, second.kept, inputs)).operation).toBe("same");
  });

  test("is set to what the program says by the next up, in place", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const id = await byHand("0 0 5 * * ? UTC");
    const inputs = { ...base, adoptInvocationIds: [id] };
    const { kept } = await up(emulator, undefined, inputs);
    const second = await up(emulator, kept, inputs);
    expect(second.lines.join("\n")).toContain(`changed from elsewhere: the frequency of ${id}`);
    expect(living(emulator).map((one) => [one.invokeId, one.frequency])).toEqual([
      [id, "0 */10 * * * ? UTC"],
    ]);
  });

  test("is refused where it is of another kind, or has ended", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const id = await byHand();
    const boot = { ...base, schedule: { boot: "every" }, adoptInvocationIds: [id] };
    const other = await up(emulator, undefined, boot);
    expect(other.failure?.message).toContain("is of another kind");
    await apiOf(emulator).call("StopInvocation", { invokeId: id });
    await emulator.clock.advance(1_000);
    const ended = await up(emulator, undefined, { ...base, adoptInvocationIds: [id] });
    expect(ended.failure?.message).toContain("the schedule has ended");
  });
});

test("a resource that was renamed is warned of before it arms a second schedule", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  await up(emulator, undefined, { ...base, name: "old" });
  const [old] = living(emulator);
  const renamed = await up(emulator, undefined, { ...base, name: "new" });
  expect(renamed.lines.join("\n")).toContain(
    `the same is armed as another resource (${old!.invokeId})`,
  );
});

/** `adoptInvocationIds`: existing invocations are taken over, and nothing is run. */
import type { Emulator } from "cloud-assistant-emulator";
import { exits, fleet, idOf, idsOf, script, tagged } from "../support/fleet.js";
import {
  destroy,
  launches,
  mutatingCalls,
  rowsOf,
  startVirtual,
  stateOf,
  up,
} from "../support/lifecycle.js";
import { otherClient } from "../support/timed.js";

jest.setTimeout(60_000);

let emulator: Emulator;
afterEach(() => emulator.close());

/** Somebody ran it by hand. */
async function ranByHand(ids: readonly string[], content = script.content): Promise<string> {
  const answer = await otherClient(emulator, "RunCommand", {
    type: "RunShellScript",
    commandContent: Buffer.from(content).toString("base64"),
    contentEncoding: "Base64",
    instanceId: ids,
    clientToken: `by-hand-${ids.join("-")}-${emulator.clock.now()}`,
  });
  return answer.invokeId!;
}

const own = (): Record<string, string>[] => emulator.invocations().map(({ tags }) => ({ ...tags }));

test("finished invocations are taken over with their outcome and output, and nothing is run", async () => {
  emulator = await startVirtual({ instances: fleet(3, { 2: exits(0, "by hand\n") }) });
  const one = await ranByHand(idsOf(1, 2));
  const two = await ranByHand([idOf(3)]);
  await emulator.clock.advance(60_000);
  emulator.requests.clear();
  const inputs = { script, targets: tagged, adoptInvocationIds: [one, two] };
  const { kept, failure, lines } = await up(emulator, undefined, inputs);
  expect(failure).toBeUndefined();
  expect(launches(emulator)).toEqual([]);
  expect(mutatingCalls(emulator)).toEqual(["TagResources"]);
  expect(lines.join("\n")).toContain(`takes over ${one}, ${two}, and runs nothing`);
  expect(kept!.inputs.plan).toMatchObject({ action: "adopt", calls: [] });
  expect(stateOf(kept)).toMatchObject({
    status: "Success",
    invocationIds: [one, two],
    summary: { members: 3, succeeded: 3 },
  });
  expect(rowsOf(kept)[idOf(2)]).toMatchObject({
    status: "Success",
    attempt: 1,
    invocationId: one,
    output: "by hand\n",
  });
  emulator.requests.clear();
  const second = await up(emulator, kept, inputs);
  expect(second.operation).toBe("same");
  expect(emulator.requests.list()).toEqual([]);
});

test("a living invocation is watched to its end", async () => {
  emulator = await startVirtual({ instances: fleet(1, { 1: exits(0, "late\n", 40_000) }) });
  const invokeId = await ranByHand([idOf(1)]);
  await emulator.clock.advance(1_000);
  const inputs = { script, targets: tagged, adoptInvocationIds: [invokeId] };
  const { kept, failure } = await up(emulator, undefined, inputs);
  expect(failure).toBeUndefined();
  expect(rowsOf(kept)[idOf(1)]).toMatchObject({ status: "Success", output: "late\n" });
});

test("failures are judged as always: the next up runs the failed ones, and the create retries none", async () => {
  emulator = await startVirtual({
    instances: fleet(2, {
      2: { behaviour: { rules: [{ attempt: 1, outcome: { kind: "finish", exitCode: 3 } }] } },
    }),
  });
  const invokeId = await ranByHand(idsOf(1, 2));
  await emulator.clock.advance(60_000);
  const inputs = {
    script,
    targets: tagged,
    adoptInvocationIds: [invokeId],
    retry: { attempts: 3 },
  };
  const first = await up(emulator, undefined, inputs);
  expect(stateOf(first.kept)).toMatchObject({ status: "Failed", summary: { failed: 1 } });
  expect(launches(emulator)).toHaveLength(1);
  const second = await up(emulator, first.kept, inputs);
  expect(second.failure).toBeUndefined();
  expect(launches(emulator)).toEqual([idsOf(1, 2), [idOf(2)]]);
  expect(rowsOf(second.kept)[idOf(2)]).toMatchObject({ status: "Success", attempt: 2 });
});

test("of two that ran on the same machine the later one counts", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const one = await ranByHand([idOf(1)]);
  await emulator.clock.advance(60_000);
  emulator.instances.update(idOf(1), exits(3));
  const two = await ranByHand([idOf(1)], "echo again\n");
  await emulator.clock.advance(60_000);
  const inputs = { script, targets: tagged, adoptInvocationIds: [two, one] };
  const { kept } = await up(emulator, undefined, inputs);
  expect(rowsOf(kept)[idOf(1)]).toMatchObject({ status: "Failed", attempt: 2, invocationId: two });
});

test("an id without a record is an error, and nothing is run or marked", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const invokeId = await ranByHand([idOf(1)]);
  await emulator.clock.advance(60_000);
  emulator.requests.clear();
  const inputs = { script, targets: tagged, adoptInvocationIds: [invokeId, "t-nowhere"] };
  const { kept, failure, lines } = await up(emulator, undefined, inputs);
  expect(kept).toBeUndefined();
  expect(failure?.message).toContain("adoptInvocationIds[1]: the service has no record");
  expect(failure?.message).toContain('Given: "t-nowhere"');
  expect(lines.join("\n")).toContain("warning: adoptInvocationIds[1]: the service has no record");
  expect(mutatingCalls(emulator)).toEqual([]);
});

test("a schedule is not taken over as a run", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const answer = await otherClient(emulator, "RunCommand", {
    type: "RunShellScript",
    commandContent: Buffer.from("echo\n").toString("base64"),
    contentEncoding: "Base64",
    instanceId: [idOf(1)],
    repeatMode: "Period",
    frequency: "rate(30m)",
    clientToken: "schedule-by-hand",
  });
  const inputs = { script, targets: tagged, adoptInvocationIds: [answer.invokeId] };
  const { failure } = await up(emulator, undefined, inputs);
  expect(failure?.message).toContain("the invocation is a schedule");
});

test("a declared id that none of them ran on is refused; a selected one comes later", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const invokeId = await ranByHand(idsOf(1, 2));
  await emulator.clock.advance(60_000);
  emulator.requests.clear();
  const adoptInvocationIds = [invokeId];
  const declared = { script, targets: { instanceIds: idsOf(1, 3) }, adoptInvocationIds };
  const refused = await up(emulator, undefined, declared);
  expect(refused.failure?.message).toContain(
    "none of the invocations in adoptInvocationIds ran on",
  );
  expect(refused.failure?.message).toContain(`Given: ${idOf(3)}.`);
  expect(mutatingCalls(emulator)).toEqual([]);
  const targets = { ...tagged, membership: "track" };
  const first = await up(emulator, undefined, { script, targets, adoptInvocationIds });
  expect(stateOf(first.kept).summary.members).toBe(2);
  const second = await up(emulator, first.kept, { script, targets, adoptInvocationIds });
  expect(launches(emulator)).toEqual([[idOf(3)]]);
  expect(second.kept!.inputs.plan).toMatchObject({ action: "run", calls: [`1: ${idOf(3)}`] });
  expect(stateOf(second.kept).summary).toMatchObject({ members: 3, succeeded: 3 });
});

test("machines of the invocation that are no targets have their outcome kept, aside", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const invokeId = await ranByHand(idsOf(1, 3));
  await emulator.clock.advance(60_000);
  const targets = { instanceIds: idsOf(1, 2) };
  const { kept } = await up(emulator, undefined, {
    script,
    targets,
    adoptInvocationIds: [invokeId],
  });
  expect(rowsOf(kept)[idOf(3)]).toMatchObject({ status: "Dropped", invocationId: invokeId });
  expect(stateOf(kept)).toMatchObject({ status: "Success", summary: { succeeded: 2, dropped: 1 } });
});

test("what ran another content is taken over, and that is said", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const invokeId = await ranByHand([idOf(1)], "echo something else\n");
  await emulator.clock.advance(60_000);
  const inputs = { script, targets: tagged, adoptInvocationIds: [invokeId] };
  const { kept, lines } = await up(emulator, undefined, inputs);
  expect(stateOf(kept).status).toBe("Success");
  expect(lines.join("\n")).toContain(
    `warning: ran another content than this program has now: ${invokeId}`,
  );
});

test("it becomes this resource's own: lost state runs nothing, and destroy marks it", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const invokeId = await ranByHand([idOf(1)]);
  await emulator.clock.advance(60_000);
  const first = await up(emulator, undefined, {
    script,
    targets: tagged,
    adoptInvocationIds: [invokeId],
  });
  const { owner, runId } = stateOf(first.kept);
  expect(own()).toEqual([
    expect.objectContaining({
      "pulumi-cloud-assistant:owner": owner,
      "pulumi-cloud-assistant:run": runId,
    }),
  ]);
  const lost = await up(emulator, undefined, { script, targets: tagged });
  expect(launches(emulator)).toHaveLength(1);
  expect(stateOf(lost.kept).invocationIds).toEqual([invokeId]);
  await destroy(emulator, lost.kept!);
  expect(own()[0]).toHaveProperty(["pulumi-cloud-assistant:superseded"]);
});

test("it is only for create: later the list is saved, whatever it holds, and a new run ignores it", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const first = await up(emulator, undefined, { script, targets: tagged });
  emulator.requests.clear();
  const second = await up(emulator, first.kept, {
    script,
    targets: tagged,
    adoptInvocationIds: ["t-nowhere"],
  });
  expect(second.failure).toBeUndefined();
  expect(emulator.requests.list()).toEqual([]);
  const third = await up(emulator, second.kept, {
    script: { content: "echo other\n" },
    targets: tagged,
    adoptInvocationIds: ["t-nowhere"],
  });
  expect(third.failure).toBeUndefined();
  expect(launches(emulator)).toHaveLength(1);
});

test("without ownership nothing is tagged", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const invokeId = await ranByHand([idOf(1)]);
  await emulator.clock.advance(60_000);
  emulator.requests.clear();
  const { kept } = await up(emulator, undefined, {
    script,
    targets: tagged,
    adoptInvocationIds: [invokeId],
    ownership: "none",
  });
  expect(stateOf(kept).status).toBe("Success");
  expect(mutatingCalls(emulator)).toEqual([]);
});

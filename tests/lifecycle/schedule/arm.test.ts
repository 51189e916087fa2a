import type { Emulator } from "cloud-assistant-emulator";
import { destroy, rowsOf, startVirtual, stateOf, up } from "../../support/lifecycle.js";
import {
  armedMembers,
  changes,
  fleet,
  idOf,
  living,
  nightly,
  often,
  reads,
  runsOf,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

test("a schedule is armed on every machine, by one call, and is green once each has answered", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const { kept, failure, lines } = await up(emulator, undefined, {
    script,
    targets: web,
    schedule: often,
  });
  expect(failure).toBeUndefined();
  expect(changes(emulator)).toEqual(["RunCommand i-0001 i-0002 i-0003"]);
  const [request] = emulator.requests.list({ action: "RunCommand" });
  expect(request!.params).toMatchObject({
    RepeatMode: "Period",
    Frequency: "0 */10 * * * ? UTC",
  });
  expect(stateOf(kept)).toMatchObject({ status: "Scheduled", armed: true });
  expect(rowsOf(kept)[idOf(2)]).toEqual({
    status: "Scheduled",
    batch: 1,
    attempt: 1,
    invocationId: living(emulator)[0]!.invokeId,
  });
  expect(lines).toContain(
    "run: next runs: 2026-03-02T08:10:00Z, 2026-03-02T08:20:00Z, 2026-03-02T08:30:00Z",
  );
  expect(lines).toContain("run: machines that join later are added at the next `pulumi up`");
  await emulator.clock.advanceTo("2026-03-02T08:21:00Z");
  expect(runsOf(emulator, idOf(1))).toEqual(["2026-03-02T08:10:00Z", "2026-03-02T08:20:00Z"]);
});

test("without a change an up costs one read for all schedules of a process", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const inputs = { script, targets: { instanceIds: [idOf(1), idOf(2)] }, schedule: nightly };
  const first = await up(emulator, undefined, inputs);
  emulator.requests.clear();
  const second = await up(emulator, first.kept, inputs);
  expect(second.operation).toBe("same");
  expect(second.lines).toEqual([]);
  expect(reads(emulator)).toEqual(["DescribeInvocations"]);
  expect(emulator.requests.list()[0]!.params).toMatchObject({ Timed: "true" });
});

test("destroy stops every shard and leaves nothing firing", async () => {
  emulator = await startVirtual({ instances: fleet(5) });
  const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
  const { kept } = await up(
    emulator,
    undefined,
    { script, targets: web, schedule: often },
    { env },
  );
  expect(living(emulator)).toHaveLength(3);
  emulator.requests.clear();
  await destroy(emulator, kept!);
  expect(changes(emulator)).toEqual([
    "StopInvocation",
    "StopInvocation",
    "StopInvocation",
    "TagResources",
  ]);
  expect(armedMembers(emulator)).toEqual([]);
});

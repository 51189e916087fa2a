import type { Emulator, FaultRule } from "cloud-assistant-emulator";
import { destroy, refresh, startVirtual, up, type Kept } from "../../support/lifecycle.js";
import {
  armedMembers,
  changes,
  commandIds,
  fleet,
  idOf,
  living,
  often,
  runsOf,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const base = { script, targets: web, schedule: often };

async function armed(count = 4, more = {}): Promise<Kept> {
  emulator = await startVirtual({ instances: fleet(count, more) });
  const { kept } = await up(emulator, undefined, base, { env });
  emulator.requests.clear();
  return kept!;
}

const faults: [string, FaultRule][] = [
  [
    "a stop whose answer is lost",
    { match: { action: "StopInvocation" }, effect: { kind: "dropAfterCommit" }, times: 2 },
  ],
  [
    "a stop that never arrived",
    { match: { action: "StopInvocation" }, effect: { kind: "dropBeforeCommit" }, times: 2 },
  ],
  ["a service that is down for a while", { effect: { kind: "http5xx" }, times: 6 }],
  [
    "throttling",
    {
      match: { action: ["StopInvocation", "DescribeInvocations", "TagResources"] },
      effect: { kind: "error", status: 400, code: "Throttling.User" },
      times: 5,
    },
  ],
  [
    "reads that are behind",
    {
      match: { action: "DescribeInvocations" },
      effect: { kind: "stale", staleMs: 20_000 },
      times: 6,
    },
  ],
  [
    "pages that are empty",
    { match: { action: "DescribeInvocations" }, effect: { kind: "emptyPageWithToken" }, times: 1 },
  ],
];

const moved = { CLOUD_ASSISTANT_REGION: "cn-shanghai" };

test.each([
  ...faults.map(([name, rule]) => [name, "", rule, {}] as const),
  ...faults.map(([name, rule]) => [name, " after the configuration moved", rule, moved] as const),
])("destroy under %s%s leaves nothing firing", async (_name, _where, rule, where) => {
  const kept = await armed();
  await emulator.clock.advanceTo("2026-03-02T08:05:00Z");
  emulator.faults.add(rule);
  await destroy(emulator, kept, { env: where });
  expect(emulator.faults.list()[0]!.hits).toBeGreaterThan(0);
  const regions = new Set(emulator.requests.list().map((one) => one.regionId));
  expect([...regions]).toEqual([emulator.regionId]);
  expect(armedMembers(emulator)).toEqual([]);
  expect(await commandIds(emulator)).toEqual([]);
  const until = emulator.events.list().length;
  await emulator.clock.advanceTo("2026-03-02T09:01:00Z");
  expect(
    emulator.events
      .list()
      .slice(until)
      .filter((event) => event.kind === "run"),
  ).toEqual([]);
});

test("destroy that cannot stop in time names who, keeps the state, and the next one ends it", async () => {
  const kept = await armed(2);
  // The agent never hears of the stop, and the service closes nothing.
  emulator.instances.agent(idOf(2), { fault: "never-closes", mode: "offline" });
  await expect(destroy(emulator, kept)).rejects.toThrow("still armed or running on i-0002");
  emulator.instances.agent(idOf(2), { fault: "none", mode: "online" });
  await destroy(emulator, kept);
  expect(armedMembers(emulator)).toEqual([]);
});

test("destroy stops in the recorded region, also after the configuration moved", async () => {
  const kept = await armed(2);
  await destroy(emulator, kept, { env: { CLOUD_ASSISTANT_REGION: "cn-shanghai" } });
  expect(armedMembers(emulator)).toEqual([]);
  const regions = new Set(
    emulator.requests.list({ action: "StopInvocation" }).map((one) => one.regionId),
  );
  expect([...regions]).toEqual([emulator.regionId]);
});

test("destroy right behind the arming stops what no read shows yet, and waits for its end", async () => {
  const kept = await armed();
  // Older than the schedule itself: by these reads there is none.
  emulator.faults.add({
    match: { action: "DescribeInvocations" },
    effect: { kind: "stale", staleMs: 60_000 },
    times: 6,
  });
  await destroy(emulator, kept);
  expect(changes(emulator).filter((call) => call === "StopInvocation")).toHaveLength(2);
  expect(armedMembers(emulator)).toEqual([]);
});

test.each(["StopInvocation", "DescribeInvocations", "TagResources"])(
  "destroy that may not call %s is an error that keeps the state, and the next one ends it",
  async (action) => {
    const kept = await armed();
    const id = emulator.faults.add({
      match: { action },
      effect: { kind: "error", status: 403, code: "Forbidden.RAM" },
    });
    await expect(destroy(emulator, kept)).rejects.toThrow("Forbidden.RAM");
    emulator.faults.remove(id);
    await destroy(emulator, kept);
    expect(armedMembers(emulator)).toEqual([]);
  },
);

test("a run that is under way is stopped with its schedule", async () => {
  const kept = await armed(1, { behaviour: { outcome: { kind: "never" } } });
  await emulator.clock.advanceTo("2026-03-02T08:10:05Z");
  await destroy(emulator, kept);
  expect(living(emulator)).toEqual([]);
  expect(emulator.invocations()[0]!.instances[0]!.status).toBe("Terminated");
});

test("destroy after a refresh that has found it stopped calls no stop", async () => {
  const kept = await armed(2);
  await destroy(emulator, kept);
  const refreshed = await refresh(emulator, kept);
  emulator.requests.clear();
  await destroy(emulator, refreshed);
  expect(changes(emulator)).toEqual([]);
  expect(runsOf(emulator, idOf(1))).toEqual([]);
});

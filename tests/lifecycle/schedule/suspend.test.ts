import type { Emulator } from "cloud-assistant-emulator";
import {
  destroy,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type Kept,
} from "../../support/lifecycle.js";
import {
  armedMembers,
  changes,
  commandIds,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  often,
  runsOf,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const base = { script, targets: web, schedule: often };
const suspended = { ...base, schedule: { ...often, suspend: true } };

async function armed(): Promise<Kept> {
  emulator = await startVirtual({ instances: fleet(3) });
  const { kept } = await up(emulator, undefined, base, { env });
  emulator.requests.clear();
  return kept!;
}

test("suspend stops everything and keeps everything, and false arms it again in the same shards", async () => {
  const kept = await armed();
  const second = await up(emulator, kept, suspended, { env });
  expect(second.lines).toContain("run: is suspended: stopped, and everything else is kept");
  expect(changes(emulator)).toEqual(["StopInvocation", "StopInvocation", "TagResources"]);
  expect(stateOf(second.kept)).toMatchObject({
    status: "Suspended",
    armed: false,
    owner: stateOf(kept).owner,
    summary: { members: 3, failed: 0, notStarted: 3 },
  });
  await emulator.clock.advanceTo("2026-03-02T08:15:00Z");
  expect(runsOf(emulator, idOf(1))).toEqual([]);
  emulator.requests.clear();
  expect((await up(emulator, second.kept, suspended, { env })).operation).toBe("same");
  const refreshed = await refresh(emulator, second.kept!);
  expect(refreshed.inputs.armed).toBe(false);
  expect(stateOf(refreshed).status).toBe("Suspended");
  expect((await up(emulator, refreshed, suspended, { env })).operation).toBe("same");
  expect(changes(emulator)).toEqual([]);
  const third = await up(emulator, refreshed, base, { env });
  expect(third.lines).toContain("run: is armed again");
  expect(changes(emulator)).toEqual(["RunCommand i-0001 i-0002", "RunCommand i-0003"]);
  expect(Object.values(rowsOf(third.kept)).map((row) => row.batch)).toEqual([1, 1, 2]);
  expect(stateOf(third.kept)).toMatchObject({ status: "Scheduled", armed: true });
  await emulator.clock.advanceTo("2026-03-02T08:25:00Z");
  expect(runsOf(emulator, idOf(1))).toEqual(["2026-03-02T08:20:00Z"]);
});

test("there and back again arms each time, although each arming was asked for before", async () => {
  let kept = await armed();
  for (const inputs of [suspended, base, suspended, base]) {
    const end = await up(emulator, kept, inputs, { env });
    expect(end.failure).toBeUndefined();
    kept = end.kept!;
    expect(armedMembers(emulator)).toHaveLength(inputs === base ? 3 : 0);
  }
  expectNeverTwoAtOnce(emulator);
  await destroy(emulator, kept);
  expect(await commandIds(emulator)).toEqual([]);
});

test("one that is created suspended calls nothing, and is armed when it is not any more", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const first = await up(emulator, undefined, suspended, { env });
  expect(first.failure).toBeUndefined();
  expect(first.lines).toContain("run: suspended: nothing is armed until schedule.suspend is false");
  expect(changes(emulator)).toEqual([]);
  expect(stateOf(first.kept).status).toBe("Suspended");
  const second = await up(emulator, first.kept, base, { env });
  expect(second.failure).toBeUndefined();
  expect(armedMembers(emulator)).toEqual([idOf(1), idOf(2)]);
});

test("changes while it is suspended are kept for the arming", async () => {
  const kept = await armed();
  const second = await up(emulator, kept, suspended, { env });
  emulator.requests.clear();
  const other = { content: "echo other\n" };
  const third = await up(
    emulator,
    second.kept,
    { ...suspended, script: other, workingDir: "/srv" },
    { env },
  );
  expect(third.failure).toBeUndefined();
  expect(changes(emulator)).toEqual([]);
  expect(third.lines).toContain("run: kept for when it is armed again: workingDir, script changed");
  expect(third.lines.join("\n")).not.toMatch(/armed anew|in place/);
  const fourth = await up(emulator, third.kept, { ...base, script: other, timeout: 120 }, { env });
  expect(fourth.lines).toEqual(
    expect.arrayContaining(["run: workingDir, timeout changed", "run: is armed again"]),
  );
  const [sent] = emulator.requests.list({ action: "RunCommand" });
  expect(Buffer.from(sent!.params.CommandContent!, "base64").toString()).toBe("echo other\n");
});

test("destroy of a suspended one calls nothing", async () => {
  const kept = await armed();
  const second = await up(emulator, kept, suspended, { env });
  emulator.requests.clear();
  await destroy(emulator, second.kept!);
  expect(changes(emulator)).toEqual([]);
});

test("a moment that has passed since cannot be armed again", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const at = { at: "2026-03-02T09:00:00Z" };
  const first = await up(emulator, undefined, { ...base, schedule: { ...at, suspend: true } });
  await emulator.clock.advanceTo("2026-03-02T10:00:00Z");
  await expect(up(emulator, first.kept, { ...base, schedule: at })).rejects.toThrow("schedule.at");
});

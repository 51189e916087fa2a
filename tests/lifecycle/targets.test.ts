import type { Emulator } from "cloud-assistant-emulator";
import { exits, fleet, idOf, idsOf, script, tagged } from "../support/fleet.js";
import {
  launches,
  launchActions,
  mutatingCalls,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type CheckFailed,
} from "../support/lifecycle.js";
import { otherClient, timed } from "../support/timed.js";

jest.setTimeout(60_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const members = (targets: Record<string, unknown>, env: Record<string, string> = {}) =>
  up(emulator, undefined, { script, targets }, { env });

describe("who is meant", () => {
  test("names are exact, or a beginning with one star behind it", async () => {
    emulator = await startVirtual({
      instances: [
        { instanceId: "i-a", instanceName: "web-1" },
        { instanceId: "i-b", instanceName: "web-10" },
        { instanceId: "i-c", instanceName: "db-1" },
        { instanceId: "i-d", instanceName: "db-10" },
      ],
    });
    const { kept } = await members({ names: ["web-*", "db-1"] });
    expect(Object.keys(rowsOf(kept))).toEqual(["i-a", "i-b", "i-c"]);
  });

  test("tags, names and group must all match", async () => {
    emulator = await startVirtual({
      instances: [
        {
          instanceId: "i-all",
          instanceName: "web-1",
          tags: { a: "1", b: "2" },
          resourceGroupId: "rg-x",
        },
        { instanceId: "i-tag", instanceName: "web-2", tags: { a: "1" }, resourceGroupId: "rg-x" },
        {
          instanceId: "i-name",
          instanceName: "db-1",
          tags: { a: "1", b: "2" },
          resourceGroupId: "rg-x",
        },
        { instanceId: "i-group", instanceName: "web-3", tags: { a: "1", b: "2" } },
      ],
    });
    const targets = { tags: { a: "1", b: "2" }, names: ["web-*"], resourceGroupId: "rg-x" };
    const { kept } = await members(targets);
    expect(launches(emulator)).toEqual([["i-all"]]);
    expect(Object.keys(rowsOf(kept))).toEqual(["i-all"]);
  });

  test("a resource group alone selects its machines, managed ones as well", async () => {
    emulator = await startVirtual({
      instances: [
        { instanceId: "i-a", resourceGroupId: "rg-x" },
        { instanceId: "i-b", resourceGroupId: "rg-y" },
        { instanceId: "mi-c", managed: true, resourceGroupId: "rg-x" },
      ],
    });
    const { kept } = await members({ resourceGroupId: "rg-x" });
    expect(Object.keys(rowsOf(kept))).toEqual(["i-a", "mi-c"]);
    expect(stateOf(kept).status).toBe("Success");
  });

  test("declared ones come first and as given, selected ones join by id, excluded ones are out", async () => {
    emulator = await startVirtual({
      instances: fleet(6, { 5: { tags: { role: "web", ring: "last" } }, 6: { tags: {} } }),
    });
    const { kept } = await members({
      instanceIds: [idOf(6), idOf(3)],
      tags: { role: "web" },
      exclude: { instanceIds: [idOf(2)], tags: { ring: "last" } },
    });
    expect(launches(emulator)).toEqual([[idOf(6), idOf(3), idOf(1), idOf(4)]]);
    expect(stateOf(kept).summary.members).toBe(4);
  });

  test("managed machines are run on like the others", async () => {
    emulator = await startVirtual({
      instances: [
        { instanceId: "i-a", tags: { role: "web" } },
        { instanceId: "mi-b", managed: true, tags: { role: "web" } },
      ],
    });
    const { kept } = await members({ ...tagged, instanceIds: ["mi-b"] });
    expect(launches(emulator)).toEqual([["mi-b", "i-a"]]);
    expect(rowsOf(kept)["mi-b"]).toMatchObject({ status: "Success", exitCode: 0 });
  });

  test("more than a thousand by tag are all found, from the tags and not from a capped filter", async () => {
    emulator = await startVirtual({ instances: fleet(1_101) });
    const { kept } = await members(
      { ...tagged, expect: { max: 1_101 } },
      { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "100" },
    );
    expect(stateOf(kept).summary).toMatchObject({ members: 1_101, succeeded: 1_101 });
    expect(launches(emulator).map((ids) => ids.length)).toEqual([
      ...Array.from({ length: 11 }, () => 100),
      1,
    ]);
    const filters = emulator.requests
      .list({ action: "DescribeInstances" })
      .filter(({ params }) => Object.keys(params).some((key) => key.startsWith("Tag.")));
    expect(filters).toEqual([]);
  });

  test("a group that shows a thousand machines is refused as perhaps cut off", async () => {
    emulator = await startVirtual({
      instances: fleet(1_001).map((seed) => ({ ...seed, resourceGroupId: "rg-x" })),
    });
    const targets = { resourceGroupId: "rg-x", expect: { max: 2_000 } };
    const { kept, failure } = await members(targets);
    expect(kept).toBeUndefined();
    expect(failure?.message).toContain("the group may hold more machines than the service shows");
    expect(launches(emulator)).toEqual([]);
    // With tags nothing is cut off.
    const more = await members({ ...targets, ...tagged });
    expect(stateOf(more.kept).summary.succeeded).toBe(1_001);
  });

  test("names within a group of more than a thousand are all found: the group is not asked for", async () => {
    emulator = await startVirtual({
      instances: fleet(1_001).map((seed) => ({ ...seed, resourceGroupId: "rg-x" })),
    });
    const targets = { resourceGroupId: "rg-x", names: ["web-*"], expect: { max: 2_000 } };
    const { kept } = await members(targets);
    expect(stateOf(kept).summary.succeeded).toBe(1_001);
  });

  test("more than 20,000 members are refused before any call", async () => {
    const seeds = Array.from({ length: 20_001 }, (_, n) => ({
      instanceId: `i-${String(n).padStart(5, "0")}`,
      tags: { role: "web" },
    }));
    emulator = await startVirtual({ instances: seeds, limits: { tagPageSize: 5_000 } });
    const { failure } = await members({ ...tagged, expect: { max: 30_000 } });
    expect(failure?.message).toContain("too many machines for one resource. Given: 20001");
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("with clientStatus online, who is offline at the sweep is skipped, not waited for, not unready", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: { agent: { mode: "offline" } } }) });
    const before = emulator.clock.now();
    const { kept, failure, lines } = await members({ ...tagged, clientStatus: "online" });
    expect(failure).toBeUndefined();
    expect(emulator.clock.now() - before).toBeLessThan(10_000);
    expect(rowsOf(kept)[idOf(2)]).toMatchObject({ status: "Skipped", attempt: 0 });
    expect(stateOf(kept)).toMatchObject({
      status: "Success",
      summary: { succeeded: 2, skipped: 1, unready: 0 },
    });
    expect(lines.join("\n")).toContain(`offline now, and skipped: ${idOf(2)}`);
    // Pinned: it stays so until the next run.
    emulator.instances.agent(idOf(2), { mode: "online" });
    const second = await up(emulator, kept, {
      script,
      targets: { ...tagged, clientStatus: "online" },
    });
    expect(second.operation).toBe("same");
    expect(launches(emulator)).toHaveLength(1);
  });
});

describe("what is expected", () => {
  test("expect.min that is not met is a warning in check and an error in create, before any call", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const { kept, failure, lines } = await members({ ...tagged, expect: { min: 3 } });
    expect(kept).toBeUndefined();
    expect(lines.join("\n")).toContain("warning: targets.expect.min: too few machines matched");
    expect(failure?.message).toContain("Given: 2 found. Allowed: at least 3.");
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("expect.max that is not met is a warning in check and an error in create, before any call", async () => {
    emulator = await startVirtual({ instances: fleet(4) });
    const { failure, lines } = await members({ ...tagged, expect: { max: 3 } });
    expect(lines.join("\n")).toContain("warning: targets.expect.max: too many machines matched");
    expect(failure?.message).toContain("Given: 4 found. Allowed: at most 3.");
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("nobody matched is an error unless expect.min says 0", async () => {
    emulator = await startVirtual({ instances: [] });
    const { failure } = await members(tagged);
    expect(failure?.message).toContain("Given: 0 found. Allowed: at least 1.");
    const none = await members({ ...tagged, expect: { min: 0 } });
    expect(none.failure).toBeUndefined();
    expect(stateOf(none.kept)).toMatchObject({ status: "Success", summary: { members: 0 } });
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("more than a hundred selected need an expect.max; declared ones do not", async () => {
    emulator = await startVirtual({ instances: fleet(101) });
    const fenced = await members(tagged);
    expect(fenced.failure?.message).toContain("Given: 101 selected. Allowed: up to 100");
    expect(mutatingCalls(emulator)).toEqual([]);
    const declared = await members({ instanceIds: idsOf(1, 101) });
    expect(stateOf(declared.kept).summary.succeeded).toBe(101);
  });

  test("a new run judges the members again, before any call", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const targets = { ...tagged, expect: { max: 2 } };
    const first = await up(emulator, undefined, { script, targets });
    emulator.instances.add({ instanceId: idOf(3), tags: { role: "web" } });
    emulator.requests.clear();
    const changed = { script: { content: "echo other\n" }, targets };
    const second = await up(emulator, first.kept, changed);
    expect(second.failure?.message).toContain("Given: 3 found. Allowed: at most 2.");
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(stateOf(second.kept).status).toBe("Success");
  });
});

describe("what operators allow", () => {
  test("maxTargets is an outer bound", async () => {
    emulator = await startVirtual({ instances: fleet(4) });
    const { failure } = await members(
      { ...tagged, expect: { max: 10 } },
      { CLOUD_ASSISTANT_MAX_TARGETS: "3" },
    );
    expect(failure?.message).toContain("Given: 4. Allowed: at most 3 (cloud-assistant:maxTargets)");
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("denyTags are never touched, also not by a retry", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: exits(3) }) });
    const env = { CLOUD_ASSISTANT_DENY_TAGS: '{"protect":"yes"}' };
    const inputs = { script, targets: tagged };
    const first = await up(emulator, undefined, inputs, { env });
    expect(stateOf(first.kept).status).toBe("Failed");
    emulator.instances.update(idOf(2), { tags: { role: "web", protect: "yes" } });
    emulator.requests.clear();
    const second = await up(emulator, first.kept, inputs, { env });
    expect(second.failure?.message).toContain(`Given: ${idOf(2)}. Allowed: machines without`);
    const anew = await up(emulator, undefined, { ...inputs, name: "other" }, { env });
    expect(anew.failure?.message).toContain("cloud-assistant:denyTags");
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("denyTags from the stack configuration count as well", async () => {
    emulator = await startVirtual({
      instances: fleet(1, { 1: { tags: { role: "web", p: "1" } } }),
    });
    const config = { "cloud-assistant:denyTags": '{"p":"1"}' };
    const { failure } = await up(emulator, undefined, { script, targets: tagged }, { config });
    expect(failure?.message).toContain("forbids to touch");
  });

  test("an account that is not among allowedAccountIds calls nothing, at create and at update", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const env = { CLOUD_ASSISTANT_ALLOWED_ACCOUNT_IDS: "1,2" };
    const inputs = { script, targets: tagged };
    const refused = await up(emulator, undefined, inputs, { env });
    expect(refused.failure?.message).toContain(
      `Given: account ${emulator.accountId}. Allowed: 1, 2`,
    );
    expect(mutatingCalls(emulator)).toEqual([]);
    const made = await up(emulator, undefined, inputs);
    emulator.requests.clear();
    const changed = { ...inputs, script: { content: "echo other\n" } };
    const second = await up(emulator, made.kept, changed, { env });
    expect(second.failure?.message).toContain("cloud-assistant:allowedAccountIds");
    expect(mutatingCalls(emulator)).toEqual([]);
  });
});

describe("ids that are added", () => {
  const on = (count: number, more: Record<string, unknown> = {}) => ({
    script,
    targets: { instanceIds: idsOf(1, count), ...more },
  });

  test.each([
    ["maxTargets", {}, { CLOUD_ASSISTANT_MAX_TARGETS: "3" }, "Allowed: at most 3"],
    ["expect.max", { expect: { max: 3 } }, {}, "Narrow the selectors, or raise expect.max"],
  ])("%s bounds them with the others, before any call", async (_what, more, env, said) => {
    emulator = await startVirtual({ instances: fleet(6) });
    const first = await up(emulator, undefined, on(2, more), { env });
    emulator.requests.clear();
    const second = await up(emulator, first.kept, on(6, more), { env });
    expect(second.failure?.message).toContain(said);
    expect(second.lines.join("\n")).toContain(said);
    expect(mutatingCalls(emulator)).toEqual([]);
    const third = await up(emulator, first.kept, on(3, more), { env });
    expect(launches(emulator)).toEqual([[idOf(3)]]);
    expect(third.failure).toBeUndefined();
  });

  test("exclude.tags leaves them out, in the preview and in the update", async () => {
    const exclude = { tags: { env: "prod" } };
    emulator = await startVirtual({ instances: fleet(2, { 2: { tags: { env: "prod" } } }) });
    const first = await up(emulator, undefined, on(1, { exclude }));
    emulator.requests.clear();
    const second = await up(emulator, first.kept, on(2, { exclude }));
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(second.lines.join("\n")).not.toContain("runs alone");
    expect(Object.keys(rowsOf(second.kept))).toEqual([idOf(1)]);
    expect((await up(emulator, second.kept, on(2, { exclude }))).operation).toBe("same");
  });

  test("exclude.tags leaves them out under track as well", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: { tags: { env: "prod" } } }) });
    const exclude = { tags: { env: "prod" } };
    const more = { tags: { role: "web" }, membership: "track", exclude };
    const first = await up(emulator, undefined, on(1, more));
    emulator.requests.clear();
    const second = await up(emulator, first.kept, on(2, more));
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(second.lines.join("\n")).not.toContain("runs alone");
  });

  test("are judged also where a hold makes them wait", async () => {
    emulator = await startVirtual({ instances: fleet(5, { 1: exits(3) }) });
    const rollout = { batchSize: 1 };
    const env = { CLOUD_ASSISTANT_MAX_TARGETS: "3" };
    const first = await up(emulator, undefined, { ...on(2), rollout }, { env });
    expect(stateOf(first.kept).status).toBe("Held");
    const second = await up(emulator, first.kept, { ...on(5), rollout }, { env });
    expect(second.failure?.message).toContain("Allowed: at most 3");
    expect(Object.keys(rowsOf(second.kept))).toEqual(idsOf(1, 2));
  });
});

describe("pinned membership", () => {
  test("who matches later is not run until the next run, and the up reads nothing", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const inputs = { script, targets: tagged };
    const first = await up(emulator, undefined, inputs);
    emulator.instances.add({ instanceId: idOf(3), tags: { role: "web" } });
    emulator.requests.clear();
    const second = await up(emulator, first.kept, inputs);
    expect(second.operation).toBe("same");
    expect(emulator.requests.list()).toEqual([]);
    const changed = { ...inputs, script: { content: "echo other\n" } };
    const third = await up(emulator, second.kept, changed);
    expect(launches(emulator)).toEqual([idsOf(1, 3)]);
    expect(stateOf(third.kept).summary.succeeded).toBe(3);
  });

  test("a selected member that is no more is Gone: neither failed nor unready", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 2: exits(3), 3: exits(4) }) });
    const inputs = { script, targets: tagged };
    const first = await up(emulator, undefined, inputs);
    expect(stateOf(first.kept).status).toBe("Failed");
    emulator.instances.remove(idOf(2));
    emulator.instances.update(idOf(3), { behaviour: {} });
    emulator.requests.clear();
    const second = await up(emulator, first.kept, inputs);
    expect(launches(emulator)).toEqual([[idOf(3)]]);
    expect(second.failure).toBeUndefined();
    expect(rowsOf(second.kept)[idOf(2)]).toMatchObject({ status: "Gone" });
    expect(stateOf(second.kept)).toMatchObject({
      status: "Success",
      summary: { gone: 1, failed: 0, unready: 0, succeeded: 2 },
    });
  });

  test("a pinned member that is excluded by id is dropped, and nothing is called", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: exits(3) }) });
    const first = await up(emulator, undefined, { script, targets: tagged });
    expect(stateOf(first.kept).status).toBe("Failed");
    emulator.requests.clear();
    const targets = { ...tagged, exclude: { instanceIds: [idOf(2)] } };
    const second = await up(emulator, first.kept, { script, targets });
    expect(second.failure).toBeUndefined();
    expect(emulator.requests.list()).toEqual([]);
    expect(rowsOf(second.kept)[idOf(2)]!.status).toBe("Dropped");
    expect(stateOf(second.kept).status).toBe("Success");
  });
});

describe("dropped members", () => {
  test("budget is judged again without them: what is within it then is green, and nobody is run", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 1: exits(3), 2: exits(3) }) });
    const inputs = { script, rollout: { maxFailures: 1 } };
    const ids = idsOf(1, 4);
    const first = await up(emulator, undefined, { ...inputs, targets: { instanceIds: ids } });
    expect(stateOf(first.kept).status).toBe("Failed");
    emulator.requests.clear();
    const second = await up(emulator, first.kept, {
      ...inputs,
      targets: { instanceIds: idsOf(2, 4) },
    });
    expect(second.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([]);
    expect(second.lines.join("\n")).toContain(`dropped: ${idOf(1)}`);
    expect(stateOf(second.kept)).toMatchObject({
      status: "PartialFailed",
      summary: { failed: 1, dropped: 1 },
    });
  });

  test("a hold is judged again without them: it ends, and the next up goes on", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 1: exits(3) }) });
    const inputs = { script, rollout: { batchSize: 1 } };
    const first = await up(emulator, undefined, {
      ...inputs,
      targets: { instanceIds: idsOf(1, 4) },
    });
    expect(stateOf(first.kept)).toMatchObject({ status: "Held", holdReason: "budget" });
    emulator.requests.clear();
    const targets = { instanceIds: idsOf(2, 4) };
    const second = await up(emulator, first.kept, { ...inputs, targets });
    expect(launches(emulator)).toEqual([]);
    expect(stateOf(second.kept).status).toBe("Interrupted");
    const third = await up(emulator, second.kept, { ...inputs, targets });
    expect(third.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(2)], [idOf(3)], [idOf(4)]]);
    expect(stateOf(third.kept)).toMatchObject({ status: "Success", holdId: "" });
  });

  test("dropping somebody else leaves a hold in force", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 1: exits(3) }) });
    const inputs = { script, rollout: { batchSize: 1 } };
    const first = await up(emulator, undefined, {
      ...inputs,
      targets: { instanceIds: idsOf(1, 4) },
    });
    const { holdId } = stateOf(first.kept);
    const second = await up(emulator, first.kept, {
      ...inputs,
      targets: { instanceIds: idsOf(1, 3) },
    });
    expect(stateOf(second.kept)).toMatchObject({ status: "Held", holdId, holdReason: "budget" });
    expect(launches(emulator)).toHaveLength(1);
  });

  test("dropping somebody else and raising the budget at once releases nothing either", async () => {
    emulator = await startVirtual({ instances: fleet(4, { 1: exits(3) }) });
    const first = await up(emulator, undefined, {
      script,
      rollout: { batchSize: 1 },
      targets: { instanceIds: idsOf(1, 4) },
    });
    const second = await up(emulator, first.kept, {
      script,
      rollout: { batchSize: 1, maxFailures: 4 },
      targets: { instanceIds: idsOf(1, 3) },
    });
    expect(stateOf(second.kept)).toMatchObject({
      status: "Held",
      holdId: stateOf(first.kept).holdId,
    });
    expect(launches(emulator)).toHaveLength(1);
  });

  test("a canary's hold ends when the failed canary is dropped", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 1: exits(3) }) });
    const inputs = { script, rollout: { canary: { size: 1 }, maxFailures: 2 } };
    const first = await up(emulator, undefined, {
      ...inputs,
      targets: { instanceIds: idsOf(1, 3) },
    });
    expect(stateOf(first.kept)).toMatchObject({ status: "Held", holdReason: "canary" });
    const targets = { instanceIds: idsOf(2, 3) };
    const second = await up(emulator, first.kept, { ...inputs, targets });
    expect(stateOf(second.kept).status).toBe("Interrupted");
    const third = await up(emulator, second.kept, { ...inputs, targets });
    expect(stateOf(third.kept).status).toBe("Success");
  });

  test("a declared id that is taken out and put back is run once more, alone", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const both = { script, targets: { instanceIds: idsOf(1, 2) } };
    const first = await up(emulator, undefined, both);
    const second = await up(emulator, first.kept, { script, targets: { instanceIds: [idOf(1)] } });
    const third = await up(emulator, second.kept, both);
    expect(launches(emulator)).toEqual([idsOf(1, 2), [idOf(2)]]);
    expect(rowsOf(third.kept)[idOf(2)]).toMatchObject({ status: "Success", attempt: 2 });
  });

  test("one that was dropped while it ran and comes back is awaited before it runs again", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: exits(0, "", 60_000) }) });
    const on = (count: number, seconds: number) => ({
      script,
      targets: { instanceIds: idsOf(1, count) },
      wait: { timeout: seconds },
    });
    const first = await up(emulator, undefined, on(2, 5));
    const second = await up(emulator, first.kept, on(1, 200));
    expect(rowsOf(second.kept)[idOf(2)]!.status).toBe("Dropped");
    const third = await up(emulator, second.kept, on(2, 200));
    expect(third.lines.join("\n")).toContain("waits for what still runs of the earlier run: t-");
    const [before, after] = emulator.tasks().filter(({ instanceId }) => instanceId === idOf(2));
    expect(Date.parse(after!.acceptedAt)).toBeGreaterThanOrEqual(Date.parse(before!.finishedAt!));
    expect(rowsOf(third.kept)[idOf(2)]).toMatchObject({ status: "Success", attempt: 2 });
  });
});

describe("tracked membership", () => {
  const track = { ...tagged, membership: "track" };
  const inputs = { script, targets: track };

  test("who joins is run alone at the next up, and the preview names it", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    const first = await up(emulator, undefined, inputs);
    emulator.instances.add({ instanceId: idOf(4), tags: { role: "web" } });
    const second = await up(emulator, first.kept, inputs);
    expect(launches(emulator)).toEqual([idsOf(1, 3), [idOf(4)]]);
    expect(second.lines.join("\n")).toContain(`added, runs alone: ${idOf(4)}`);
    expect(second.kept?.inputs.plan).toMatchObject({
      action: "run",
      calls: [`1: ${idOf(4)}`],
      counts: { members: 1, calls: 1, batches: 1 },
    });
    expect(stateOf(second.kept)).toMatchObject({ status: "Success", summary: { succeeded: 4 } });
    const third = await up(emulator, second.kept, inputs);
    expect(third.operation).toBe("same");
    expect(third.kept?.inputs.plan).toMatchObject({ action: "nothing" });
  });

  test("who leaves is dropped, and nobody else is touched", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    const first = await up(emulator, undefined, inputs);
    emulator.instances.update(idOf(2), { tags: {} });
    const second = await up(emulator, first.kept, inputs);
    expect(second.lines.join("\n")).toContain(`dropped: ${idOf(2)}`);
    expect(launches(emulator)).toHaveLength(1);
    expect(rowsOf(second.kept)[idOf(2)]!.status).toBe("Dropped");
    expect(stateOf(second.kept)).toMatchObject({
      status: "Success",
      summary: { succeeded: 2, dropped: 1 },
    });
    const third = await up(emulator, second.kept, inputs);
    expect(third.operation).toBe("same");
  });

  test("one that returns within a run is not run again; a new run runs it", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, inputs);
    emulator.instances.update(idOf(2), { tags: {} });
    const second = await up(emulator, first.kept, inputs);
    emulator.instances.update(idOf(2), { tags: { role: "web" } });
    const third = await up(emulator, second.kept, inputs);
    expect(third.operation).toBe("same");
    expect(third.kept?.inputs.plan).toMatchObject({ action: "nothing" });
    expect(launches(emulator)).toHaveLength(1);
    const changed = { ...inputs, script: { content: "echo other\n" } };
    const fourth = await up(emulator, third.kept, changed);
    expect(launches(emulator)[1]).toEqual(idsOf(1, 2));
    expect(stateOf(fourth.kept).summary).toMatchObject({ succeeded: 2, dropped: 0 });
  });

  test("an up without a move reads the membership once and nothing else", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    const first = await up(emulator, undefined, inputs);
    emulator.requests.clear();
    const second = await up(emulator, first.kept, inputs);
    expect(second.operation).toBe("same");
    expect(second.lines).toEqual([]);
    const actions = emulator.requests.list().map(({ action }) => action);
    expect(actions.sort()).toEqual(["DescribeInstances", "ListTagResources", "ListTagResources"]);
  });

  test("moves are seen after a refresh as well", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    const first = await up(emulator, undefined, inputs);
    const refreshed = await refresh(emulator, first.kept!);
    const same = await up(emulator, refreshed, inputs);
    expect(same.operation).toBe("same");
    emulator.instances.add({ instanceId: idOf(4), tags: { role: "web" } });
    emulator.instances.update(idOf(1), { tags: {} });
    const second = await up(emulator, await refresh(emulator, same.kept!), inputs);
    expect(second.kept?.inputs.plan).toMatchObject({ action: "run", calls: [`1: ${idOf(4)}`] });
    expect(launches(emulator)[1]).toEqual([idOf(4)]);
    expect(rowsOf(second.kept)[idOf(1)]!.status).toBe("Dropped");
  });

  test("who joins is judged before it is called: expect, denyTags, maxTargets", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const targets = { ...track, expect: { max: 2 } };
    const first = await up(emulator, undefined, { script, targets });
    emulator.instances.add({ instanceId: idOf(3), tags: { role: "web" } });
    const second = await up(emulator, first.kept, { script, targets });
    expect(second.failure?.message).toContain("Given: 3 found. Allowed: at most 2.");
    expect(launches(emulator)).toHaveLength(1);
    expect(stateOf(second.kept).status).toBe("Success");
  });

  test("a pending member is run by the first up that finds it ready, and counted until then", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 3: { power: "Stopped" } }) });
    const patient = { ...inputs, readiness: { wait: 10, maxUnready: 1 } };
    const first = await up(emulator, undefined, patient);
    expect(first.failure).toBeUndefined();
    expect(stateOf(first.kept)).toMatchObject({
      status: "Success",
      summary: { succeeded: 2, unready: 1, pending: 1 },
    });
    emulator.requests.clear();
    const waiting = await up(emulator, first.kept, patient);
    expect(waiting.operation).toBe("same");
    const actions = emulator.requests.list().map(({ action }) => action);
    expect(new Set(actions)).toEqual(new Set(["ListTagResources", "DescribeInstances"]));
    emulator.instances.boot(idOf(3));
    await emulator.clock.advance(120_000);
    emulator.requests.clear();
    const ready = await up(emulator, waiting.kept, patient);
    expect(ready.lines.join("\n")).toContain(`ready by now, goes on: ${idOf(3)}`);
    expect(launches(emulator)).toEqual([[idOf(3)]]);
    expect(stateOf(ready.kept)).toMatchObject({
      status: "Success",
      summary: { succeeded: 3, unready: 0, pending: 0 },
    });
  });

  test("pinned unready members stay so: nothing looks at them again", async () => {
    emulator = await startVirtual({ instances: fleet(2, { 2: { power: "Stopped" } }) });
    const pinned = { script, targets: tagged, readiness: { wait: 0, maxUnready: 1 } };
    const first = await up(emulator, undefined, pinned);
    expect(stateOf(first.kept)).toMatchObject({ status: "Success", summary: { pending: 0 } });
    emulator.instances.boot(idOf(2));
    await emulator.clock.advance(120_000);
    emulator.requests.clear();
    const second = await up(emulator, first.kept, pinned);
    expect(second.operation).toBe("same");
    expect(emulator.requests.list()).toEqual([]);
  });

  test("while a run is held nobody who joins is called; after the release they are", async () => {
    emulator = await startVirtual({ instances: fleet(3, { 1: exits(3) }) });
    const held = { ...inputs, rollout: { batchSize: 1 } };
    const first = await up(emulator, undefined, held);
    const { holdId } = stateOf(first.kept);
    emulator.instances.add({ instanceId: idOf(4), tags: { role: "web" } });
    const second = await up(emulator, first.kept, held);
    expect(stateOf(second.kept)).toMatchObject({ status: "Held", holdId });
    expect(launches(emulator)).toHaveLength(1);
    emulator.instances.update(idOf(1), { behaviour: {} });
    const third = await up(emulator, second.kept, held, {
      env: { CLOUD_ASSISTANT_RESUME: holdId },
    });
    expect(third.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([[idOf(1)], ...idsOf(1, 4).map((id) => [id])]);
  });

  test("a membership that cannot be read is said, and nothing is dropped over it", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, inputs);
    emulator.faults.add({
      match: { action: "ListTagResources" },
      effect: { kind: "error", status: 403, code: "Forbidden.RAM" },
    });
    const second = await up(emulator, first.kept, inputs);
    expect(second.operation).toBe("same");
    expect(second.lines.join("\n")).toContain("the members: not known (");
    expect(rowsOf(second.kept)[idOf(2)]!.status).toBe("Success");
  });

  test("pinned can become track later: who joined meanwhile is run", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, { script, targets: tagged });
    emulator.instances.add({ instanceId: idOf(3), tags: { role: "web" } });
    const second = await up(emulator, first.kept, inputs);
    expect(second.failure).toBeUndefined();
    expect(launches(emulator)[1]).toEqual([idOf(3)]);
    expect(stateOf(second.kept).summary.succeeded).toBe(3);
  });
});

describe("cases from the field", () => {
  test("ta-1: a list that came from a shell is refused, each entry by its path", async () => {
    emulator = await startVirtual({ instances: fleet(4) });
    const [a, b, c, d] = idsOf(1, 4) as [string, string, string, string];
    const reasons = await members({ instanceIds: [a, `${b}, ${c}`, ` ${d}`, a, ""] }).then(
      () => [],
      (reason: unknown) => (reason as CheckFailed).reasons,
    );
    expect(reasons).toHaveLength(4);
    expect(reasons[0]).toContain("targets.instanceIds[1]");
    expect(reasons[0]).toContain(`"${b}, ${c}"`);
    expect(reasons[0]).toContain("two ids in one entry");
    expect(reasons[1]).toContain("targets.instanceIds[2]");
    expect(reasons[1]).toContain(`" ${d}"`);
    expect(reasons[2]).toContain("targets.instanceIds[3]");
    expect(reasons[2]).toContain("targets.instanceIds[0]");
    expect(reasons[3]).toContain("targets.instanceIds[4]");
    expect(reasons[3]).toContain('""');
    expect(mutatingCalls(emulator)).toEqual([]);
    await members({ instanceIds: [a, b] });
    expect(launches(emulator)).toEqual([[a, b]]);
  });

  test("ta-3: ten percent of six machines is one machine, never all and never none", async () => {
    const rollout = { batchSize: "10%", canary: { size: "1%" } };
    const targets = { instanceIds: idsOf(1, 6) };
    emulator = await startVirtual({ instances: fleet(6, { 1: exits(0) }) });
    const all = await up(emulator, undefined, { script, targets, rollout });
    expect(launches(emulator)).toEqual(idsOf(1, 6).map((id) => [id]));
    expect(all.lines.join("\n")).toContain("runs on 6 machines in 6 calls");
    neverTwoInFlight();
    for (const batchSize of ["0%", 0]) {
      const reason = await up(emulator, undefined, {
        script,
        targets,
        rollout: { batchSize },
      }).then(
        () => "",
        (error: unknown) => (error as CheckFailed).reasons.join("\n"),
      );
      expect(reason).toContain("rollout.batchSize");
    }
  });

  function neverTwoInFlight(): void {
    const tasks = emulator.tasks().sort((x, y) => (x.acceptedAt < y.acceptedAt ? -1 : 1));
    for (const [n, task] of tasks.entries()) {
      if (n > 0) expect(task.acceptedAt >= tasks[n - 1]!.finishedAt!).toBe(true);
    }
  }

  test("ta-3: the first of them fails, and the canary's own budget stops the run", async () => {
    emulator = await startVirtual({ instances: fleet(6, { 1: exits(3) }) });
    const { kept } = await up(emulator, undefined, {
      script,
      targets: { instanceIds: idsOf(1, 6) },
      rollout: { batchSize: "10%", canary: { size: "1%" } },
    });
    expect(launches(emulator)).toEqual([[idOf(1)]]);
    expect(stateOf(kept)).toMatchObject({ status: "Held", summary: { failed: 1, notStarted: 5 } });
  });

  test("ta-3: a budget of ten percent of six is 0", async () => {
    emulator = await startVirtual({ instances: fleet(6, { 2: exits(3) }) });
    const { kept } = await up(emulator, undefined, {
      script,
      targets: { instanceIds: idsOf(1, 6) },
      rollout: { batchSize: "10%", maxFailures: "10%" },
    });
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)]]);
    expect(stateOf(kept)).toMatchObject({ status: "Held", summary: { failed: 1, notStarted: 4 } });
  });

  test("pg-2: sixty invocations under one run are two pages a look", async () => {
    emulator = await startVirtual({
      instances: fleet(60).map((seed) => ({
        ...seed,
        ...exits(0, `out-${seed.instanceId}`, 20_000),
      })),
    });
    emulator.faults.add({
      match: { action: "DescribeInvocations", nth: 2 },
      effect: { kind: "omitField", field: "NextToken" },
    });
    const { kept } = await up(
      emulator,
      undefined,
      { script, targets: { instanceIds: idsOf(1, 60) }, rollout: { batchSize: 60 } },
      { env: { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "1" } },
    );
    expect(stateOf(kept).summary.succeeded).toBe(60);
    expect(rowsOf(kept)[idOf(60)]!.output).toBe(`out-${idOf(60)}`);
    // A look is two pages: the first, and the one that its token leads to.
    const looks = emulator.requests
      .list({ action: "DescribeInvocations" })
      .filter(({ params }) => params["Tag.2.Key"] === "pulumi-cloud-assistant:run");
    const first = looks.filter(({ params }) => params.NextToken === undefined);
    expect(looks.length).toBeLessThanOrEqual(2 * first.length);
    expect(looks.some(({ params }) => params.NextToken === "")).toBe(false);
  });

  test("pg-2: a hundred outputs of one call are two pages, read once, each its own", async () => {
    emulator = await startVirtual({
      instances: fleet(100).map((seed) => ({ ...seed, ...exits(0, `out-${seed.instanceId}`) })),
    });
    const { kept } = await up(
      emulator,
      undefined,
      { script, targets: { instanceIds: idsOf(1, 100) } },
      { env: { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "100" } },
    );
    for (const [id, row] of Object.entries(rowsOf(kept))) expect(row.output).toBe(`out-${id}`);
    expect(launches(emulator)).toHaveLength(1);
    const reads = emulator.requests.list({ action: "DescribeInvocationResults" });
    expect(reads).toHaveLength(2);
    expect(reads.map(({ params }) => params.NextToken === "")).toEqual([false, false]);
  });

  test("fa-3: a machine that is taken away in mid-run ends its row, and its id must go", async () => {
    const runs = exits(0, "", 120_000);
    emulator = await startVirtual({ instances: fleet(3, { 1: runs, 2: runs, 3: runs }) });
    const inputs = { script, timeout: 300, targets: { instanceIds: idsOf(1, 3) } };
    const clock = timed(emulator, [
      { afterMs: 30_000, run: () => emulator.instances.remove(idOf(2)) },
    ]);
    const first = await up(emulator, undefined, inputs, { clock });
    expect(stateOf(first.kept).status).toBe("Failed");
    expect(rowsOf(first.kept)[idOf(1)]!.status).toBe("Success");
    expect(rowsOf(first.kept)[idOf(3)]!.status).toBe("Success");
    expect(rowsOf(first.kept)[idOf(2)]).toMatchObject({ errorCode: "InstanceReleased" });
    emulator.requests.clear();
    const second = await up(emulator, first.kept, inputs);
    expect(launches(emulator)).toEqual([]);
    expect(second.failure?.message).toContain(idOf(2));
    expect(second.failure?.message).toContain("InstanceNotExists");
    const fewer = { ...inputs, targets: { instanceIds: [idOf(1), idOf(3)] } };
    const third = await up(emulator, second.kept, fewer);
    expect(third.failure).toBeUndefined();
    expect(launches(emulator)).toEqual([]);
    expect(rowsOf(third.kept)[idOf(2)]!.status).toBe("Dropped");
    expect(stateOf(third.kept).status).toBe("Success");
  });

  test("fa-3: a row that the service never closes ends at wait.timeout, still running and named", async () => {
    const runs = exits(0, "", 120_000);
    emulator = await startVirtual({
      instances: fleet(3, { 1: runs, 2: { ...runs, agent: { fault: "never-closes" } }, 3: runs }),
    });
    const inputs = {
      script,
      timeout: 300,
      wait: { timeout: 400 },
      targets: { instanceIds: idsOf(1, 3) },
    };
    const before = emulator.clock.now();
    const first = await up(emulator, undefined, inputs);
    expect(emulator.clock.now() - before).toBeLessThan(460_000);
    expect(stateOf(first.kept)).toMatchObject({
      status: "Interrupted",
      summary: { succeeded: 2, running: 1, failed: 0 },
    });
    expect(first.failure?.message).toContain(`still running: ${idOf(2)}`);
    expect(launches(emulator)).toHaveLength(1);
  });

  test("fa-3: a status read that hangs is given up and asked again within 15 seconds", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    emulator.faults.add({
      match: { action: "DescribeInvocations", nth: 2 },
      effect: { kind: "hang" },
    });
    const began = Date.now();
    const { kept, failure } = await members({ instanceIds: idsOf(1, 3) });
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(failure).toBeUndefined();
    expect(stateOf(kept).summary.succeeded).toBe(3);
    expect(launches(emulator)).toHaveLength(1);
  });

  test("fa-4: eight ways to end are eight rows as the service says, and neither fault is a target's", async () => {
    const ends: Record<number, ReturnType<typeof exits>> = {
      1: exits(0),
      2: exits(3),
      3: { behaviour: { outcome: { kind: "timeout" } } },
      4: { behaviour: { outcome: { kind: "aborted", errorCode: "InstanceNotRunning" } } },
      5: { behaviour: { outcome: { kind: "invalid", errorCode: "DirectoryNotExists" } } },
      6: {
        behaviour: { outcome: { kind: "error", errorCode: "ExecutionException" }, afterMs: 500 },
      },
      7: exits(0, "", 3_600_000),
      8: { agent: { mode: "silent" } },
    };
    emulator = await startVirtual({ instances: fleet(8, ends) });
    emulator.faults.add({
      match: { action: "DescribeInvocations", nth: 2 },
      effect: { kind: "dropBeforeCommit" },
    });
    emulator.faults.add({
      match: { action: "DescribeInvocations", nth: 4 },
      effect: { kind: "http5xx" },
    });
    emulator.faults.add({
      match: { action: "DescribeInvocations", nth: 1 },
      effect: {
        kind: "setField",
        field: "ExitCode",
        value: "",
        where: { InvocationStatus: "Running" },
      },
    });
    const stop = (): unknown => {
      const { invokeId = "" } = emulator.requests.list({ action: launchActions })[0]!;
      return otherClient(emulator, "StopInvocation", { invokeId, instanceId: [idOf(7), idOf(8)] });
    };
    const { kept, failure } = await up(
      emulator,
      undefined,
      { script, timeout: 60, targets: { instanceIds: idsOf(1, 8) } },
      { clock: timed(emulator, [{ afterMs: 20_000, run: stop }]) },
    );
    const rows = rowsOf(kept);
    expect(Object.values(rows).map(({ status }) => status)).toEqual([
      "Success",
      "Failed",
      "Timeout",
      "Aborted",
      "Invalid",
      "Error",
      "Terminated",
      "Cancelled",
    ]);
    expect(Object.values(rows).map((row) => row.exitCode)).toEqual([
      0,
      3,
      ...Array.from({ length: 6 }, () => undefined),
    ]);
    expect(Object.values(rows).filter((row) => "exitCode" in row)).toHaveLength(2);
    expect(failure?.message).not.toMatch(/ECONNRESET|socket|503|ServiceUnavailable/);
    expect(launches(emulator)).toHaveLength(1);
  });
});

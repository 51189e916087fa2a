import type { Emulator } from "cloud-assistant-emulator";
import { tagKeys } from "../../provider/src/names.js";
import {
  destroy,
  launches,
  mutatingCalls,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
} from "../support/lifecycle.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const fleet = (count: number): { instanceId: string; tags: Record<string, string> }[] =>
  Array.from({ length: count }, (_, n) => ({
    instanceId: `i-${String(n + 1).padStart(4, "0")}`,
    tags: { role: "web" },
  }));
const script = { content: "echo hello\n" };
const tagged = { tags: { role: "web" } };

test("a script runs once on every machine, and the ledger says how it ended", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const { kept, failure } = await up(emulator, undefined, { script, targets: tagged });
  expect(failure).toBeUndefined();
  expect(stateOf(kept)).toMatchObject({
    status: "Success",
    summary: { members: 3, succeeded: 3 },
    accountId: emulator.accountId,
    region: emulator.regionId,
    schemaVersion: 1,
  });
  expect(launches(emulator)).toEqual([["i-0001", "i-0002", "i-0003"]]);
  expect(rowsOf(kept)["i-0002"]).toMatchObject({
    status: "Success",
    attempt: 1,
    exitCode: 0,
    batch: 1,
  });
});

test("120 machines are three calls, one after the other", async () => {
  emulator = await startVirtual({ instances: fleet(120) });
  const targets = { ...tagged, expect: { max: 120 } };
  const { kept } = await up(emulator, undefined, { script, targets });
  expect(launches(emulator).map((ids) => ids.length)).toEqual([50, 50, 20]);
  expect(stateOf(kept).summary.succeeded).toBe(120);
});

test("an up without a change makes no call at all for declared ids and a script", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const inputs = { script, targets: { instanceIds: ["i-0001", "i-0002"] } };
  const first = await up(emulator, undefined, inputs);
  emulator.requests.clear();
  const second = await up(emulator, first.kept, inputs);
  expect(second.operation).toBe("same");
  expect(emulator.requests.list()).toEqual([]);
  expect(second.lines).toEqual([]);
});

test("a failure is named with exit code and last output, and only it runs again", async () => {
  emulator = await startVirtual({
    instances: fleet(120).map((instance, n) =>
      n === 119
        ? {
            ...instance,
            behaviour: {
              rules: [
                { attempt: 1, outcome: { kind: "finish", exitCode: 3, output: "no such file\n" } },
              ],
            } as never,
          }
        : instance,
    ),
  });
  const inputs = { script, targets: { ...tagged, expect: { max: 120 } } };
  const first = await up(emulator, undefined, inputs);
  expect(first.failure?.message).toContain("119 of 120 succeeded, 1 failed");
  expect(first.failure?.message).toContain(
    "Failed (exit code 3), last output: no such file: i-0120",
  );
  expect(stateOf(first.kept).status).toBe("Failed");
  const refreshed = await refresh(emulator, first.kept!);
  emulator.requests.clear();
  const second = await up(emulator, refreshed, inputs);
  expect(second.lines.join("\n")).toContain("runs again: i-0120");
  expect(second.failure).toBeUndefined();
  expect(launches(emulator)).toEqual([["i-0120"]]);
  expect(second.failure).toBeUndefined();
  expect(rowsOf(second.kept)["i-0120"]).toMatchObject({ status: "Success", attempt: 2 });
  emulator.requests.clear();
  const third = await up(emulator, second.kept, inputs);
  expect(third.operation).toBe("same");
  expect(mutatingCalls(emulator)).toEqual([]);
});

test("a changed script runs anew on all; a changed timeout is only saved", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const first = await up(emulator, undefined, { script, targets: tagged });
  const saved = await up(emulator, first.kept, { script, targets: tagged, timeout: 120 });
  expect(saved.operation).toBe("update");
  expect(launches(emulator)).toHaveLength(1);
  const anew = await up(emulator, saved.kept, {
    script: { content: "echo other\n" },
    targets: tagged,
    timeout: 120,
  });
  expect(launches(emulator)).toHaveLength(2);
  expect(stateOf(anew.kept).runId).not.toBe(stateOf(first.kept).runId);
  expect(stateOf(anew.kept).owner).toBe(stateOf(first.kept).owner);
});

test("an id that is added runs alone, one that is removed is dropped", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const first = await up(emulator, undefined, {
    script,
    targets: { instanceIds: ["i-0001", "i-0002"] },
  });
  const second = await up(emulator, first.kept, {
    script,
    targets: { instanceIds: ["i-0002", "i-0003"] },
  });
  expect(launches(emulator)).toEqual([["i-0001", "i-0002"], ["i-0003"]]);
  expect(rowsOf(second.kept)["i-0001"]!.status).toBe("Dropped");
  expect(rowsOf(second.kept)["i-0002"]).toMatchObject({ status: "Success", attempt: 1 });
  expect(stateOf(second.kept).status).toBe("Success");
});

test("a declared id that does not exist is a failed target with its name, and is never called", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const targets = { instanceIds: ["i-0001", "i-nowhere"] };
  const { kept, failure } = await up(emulator, undefined, { script, targets });
  expect(failure?.message).toContain("InstanceNotExists: The instance does not exist.: i-nowhere");
  expect(rowsOf(kept)["i-nowhere"]).toMatchObject({ status: "Aborted", attempt: 0 });
});

test("destroy marks a finished run, and a second create runs anew", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const inputs = { script, targets: tagged };
  const first = await up(emulator, undefined, inputs);
  await destroy(emulator, first.kept!);
  expect(mutatingCalls(emulator)).toEqual(["RunCommand", "TagResources"]);
  const again = await up(emulator, undefined, inputs);
  expect(launches(emulator)).toHaveLength(2);
  expect(stateOf(again.kept).owner).toBe(stateOf(first.kept).owner);
  // The run's own id is the same, and a call under it would be answered with the first invocation.
  const runs = emulator.invocations().map(({ tags }) => tags[tagKeys.run]);
  expect(new Set(runs).size).toBe(2);
});

test("lost state runs nothing twice", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const inputs = { script, targets: tagged };
  const first = await up(emulator, undefined, inputs);
  const again = await up(emulator, undefined, inputs);
  expect(launches(emulator)).toHaveLength(1);
  expect(stateOf(again.kept)).toMatchObject({
    status: "Success",
    runId: stateOf(first.kept).runId,
  });
  expect(again.lines.join("\n")).toContain("takes over");
});

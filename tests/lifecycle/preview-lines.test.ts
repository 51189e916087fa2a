/** What a check prints, and what it refuses where the plan has to be known. */
import type { Emulator } from "cloud-assistant-emulator";
import { change, exits, fleet, idOf, idsOf, script, tagged } from "../support/fleet.js";
import {
  CheckFailed,
  launches,
  newProcess,
  startVirtual,
  up,
  urnOf,
} from "../support/lifecycle.js";

// The first test of a file loads the SDK, which a busy machine takes its time for.
jest.setTimeout(60_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const on = (count: number) => ({ script, targets: { instanceIds: idsOf(1, count) } });

function refuse(action: string): void {
  emulator.faults.add({
    match: { action },
    effect: { kind: "error", status: 403, code: "Forbidden.RAM" },
  });
}

async function linesFor(inputs: Record<string, unknown>): Promise<readonly string[]> {
  const process = newProcess(emulator);
  await process.runtime.invocation.check(
    {},
    { resourceUrn: urnOf("run"), organization: "organization", ...inputs },
  );
  return process.lines;
}

describe("the worst case", () => {
  const secondsIn = (lines: readonly string[]): number =>
    Number(/takes at most (\d+) s/.exec(lines.join("\n"))![1]);

  test("counts the wait for machines that are started, and holds", async () => {
    emulator = await startVirtual({
      instances: fleet(1, { 1: { power: "Stopped" } }),
      limits: { startingMs: 200_000, agentStartMs: 30_000 },
    });
    const before = emulator.clock.now();
    const { lines, failure } = await up(emulator, undefined, {
      ...on(1),
      timeout: 10,
      readiness: { start: true },
    });
    expect(failure).toBeUndefined();
    expect(secondsIn(lines)).toBe(300 + 10 + 90);
    expect(lines.join("\n")).toContain("up to 300 s of them for machines that are not ready");
    expect((emulator.clock.now() - before) / 1_000).toBeLessThanOrEqual(secondsIn(lines));
  });

  test("counts no wait where nobody is waited for", async () => {
    emulator = await startVirtual({
      instances: fleet(2, { 2: { power: "Stopped" } }),
    });
    const lines = await linesFor({ ...on(2), timeout: 10, readiness: { maxUnready: 1 } });
    expect(secondsIn(lines)).toBe(100);
    expect(lines.join("\n")).not.toContain("for machines that are not ready");
  });

  test("counts the wait where nobody could be looked at", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    refuse("DescribeCloudAssistantStatus");
    const lines = await linesFor({ ...on(1), timeout: 10, readiness: { wait: 20 } });
    expect(secondsIn(lines)).toBe(120);
  });

  test("counts that a reboot is waited for as long as its command", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    expect(secondsIn(await linesFor({ ...on(1), timeout: 10, successExitCodes: [0, 194] }))).toBe(
      200,
    );
  });
});

test("at most ten lines a resource: warnings and what is not known stay, and the rest is counted", async () => {
  emulator = await startVirtual({ instances: fleet(30) });
  refuse("DescribeCloudAssistantStatus");
  refuse("GetCallerIdentity");
  refuse("DescribeAccountAttributes");
  const lines = await linesFor({
    script: { content: "\n\n#!/bin/sh\r\necho {{.Names}}\r\n" },
    targets: { instanceIds: [...idsOf(1, 30), "i-9999"], expect: { max: 3 } },
    rollout: { batchSize: 4 },
    triggers: ["password"],
    parameters: {},
  });
  const said = lines.map((line) => line.replace(/^run: /, ""));
  expect(said.length).toBe(10);
  expect(said.at(-1)).toMatch(/^and \d+ more lines$/);
  const text = said.join("\n");
  for (const kept of ["the account: not known", "readiness: not known", "the quota: not known"]) {
    expect(text).toContain(kept);
  }
  expect(text).toContain("runs on 30 machines");
  expect(text).toContain("warning: ");
});

test.each([
  ["targets", "DescribeInstances", on(1)],
  ["readiness", "DescribeCloudAssistantStatus", on(1)],
  ["connection", "GetCallerIdentity", on(1)],
  ["commandId", "DescribeCommands", { commandId: "c-1", targets: tagged }],
])("a plan that must be known names %s where %s is refused", async (path, action, inputs) => {
  emulator = await startVirtual({ instances: fleet(1) });
  refuse(action);
  const env = { CLOUD_ASSISTANT_REQUIRE_KNOWN_PLAN: "true" };
  const refused = up(emulator, undefined, inputs, { env });
  await expect(refused).rejects.toBeInstanceOf(CheckFailed);
  await expect(refused).rejects.toThrow(
    new RegExp(
      `^${path}: the plan is not known\\. Given: (the )?[^]*not known [^]*Allowed: [^]*unset`,
    ),
  );
});

test("an account that may not call, or not tag, is told of ownership none and of what is lost", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  refuse("RunCommand");
  const { failure, kept } = await up(emulator, undefined, on(1));
  expect(kept).toBeUndefined();
  expect(failure?.message).toMatch(/Given: .*Allowed: .*ecs:TagResources.*ownership: "none"/);
  expect(failure?.message).toContain("is not found again where its state is lost");
  const untagged = await up(emulator, undefined, { ...on(1), ownership: "none" });
  expect(untagged.failure?.message).not.toContain("ownership");
});

test("a failed credential chain quotes no key of its own", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const uri = "http://127.0.0.1:1/credentials?token=hunter22";
  const { lines, failure } = await up(emulator, undefined, on(1), {
    env: { CLOUD_ASSISTANT_ACCESS_KEY_ID: "", CLOUD_ASSISTANT_ACCESS_KEY_SECRET: "" },
    config: { "alicloud:credentialsUri": uri },
  });
  expect(failure?.message).toContain("alicloud:credentialsUri, which says:");
  expect([...lines, failure?.message].join("\n")).not.toContain("hunter22");
});

test("once the engine is gone the refusal says what to do", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const process = newProcess(emulator);
  process.leave();
  const urn = "urn:pulumi:test::project::t::command";
  const inputs = { name: "n", content: "echo\n", resourceUrn: urn, contentHash: "x" };
  await expect(process.runtime.command.create(inputs)).rejects.toThrow(
    /^The Pulumi engine is gone.* Given: .* Allowed: .* Run pulumi up again\.$/,
  );
});

describe("what create and update would refuse is a warning already", () => {
  test("a saved command that does not exist", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const lines = await linesFor({ commandId: "c-nope", targets: { instanceIds: idsOf(1, 1) } });
    expect(lines).toContainEqual(
      expect.stringContaining("run: warning: commandId: no such command in region"),
    );
  });

  test("a machine that does not exist", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    expect(await linesFor(on(2))).toContain(
      `run: warning: does not exist, and will count as failed: ${idOf(2)}`,
    );
  });

  test("an account that the program does not name", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const lines = await linesFor({ ...on(1), connection: { accountId: "1234567890123456" } });
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^run: warning: connection\.accountId: .*Given: account 1000000000000001\. Allowed: account 1234567890123456\./,
      ),
    );
  });
});

describe("after an update that failed, of which Pulumi keeps the old inputs", () => {
  const other = { ...on(2), script: { content: "echo other\n" } };

  test("the same program again: who is tried again, and nobody else", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, on(2));
    change(emulator, 2, exits(3));
    const second = await up(emulator, first.kept, other);
    expect(second.failure).toBeDefined();
    const third = await up(emulator, second.kept, other);
    expect(third.lines).toContain(`run: failed or not reached before, runs again: ${idOf(2)}`);
    expect(third.lines.join("\n")).not.toContain("runs on 0 machines");
    expect(launches(emulator).at(-1)).toEqual([idOf(2)]);
  });

  test("the program before it: that everybody runs again", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, on(2));
    change(emulator, 2, exits(3));
    const second = await up(emulator, first.kept, other);
    const third = await up(emulator, second.kept, on(2));
    expect(third.lines).toContain(
      "run: runs anew on all members: script changed in an update that failed, and is taken back",
    );
    expect(launches(emulator).at(-1)).toEqual(idsOf(1, 2));
  });
});

import { writeFileSync } from "node:fs";
import path from "node:path";
import { startEmulator, type Emulator, type RequestLogEntry } from "cloud-assistant-emulator";
import { ensureEngine } from "cloud-assistant-engine";
import {
  engineTimeoutMs,
  exampleProject,
  mustPass,
  newStack,
  type Stack,
} from "../support/stack.js";

jest.setTimeout(120_000);
beforeAll(async () => {
  await ensureEngine();
}, engineTimeoutMs);

/** Calls that start a run, each as the ids that it names. */
function launches(emulator: Emulator): string[][] {
  return emulator.requests
    .list({ action: ["InvokeCommand", "RunCommand"] })
    .filter((entry) => entry.committed)
    .map(idsIn);
}

function idsIn({ params }: RequestLogEntry): string[] {
  return Object.entries(params).flatMap(([key, value]) =>
    key.startsWith("InstanceId.") ? [value] : [],
  );
}

describe("examples/quickstart", () => {
  let emulator: Emulator;
  let stack: Stack;
  beforeAll(async () => {
    emulator = await startEmulator({
      instances: [1, 2, 3].map((n) => ({
        instanceId: `i-web-${n}`,
        instanceName: `web-${n}`,
        tags: { role: "web" },
      })),
    });
    stack = await newStack(exampleProject("quickstart"), emulator);
  });
  afterAll(() => emulator.close());

  test("the preview says what will run where, and calls nothing that changes anything", async () => {
    const { output } = await mustPass(stack.preview("--diff"));
    expect(output).toContain(
      "greeting: runs on 3 machines in 1 call " +
        `(account ${emulator.accountId}, region cn-hangzhou, LOCAL EMULATOR)`,
    );
    expect(output).toContain("takes at most 150 s");
    expect(output).toContain('"1: i-web-1 i-web-2 i-web-3"');
    const actions = emulator.requests.list().map(({ action }) => action);
    expect(actions.filter((action) => !/^(Describe|List|Get)/.test(action))).toEqual([]);
  });

  test("the first up runs it on the three machines", async () => {
    const { output } = await mustPass(stack.up());
    expect(output).toMatch(/status\s*: "Success"/);
    expect(launches(emulator)).toEqual([["i-web-1", "i-web-2", "i-web-3"]]);
    const { results } = await stack.outputs("greeting");
    for (const n of [1, 2, 3]) {
      expect(results[`i-web-${n}`]).toMatchObject({
        status: "Success",
        exitCode: 0,
        output: expect.stringMatching(/^Hello world, this is .+\.\n$/),
      });
    }
  });

  test("a second preview and a second up find nothing to do", async () => {
    emulator.requests.clear();
    const preview = await mustPass(stack.preview("--expect-no-changes", "--diff"));
    expect(preview.output).not.toContain("greeting");
    const { output } = await mustPass(stack.up());
    expect(output).toContain("3 unchanged");
    expect(launches(emulator)).toEqual([]);
  });

  test("destroy takes the saved command away, and leaves an empty stack", async () => {
    await mustPass(stack.destroy());
    expect((await stack.export()).resources ?? []).toEqual([]);
    expect(emulator.requests.list({ action: "DeleteCommand" })).toHaveLength(1);
  });
});

describe("examples/fleet", () => {
  const ids = Array.from({ length: 120 }, (_, n) => `i-fleet-${String(n + 1).padStart(3, "0")}`);
  const last = ids.at(-1)!;
  let emulator: Emulator;
  let stack: Stack;
  beforeAll(async () => {
    emulator = await startEmulator({
      instances: ids.map((instanceId, n) => ({
        instanceId,
        instanceName: `node-${n + 1}`,
        tags: { role: "fleet" },
      })),
    });
    for (const id of ids.filter((id) => id !== last)) putFile(id);
    stack = await newStack(exampleProject("fleet"), emulator);
  });
  afterAll(() => emulator.close());

  /** The file that the example's command looks for in its home folder. */
  function putFile(id: string): void {
    writeFileSync(path.join(emulator.instances.root(id)!, "agent.conf"), "agent settings\n");
  }

  test("the first up makes three calls, and names the one machine that failed, and why", async () => {
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    const called = launches(emulator);
    expect(called.map((call) => call.length)).toEqual([50, 50, 20]);
    expect(called.flat()).toEqual(ids);
    expect(output).toContain("119 of 120 succeeded, 1 failed");
    expect(output).toMatch(
      new RegExp(`Failed \\(exit code 3\\), last output: agent\\.conf is missing on .+: ${last}`),
    );
    const { status, results } = await stack.outputs("roll-out");
    expect(status).toBe("Failed");
    expect(results[ids[0]!]).toMatchObject({ output: "configured with agent settings\n" });
    expect(results[last]).toMatchObject({ status: "Failed", exitCode: 3 });
  });

  test("after a refresh the failure is still known", async () => {
    emulator.requests.clear();
    await mustPass(stack.refresh());
    const { status, results } = await stack.outputs("roll-out");
    expect(status).toBe("Failed");
    expect(results[last]).toMatchObject({ status: "Failed", exitCode: 3 });
    const preview = await stack.preview();
    expect(preview.output).toContain(`runs again: ${last}`);
    expect(launches(emulator)).toEqual([]);
  });

  test("with the file in its place, the second up runs that machine only", async () => {
    putFile(last);
    emulator.requests.clear();
    await mustPass(stack.up());
    expect(launches(emulator)).toEqual([[last]]);
    const { status, summary, results } = await stack.outputs("roll-out");
    expect(status).toBe("Success");
    expect(summary).toMatchObject({ members: 120, succeeded: 120, failed: 0 });
    expect(results[last]).toMatchObject({ status: "Success", attempt: 2 });
  });

  test("the third up changes nothing", async () => {
    emulator.requests.clear();
    const { output } = await mustPass(stack.up());
    expect(output).toContain("3 unchanged");
    expect(launches(emulator)).toEqual([]);
  });
});

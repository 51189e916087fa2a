/** The rings of docs/how-to/rings-and-canaries.md, under the real engine. */
import { startEmulator, type Emulator } from "cloud-assistant-emulator";
import { codeBlocks } from "../support/code-blocks.js";
import { engineTimeoutMs, mustPass, newProject, newStack } from "../support/stack.js";

jest.setTimeout(engineTimeoutMs);

const program = codeBlocks("docs/how-to/rings-and-canaries.md", "ts").find(({ code }) =>
  code.includes("dependsOn"),
)!.code;

let emulator: Emulator;
beforeAll(async () => {
  const fails = { kind: "finish", exitCode: 3, output: "self-test failed\n" } as const;
  emulator = await startEmulator({
    backend: "sim",
    sim: { afterMs: 50 },
    instances: [
      { instanceId: "i-canary1", tags: { ring: "canary" } },
      {
        instanceId: "i-staging1",
        tags: { ring: "staging" },
        behaviour: { rules: [{ attempt: 1, outcome: fails }] },
      },
      { instanceId: "i-staging2", tags: { ring: "staging" } },
      { instanceId: "i-prod1", tags: { ring: "prod" } },
    ],
  });
});
afterAll(() => emulator.close());

/** Machines in the order in which they were called. */
function called(): string[][] {
  return emulator.requests.list({ action: "InvokeCommand" }).map(({ params }) =>
    Object.keys(params)
      .filter((key) => key.startsWith("InstanceId."))
      .map((key) => params[key]!),
  );
}

test("a red ring keeps the next from beginning; mended, it goes on there, and what is done stays done", async () => {
  const stack = await newStack(newProject(program), emulator);
  const first = await stack.up();
  expect(first.code).not.toBe(0);
  expect(first.output).toContain("self-test failed");
  // A quarter of two machines is one: the second one of the ring is not begun either.
  expect(called()).toEqual([["i-canary1"], ["i-staging1"]]);

  const { holdId, status } = await stack.outputs("upgrade-staging");
  expect(status).toBe("Held");
  emulator.requests.clear();
  const released = stack.begin(
    { CLOUD_ASSISTANT_RESUME: String(holdId) },
    "up",
    "--yes",
    "--skip-preview",
  );
  await mustPass(released.end);
  expect(called()).toEqual([["i-staging1"], ["i-staging2"], ["i-prod1"]]);
});

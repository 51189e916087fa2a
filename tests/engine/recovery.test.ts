import { existsSync, watch, writeFileSync } from "node:fs";
import path from "node:path";
import { connectEmulator } from "cloud-assistant-emulator";
import { ensureEngine } from "cloud-assistant-engine";
import { startEmulatorProcess } from "../support/emulator-process.js";
import { engineTimeoutMs, newFolder, newProject, mustPass, newStack } from "../support/stack.js";

jest.setTimeout(120_000);
beforeAll(async () => {
  await ensureEngine();
}, engineTimeoutMs);

/** Says that it runs, and ends when its home folder has a file `go`, with that file's text as exit code. */
const waiting = `echo "begun by $1"
: > "$HOME/begun"
while [ ! -s "$HOME/go" ]; do sleep 0.1; done
code=$(cat "$HOME/go")
echo "ended with $code"
exit "$code"
`;

const program = `
import { CommandInvocation } from "pulumi-cloud-assistant";
const run = new CommandInvocation("run", {
  script: { content: ${JSON.stringify(waiting)} },
  targets: { instanceIds: ["i-1", "i-2", "i-3"] },
  successExitCodes: [0, 5, 6],
});
export const status = run.status;
`;

/** Resolves when the file is there. */
function appears(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(path.dirname(file), look).once("error", reject);
    function look(): void {
      if (!existsSync(file)) return;
      watcher.close();
      resolve();
    }
    look();
  });
}

async function setUp() {
  const data = newFolder();
  const seed = path.join(newFolder(), "fleet.json");
  writeFileSync(seed, JSON.stringify(["i-1", "i-2", "i-3"].map((instanceId) => ({ instanceId }))));
  const start = (port: number) =>
    startEmulatorProcess("--data", data, "--seed", seed, "--port", String(port));
  const first = await start(0);
  const controls = await connectEmulator(first.url);
  const homes = new Map<string, string>();
  for (const id of ["i-1", "i-2", "i-3"]) homes.set(id, (await controls.instances.root(id))!);
  return {
    first,
    controls,
    restart: () => start(first.port),
    stack: await newStack(newProject(program), first),
    begun: (id: string) => appears(path.join(homes.get(id)!, "begun")),
    letGo: (id: string, code: number) =>
      writeFileSync(path.join(homes.get(id)!, "go"), String(code)),
  };
}

test("SIGKILL of the emulator in mid-run loses nothing, and the up that waits ends green", async () => {
  const { first, controls, restart, stack, begun, letGo } = await setUp();
  const up = stack.up();
  await Promise.all(["i-1", "i-2", "i-3"].map(begun));
  // One ends before the kill, one while nobody is there, one after the restart.
  letGo("i-1", 0);
  const before = await controls.events.list();
  const isEnd = (event: (typeof before)[number]): boolean =>
    event.kind === "task" && event.instanceId === "i-1" && event.status === "Success";
  for (let seen = before; !seen.some(isEnd);) {
    seen = await controls.events.next(seen.at(-1)?.seq ?? 0, 60_000);
  }
  await first.kill();
  letGo("i-2", 5);

  const second = await restart();
  const again = await connectEmulator(second.url);
  const known = await again.invocations();
  expect(known).toHaveLength(1);
  letGo("i-3", 6);

  await mustPass(up);
  const { results, invocationIds } = await stack.outputs("run");
  expect(invocationIds).toEqual([known[0]!.invokeId]);
  expect(results).toMatchObject({
    "i-1": { status: "Success", exitCode: 0, output: expect.stringMatching(/\nended with 0\n$/) },
    "i-2": { status: "Success", exitCode: 5, output: expect.stringMatching(/\nended with 5\n$/) },
    "i-3": { status: "Success", exitCode: 6, output: expect.stringMatching(/\nended with 6\n$/) },
  });
  expect(await again.tasks()).toHaveLength(3);
  expect(await again.requests.list({ action: "RunCommand" })).toEqual([]);
  await second.end();
});

test("a call whose answer died with the emulator is asked again, and runs once", async () => {
  const { first, controls, restart, stack, begun, letGo } = await setUp();
  await controls.faults.add({
    match: { action: "RunCommand", nth: 1 },
    effect: { kind: "delay", delayMs: 3_600_000, moment: "after-commit" },
  });
  const up = stack.up();
  await Promise.all(["i-1", "i-2", "i-3"].map(begun));
  await first.kill();

  const second = await restart();
  const again = await connectEmulator(second.url);
  const [repeated] = await again.requests.wait({ action: "RunCommand" }, 1, 60_000);
  for (const id of ["i-1", "i-2", "i-3"]) letGo(id, 0);

  await mustPass(up);
  const known = await again.invocations();
  expect(known).toHaveLength(1);
  expect(repeated).toMatchObject({ params: { ClientToken: expect.any(String) } });
  expect((await stack.outputs("run")).invocationIds).toEqual([known[0]!.invokeId]);
  expect(await again.tasks()).toHaveLength(3);
  await second.end();
});

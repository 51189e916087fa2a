import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnEmulator, type Spawned } from "../support/spawned.js";

let folder: string;
let emulator: Spawned;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "mid-run-"));
  emulator = await start();
});
afterEach(async () => {
  await emulator.end();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const start = () =>
  spawnEmulator(["--data", join(folder, "data"), "--instances", "1", "--isolation", "plain"]);

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const result = async (InvokeId: string): Promise<any> => {
  const { Invocation } = await emulator.ok("DescribeInvocationResults", {
    InvokeId,
    ContentEncoding: "PlainText",
  });
  return Invocation.InvocationResults.InvocationResult[0];
};
const run = async (CommandContent: string): Promise<string> => {
  const { InvokeId } = await emulator.ok("RunCommand", {
    Type: "RunShellScript",
    CommandContent,
    InstanceId: [emulator.ready.instances[0]!],
  });
  return InvokeId;
};
const ended = (InvokeId: string) =>
  until(async () => {
    const row = await result(InvokeId);
    return ["Pending", "Running"].includes(row.InvocationStatus) ? undefined : row;
  });

test("what still ran when the emulator was killed ends with its true exit code and output", async () => {
  const going = join(folder, "going");
  const gate = join(folder, "gate");
  const InvokeId = await run(
    `echo early; : > ${going}; while ! [ -e ${gate} ]; do sleep 0.05; done; echo late; exit 7`,
  );
  await until(async () => existsSync(going) || undefined);
  await emulator.kill();
  emulator = await start();
  expect((await result(InvokeId)).InvocationStatus).toBe("Running");
  const opened = await run(`: > ${gate}`);
  expect(await ended(opened)).toMatchObject({ InvocationStatus: "Success" });
  expect(await ended(InvokeId)).toMatchObject({
    InvocationStatus: "Failed",
    ExitCode: 7,
    Output: "early\nlate\n",
    Repeats: 1,
  });
});

test("what came to its end while no emulator was there is told as it was", async () => {
  const going = join(folder, "going");
  const done = join(folder, "done");
  const InvokeId = await run(`: > ${going}; sleep 0.5; echo done; : > ${done}; exit 3`);
  await until(async () => existsSync(going) || undefined);
  await emulator.kill();
  await until(async () => existsSync(done) || undefined);
  emulator = await start();
  expect(await ended(InvokeId)).toMatchObject({
    InvocationStatus: "Failed",
    ExitCode: 3,
    Output: "done\n",
  });
});

test("what an emulator ended itself, in ending, is told as interrupted", async () => {
  const going = join(folder, "going");
  const InvokeId = await run(`: > ${going}; exec sleep 300`);
  await until(async () => existsSync(going) || undefined);
  expect(await emulator.end()).toBe(0);
  emulator = await start();
  expect(await ended(InvokeId)).toMatchObject({
    InvocationStatus: "Error",
    ErrorCode: "ExecutionInterrupted",
  });
});

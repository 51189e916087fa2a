import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnEmulator, type Spawned } from "../support/spawned.js";

let folder: string;
const open: Spawned[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "processes-"));
});
afterEach(async () => {
  for (const emulator of open.splice(0)) await emulator.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function start(name: string): Promise<Spawned> {
  const emulator = await spawnEmulator([
    ...["--data", join(folder, name), "--instances", "1", "--backend", "sim"],
  ]);
  open.push(emulator);
  return emulator;
}

test("a second process on one data folder is refused, and the first does not notice", async () => {
  const first = await start("data");
  await expect(start("data")).rejects.toThrow(
    new RegExp(`ended with 4: .*in use by process ${first.process.pid}`),
  );
  await first.ok("CreateCommand", {
    Name: "n",
    Type: "RunShellScript",
    CommandContent: "dHJ1ZQ==",
  });
});

test("the folder of a process that was killed is free, and so is that of one that ended", async () => {
  await (await start("data")).kill();
  expect(await (await start("data")).end()).toBe(0);
  const third = await start("data");
  expect((await third.ok("DescribeInstances", {})).TotalCount).toBe(1);
});

test("two processes on two folders live side by side", async () => {
  const [one, two] = await Promise.all([start("one"), start("two")]);
  await one.ok("RunCommand", {
    Type: "RunShellScript",
    CommandContent: "true",
    InstanceId: [one.ready.instances[0]!],
  });
  expect((await two.ok("DescribeInvocations", {})).TotalCount).toBe(0);
});

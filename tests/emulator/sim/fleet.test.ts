import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnEmulator, type Spawned } from "../support/spawned.js";

const COUNT = 10_000;
let folder: string;
let emulator: Spawned | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-"));
});
afterEach(async () => {
  await emulator?.kill();
  rmSync(folder, { recursive: true });
});

test("ten thousand simulated instances run a command and its results are read back in 160 MB", async () => {
  emulator = await spawnEmulator(
    ["--instances", String(COUNT), "--backend", "sim", "--data", folder],
    ["--max-old-space-size=160"],
  );
  const ids = emulator.ready.instances;
  expect(ids).toHaveLength(COUNT);
  const invokeIds: string[] = [];
  for (let start = 0; start < COUNT; start += 100) {
    const { InvokeId } = await emulator.ok("RunCommand", {
      Type: "RunShellScript",
      CommandContent: "echo hello",
      InstanceId: ids.slice(start, start + 100),
      Tag: [{ Key: "run", Value: "1" }],
    });
    invokeIds.push(InvokeId);
  }
  const living = async (InvokeStatus: string): Promise<number> =>
    (await emulator!.ok("DescribeInvocations", { InvokeStatus })).TotalCount;
  while ((await living("Pending")) + (await living("Running")) > 0);
  const seen = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const { Invocation } = await emulator.ok("DescribeInvocationResults", {
      Tag: [{ Key: "run", Value: "1" }],
      MaxResults: 50,
      ...(NextToken && { NextToken }),
    });
    for (const row of Invocation.InvocationResults.InvocationResult) {
      expect(seen.has(row.InstanceId)).toBe(false);
      seen.set(row.InstanceId, row.InvocationStatus);
    }
    NextToken = Invocation.NextToken;
  } while (NextToken);
  expect(seen.size).toBe(COUNT);
  expect(new Set(seen.values())).toEqual(new Set(["Success"]));
  const all = await emulator.ok("DescribeInvocations", { MaxResults: 50 });
  expect(all.TotalCount).toBe(100);
  // The same process, so the limit held; a second start reads it all back within the limit too.
  await emulator.kill();
  emulator = await spawnEmulator(["--data", folder], ["--max-old-space-size=160"]);
  const again = await emulator.ok("DescribeInvocations", { InvokeId: invokeIds[0]! });
  expect(again.Invocations.Invocation[0].InvokeInstances.InvokeInstance).toHaveLength(100);
}, 120_000);

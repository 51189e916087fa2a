import * as pulumi from "@pulumi/pulumi";
import type { Emulator } from "cloud-assistant-emulator";
import { getRuns } from "../../../provider/src/index.js";
import { readRunsOf } from "../../../provider/src/shells/read-runs.js";
import { cli } from "../../support/cli.js";
import { startVirtual, stateOf, up, virtualClock, type Kept } from "../../support/lifecycle.js";
import { fleet, idOf, living, often, script, web } from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const base = { script, targets: web, schedule: often };

/** Two machines; the second fails on its second run. An hour has six ticks. */
async function anHour(): Promise<Kept> {
  const [good, bad] = fleet(2);
  const rules = [{ attempt: 2, outcome: { kind: "finish", exitCode: 3 } }] as const;
  emulator = await startVirtual({ instances: [good!, { ...bad!, behaviour: { rules } }] });
  const { kept } = await up(emulator, undefined, base);
  await emulator.clock.advanceTo("2026-03-02T09:05:00Z");
  return kept!;
}

const runs = (kept: Kept, ...args: string[]) =>
  cli(emulator, ["runs", "run", ...args], { kept: { run: kept } });

test("runs lists what has run, the newest first, and counts it", async () => {
  const kept = await anHour();
  const end = await runs(kept, "--since", "30m");
  expect(end).toMatchObject({ code: 0, err: "" });
  expect(end.out.split("\n")).toEqual([
    "2026-03-02T09:00:00Z  i-0001  Success (exit code 0)",
    "2026-03-02T09:00:00Z  i-0002  Success (exit code 0)",
    "2026-03-02T08:50:00Z  i-0001  Success (exit code 0)",
    "2026-03-02T08:50:00Z  i-0002  Success (exit code 0)",
    "2026-03-02T08:40:00Z  i-0001  Success (exit code 0)",
    "2026-03-02T08:40:00Z  i-0002  Success (exit code 0)",
    "6 of 6 runs succeeded (100%), on 2 machines, since 30m",
    "",
  ]);
});

test("runs exits 1 below --min-success, and 0 at it", async () => {
  const kept = await anHour();
  const below = await runs(kept, "--since", "24h", "--min-success", "95%");
  expect(below).toMatchObject({ code: 1, err: "below 95%: 91.6% succeeded\n" });
  expect(below.out).toContain("2026-03-02T08:20:00Z  i-0002  Failed (exit code 3)");
  expect(below.out).toContain("11 of 12 runs succeeded (91.6%), on 2 machines, since 24h");
  expect((await runs(kept, "--min-success", "91.6%")).code).toBe(0);
  expect((await runs(kept, "--since", "30m", "--min-success", "100%")).code).toBe(0);
});

test("an exit code that counts as success counts here as well", async () => {
  await anHour();
  const tolerant = { ...base, successExitCodes: [0, 3], name: "run" };
  const { kept } = await up(emulator, undefined, tolerant);
  expect((await runs(kept!, "--min-success", "100%")).code).toBe(0);
});

test("nothing that ran is below any share, and machines without a run are named", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const { kept } = await up(emulator, undefined, base);
  const end = await runs(kept!, "--min-success", "1%");
  expect(end).toMatchObject({ code: 1, err: "below 1%: nothing has run since 24h\n" });
  expect(end.out).toContain("no run at all: i-0001, i-0002");
});

test("what a renewal has replaced is part of the history", async () => {
  const kept = await anHour();
  const second = await up(emulator, kept, { ...base, workingDir: "/srv" });
  await emulator.clock.advanceTo("2026-03-02T09:15:00Z");
  const end = await runs(second.kept!, "--since", "2026-03-02T08:55:00Z");
  expect(end.out).toContain("4 of 4 runs succeeded");
  const json = JSON.parse((await runs(second.kept!, "--since", "20m", "--json")).out);
  expect(new Set(json.map((run: { invocationId: string }) => run.invocationId)).size).toBe(2);
});

test("a run that is under way is listed and not counted", async () => {
  emulator = await startVirtual({ instances: fleet(1, { behaviour: { afterMs: 60_000 } }) });
  const { kept } = await up(emulator, undefined, { ...base, timeout: 300 });
  await emulator.clock.advanceTo("2026-03-02T08:10:30Z");
  const end = await runs(kept!);
  expect(end.out).toContain("2026-03-02T08:10:00Z  i-0001  Running");
  expect(end.out).toContain("0 of 0 runs succeeded, 1 under way");
});

test("a next-boot has one run, and boots of every kind are there", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const next = await up(emulator, undefined, { ...base, schedule: { boot: "next" } });
  emulator.instances.reboot(idOf(1));
  await emulator.clock.advance(10_000);
  expect((await runs(next.kept!)).out).toContain("1 of 1 runs succeeded");
});

test.each([
  [["--since", "yesterday"], "--since names no moment"],
  [["--min-success", "most"], "--min-success is no percentage"],
  [["--min-success", "101%"], "--min-success is no percentage"],
])("%j is not understood, and says what is", async (args, said) => {
  emulator = await startVirtual();
  const end = await cli(emulator, ["runs", "run", ...args]);
  expect(end).toMatchObject({ code: 2, out: "" });
  expect(end.err).toContain(said);
});

test("runs of a run now says where to look instead", async () => {
  emulator = await startVirtual({ instances: fleet(1) });
  const { kept } = await up(emulator, undefined, { script, targets: web });
  expect(await runs(kept!)).toMatchObject({
    code: 1,
    err: expect.stringContaining("run is a run now, which has no history"),
  });
});

test("more than a page of history is read, and no more of it than is asked for", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const { kept } = await up(emulator, undefined, base);
  await emulator.clock.advanceTo("2026-03-04T08:05:00Z");
  emulator.requests.clear();
  const end = await runs(kept!, "--since", "1d");
  expect(end.out).toContain("432 of 432 runs succeeded");
  const pages = emulator.requests.list({ action: "DescribeInvocationResults" }).length;
  expect(pages).toBeLessThanOrEqual(Math.ceil(432 / 50) + 2);
});

test("a program gets the same rows by getRuns", async () => {
  const kept = await anHour();
  const { owner, region, accountId, invocationIds } = stateOf(kept);
  const known = { owner, region, accountId, invocationIds };
  const env = {
    CLOUD_ASSISTANT_ENDPOINT: emulator.url,
    CLOUD_ASSISTANT_ACCESS_KEY_ID: emulator.accessKeyId,
    CLOUD_ASSISTANT_ACCESS_KEY_SECRET: emulator.accessKeySecret,
  };
  const read = (since: string) =>
    readRunsOf(known, since, () => undefined, env, virtualClock(emulator));
  const rows = await read("2026-03-02T08:15:00Z");
  const listed = await runs(kept, "--since", "2026-03-02T08:15:00Z", "--json");
  expect(rows).toEqual(JSON.parse(listed.out));
  expect(rows.find((row) => row.exitCode === 3)).toEqual({
    instanceId: idOf(2),
    invocationId: living(emulator)[0]!.invokeId,
    status: "Failed",
    startedAt: "2026-03-02T08:20:00Z",
    finishedAt: "2026-03-02T08:20:00Z",
    exitCode: 3,
    errorCode: "ExitCodeNonzero",
    errorInfo: expect.any(String),
  });
  await expect(read("last week")).rejects.toThrow("since: names no moment");
  await expect(
    readRunsOf({ ...known, accountId: "9999" }, "24h", () => undefined, env),
  ).rejects.toThrow("another account");

  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const output = getRuns(
      { owner: pulumi.output(owner), region, accountId, invocationIds: [...invocationIds] },
      { since: new Date("2026-03-02T08:15:00Z") },
    );
    const resolved = await new Promise((resolve) => output.apply(resolve));
    expect(resolved).toEqual(rows);
  } finally {
    process.env = before;
  }
});

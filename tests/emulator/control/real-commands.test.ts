import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { createExecBackend } from "../../../emulator/src/backends/exec/index.js";
import { createClock, type Clock } from "../../../emulator/src/clock/index.js";
import type { ServiceEvent } from "../../../emulator/src/service.js";
import { base64, openBack, type Back } from "../support/back.js";
import { allResults, row, run, savedCommand } from "../support/commands.js";

/** The control plane with machines that really run commands, in their plainest form. */
let folder: string;
let back: Back;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "real-"));
});
afterEach(async () => {
  await back.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const text = (encoded: string) => Buffer.from(encoded, "base64").toString("utf8");

let logged: Record<string, unknown>[];

async function open(clock: Clock): Promise<void> {
  logged = [];
  const stream = { write: (line: string) => void logged.push(JSON.parse(line)) };
  back = await openBack({
    clock,
    logger: pino({ level: "info" }, stream),
    instances: [{ instanceId: "i-1", timeZone: "UTC" }],
    backends: {
      exec: (deps) => createExecBackend({ folder: join(folder, "exec"), isolation: "plain" }, deps),
    },
    limits: { startingMs: 10, stoppingMs: 10, agentStartMs: 10 },
  });
}

/** Waits for the first event of that kind, from now on or before. */
function happened(wanted: (event: ServiceEvent) => boolean): Promise<ServiceEvent> {
  return new Promise((resolve) => {
    const stop = back.service.admin.events.subscribe((event) => {
      if (wanted(event)) done(event);
    });
    const done = (event: ServiceEvent): void => {
      stop();
      resolve(event);
    };
    const before = back.service.admin.events.list().find(wanted);
    if (before !== undefined) done(before);
  });
}

const status = (InvokeId: string, wanted: string) =>
  happened(
    (event) => event.kind === "task" && event.invokeId === InvokeId && event.status === wanted,
  );

describe("on real time", () => {
  beforeEach(() => open(createClock({ mode: "real" })));

  test("a value with characters that text operations have opinions about arrives as it is", async () => {
    const CommandId = savedCommand(back, {
      CommandContent:
        "Y2F0IDw8J0VPRl85ZjInIHwgb2QgLUFuIC12IC10eDEgfCB0ciAtZCAnIFxuJwp7e3Z9fQpFT0ZfOWYyCg==",
      EnableParameter: true,
    });
    const v = text("YSQkYiQmYyQxZCRgZSQnZl5nJVBBVEglaFxpImo=");
    const { InvokeId } = back.ok("InvokeCommand", {
      CommandId,
      InstanceId: ["i-1"],
      Parameters: JSON.stringify({ v }),
    });
    await status(InvokeId, "Success");
    expect(row(back, InvokeId, "i-1").Output).toBe(
      "612424622426632431642460652427665e67255041544825685c69226a0a",
    );
  });

  test("a parameter without a value is empty", async () => {
    const CommandId = savedCommand(back, {
      CommandContent: "cHJpbnRmICJbJXNdXG4iICJ7e2Rpcn19L2NhY2hlIgo=",
      EnableParameter: true,
    });
    const { InvokeId } = back.ok("InvokeCommand", { CommandId, InstanceId: ["i-1"] });
    await status(InvokeId, "Success");
    expect(row(back, InvokeId, "i-1").Output).toBe("[/cache]\n");
  });

  test("bytes that are not text come back whole, beside the exit code", async () => {
    const { InvokeId } = run(back, ["i-1"], {
      CommandContent: "cHJpbnRmICdjYWZcMzUxXDAwMFwwMzNbMzFtcmVkXDAzM1swbVxuJzsgZXhpdCAzCg==",
      ContentEncoding: "Base64",
    });
    await status(InvokeId, "Failed");
    const [found] = back.ok("DescribeInvocationResults", { InvokeId }).Invocation.InvocationResults
      .InvocationResult;
    expect(found).toMatchObject({ Output: "Y2Fm6QAbWzMxbXJlZBtbMG0K", ExitCode: 3, Dropped: 0 });
  });

  test("output of a run that goes on is there to read, and is kept when the run is stopped", async () => {
    const { InvokeId } = run(back, ["i-1"], {
      CommandContent: "echo early; exec sleep 300",
      Timeout: 600,
    });
    await status(InvokeId, "Running");
    while (row(back, InvokeId, "i-1").Output !== "early\n") {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    back.ok("StopInvocation", { InvokeId });
    await status(InvokeId, "Terminated");
    expect(row(back, InvokeId, "i-1")).toMatchObject({ Output: "early\n", Repeats: 1 });
  });

  test("a reboot ends what runs, and its output so far is kept", async () => {
    const { InvokeId } = run(back, ["i-1"], {
      CommandContent: "echo early; exec sleep 300",
      Timeout: 600,
    });
    await status(InvokeId, "Running");
    while (row(back, InvokeId, "i-1").Output !== "early\n") {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    back.ok("RebootInstance", { InstanceId: "i-1" });
    expect(row(back, InvokeId, "i-1")).toMatchObject({
      InvocationStatus: "Error",
      ErrorCode: "InstanceRestarted",
      Output: "early\n",
    });
    await happened((event) => event.kind === "power" && event.power === "Running");
  });

  test("a script that asks for a reboot at its first boot runs twice and no more", async () => {
    const { InvokeId } = run(back, ["i-1"], {
      CommandContent:
        "bT0iJEhPTUUvZmMtYm8yLm1hcmsiCmlmIFsgLWUgIiRtIiBdOyB0aGVuIGVjaG8gc2Vjb25kOyBleGl0IDA7IGZpCjogPiAiJG0iOyBlY2hvIGZpcnN0OyBleGl0IDE5NAo=",
      ContentEncoding: "Base64",
      RepeatMode: "EveryReboot",
    });
    back.ok("RebootInstance", { InstanceId: "i-1" });
    await happened((event) => event.kind === "run" && event.run === 2);
    const history = allResults(back, { InvokeId, IncludeHistory: true });
    expect(history.map((one) => [one.ExitCode, one.Output])).toEqual([
      [0, "second\n"],
      [194, "first\n"],
    ]);
    expect(back.service.admin.instances.get("i-1")).toMatchObject({
      bootCount: 3,
      power: "Running",
    });
    expect(row(back, InvokeId, "i-1").InvocationStatus).toBe("Scheduled");
  });

  test("an account or a folder that is not there is refused by the machine, with the API's code", async () => {
    const user = run(back, ["i-1"], { Username: "nobody-here" }).InvokeId;
    const place = run(back, ["i-1"], { WorkingDir: "/no/such/folder" }).InvokeId;
    await Promise.all([status(user, "Invalid"), status(place, "Invalid")]);
    expect(row(back, user, "i-1")).toMatchObject({
      ErrorCode: "AccountNotExists",
      ErrorInfo: "the specified account does not exists.",
      Repeats: 0,
    });
    expect(row(back, place, "i-1")).toMatchObject({
      ErrorCode: "DirectoryNotExists",
      ErrorInfo: "the specified directory does not exists.",
      Repeats: 0,
    });
  });

  test("what could not be started shows the service's words, and the machine's own are in the log", async () => {
    const { InvokeId } = run(back, ["i-1"], { Launcher: "no-such-launcher" });
    await status(InvokeId, "Error");
    expect(row(back, InvokeId, "i-1")).toMatchObject({
      ErrorCode: "ExecutionException",
      ErrorInfo: "the command execution got an exception.",
    });
    expect(logged).toContainEqual(
      expect.objectContaining({ invokeId: InvokeId, detail: "LauncherNotFound: no-such-launcher" }),
    );
  });

  test("sb-5: the limit counts encoded bytes; the largest content runs", async () => {
    const content = (count: number) => `echo '${"日".repeat(count)}'\n`;
    const { InvokeId } = run(back, ["i-1"], { CommandContent: content(6_141) });
    await status(InvokeId, "Success");
    expect(row(back, InvokeId, "i-1").Output).toBe(`${"日".repeat(6_141)}\n`);
    const params = { Type: "RunShellScript", InstanceId: ["i-1"] };
    const { body } = back.call("RunCommand", { ...params, CommandContent: content(6_142) });
    expect(body.Code).toBe("CmdContent.ExceedLimit");
    expect(JSON.stringify(body)).not.toContain("日");
  });
});

test("an advance of virtual time waits for what really runs, tick after tick", async () => {
  await open(createClock({ mode: "virtual", now: "2026-03-01T00:00:00Z" }));
  const { InvokeId } = run(back, ["i-1"], {
    CommandContent: "sleep 0.1; date +%s >> $HOME/runs; wc -l < $HOME/runs",
    Frequency: "rate(1h)",
  });
  await back.advance(3 * 3_600 + 1);
  const history = allResults(back, { InvokeId, IncludeHistory: true });
  expect(history.map((one) => [one.StartTime.slice(11, 16), one.Output.trim()])).toEqual([
    ["03:00", "3"],
    ["02:00", "2"],
    ["01:00", "1"],
  ]);
});

test("a saved command is the bytes that were saved", async () => {
  await open(createClock({ mode: "real" }));
  const CommandId = savedCommand(back, { CommandContent: base64("printf 'é$HOME\\n' | wc -c\n") });
  const { InvokeId } = back.ok("InvokeCommand", { CommandId, InstanceId: ["i-1"] });
  await status(InvokeId, "Success");
  expect(row(back, InvokeId, "i-1").Output.trim()).toBe("8");
});

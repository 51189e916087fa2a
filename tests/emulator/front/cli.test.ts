import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connectEmulator, waitForEvent } from "cloud-assistant-emulator";
import { parseSeedFile } from "../../../emulator/src/cli/seed-file.js";
import { parseArguments } from "../../../emulator/src/cli/parse-arguments.js";
import { signedRequest, type Keys } from "./support/signed-request.js";

// The built command, as people start it.
const BIN = join(__dirname, "../../../emulator/bin/cloud-assistant-emulator.js");

type Running = {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  /** The parsed ready line. */
  readonly ready: Promise<Record<string, any>>;
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
};

const children: ChildProcess[] = [];
const folders: string[] = [];

function cli(...args: string[]): Running {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let out = "";
  let err = "";
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  const ready = new Promise<Record<string, any>>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      const end = out.indexOf("\n");
      if (end >= 0 && out.startsWith("{"))
        resolve(JSON.parse(out.slice(0, end)) as Record<string, any>);
    });
    void exit.then(() => reject(new Error(`ended before it was ready: ${err}`)));
  });
  ready.catch(() => undefined);
  return { child, stderr: () => err, ready, exit };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "front-cli-"));
  folders.push(made);
  return made;
}

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    await closed;
  }
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true });
});

const keysOf = (ready: Record<string, any>) => ready as unknown as Keys;

describe("the command", () => {
  it("prints one JSON line when it is ready, and serves", async () => {
    const it = cli("--instances", "3", "--backend", "sim", "--region", "cn-beijing");
    const ready = await it.ready;
    expect(ready).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      port: Number(new URL(ready.url as string).port),
      regionId: "cn-beijing",
      accountId: "1000000000000001",
      accessKeyId: "emulator",
      accessKeySecret: expect.stringMatching(/^[0-9a-f]{30}$/),
      instances: expect.arrayContaining([expect.stringMatching(/^i-/)]),
      isolation: expect.any(String),
    });
    expect(ready.instances).toHaveLength(3);
    const answer = await signedRequest(ready.url as string, keysOf(ready), {
      action: "DescribeInstances",
      params: { RegionId: "cn-beijing" },
    });
    expect(answer.body.TotalCount).toBe(3);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends cleanly on %s", async (signal) => {
    const it = cli("--backend", "sim");
    const { url } = await it.ready;
    it.child.kill(signal);
    expect(await it.exit).toEqual({ code: 0, signal: null });
    expect(it.stderr()).toContain(`${signal}: ending what runs.`);
    await expect(connectEmulator(url as string)).rejects.toMatchObject({ code: "Unreachable" });
  });

  it("says once on stderr which isolation is used and that commands really run", async () => {
    const it = cli("--instances", "1", "--isolation", "plain");
    const { isolation } = await it.ready;
    expect(isolation).toBe("plain");
    it.child.kill("SIGTERM");
    await it.exit;
    expect(it.stderr().match(/Commands really run on this machine/g)).toHaveLength(1);
    expect(it.stderr()).toContain("not a security boundary");
  });

  it("ends the commands that it runs", async () => {
    const it = cli("--instances", "1", "--isolation", "plain");
    const ready = await it.ready;
    const remote = await connectEmulator(ready.url as string);
    const file = join((await remote.instances.root(ready.instances[0] as string))!, "pid");
    const written = appears(file);
    const content = 'echo $$ > "$HOME/pid.new"; mv "$HOME/pid.new" "$HOME/pid"; sleep 300';
    await signedRequest(remote.url, remote, {
      action: "RunCommand",
      params: {
        RegionId: remote.regionId,
        Type: "RunShellScript",
        Timeout: "600",
        CommandContent: Buffer.from(content).toString("base64"),
        ContentEncoding: "Base64",
        "InstanceId.1": ready.instances[0] as string,
      },
    });
    await written;
    const pid = Number(readFileSync(file, "utf8"));
    expect(lives(pid)).toBe(true);
    it.child.kill("SIGTERM");
    expect((await it.exit).code).toBe(0);
    expect(lives(pid)).toBe(false);
  });

  it("goes on serving when whoever read its output is gone", async () => {
    const it = cli("--backend", "sim", "--verbose");
    const ready = await it.ready;
    it.child.stdout!.destroy();
    it.child.stderr!.destroy();
    const ask = () =>
      signedRequest(ready.url as string, keysOf(ready), { action: "DescribeRegions" });
    for (let i = 0; i < 20; i += 1) expect((await ask()).status).toBe(200);
    it.child.kill("SIGTERM");
    expect(await it.exit).toEqual({ code: 0, signal: null });
  });

  it("with --verbose logs each request to stderr as a JSON line", async () => {
    const it = cli("--backend", "sim", "--verbose");
    const ready = await it.ready;
    await signedRequest(ready.url as string, keysOf(ready), { action: "DescribeRegions" });
    it.child.kill("SIGTERM");
    await it.exit;
    const lines = it
      .stderr()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, any>);
    expect(lines).toContainEqual(
      expect.objectContaining({
        msg: "request",
        request: expect.objectContaining({ action: "DescribeRegions", status: 200 }) as object,
      }),
    );
  });

  it("goes on from its data folder, with the same instances and keys", async () => {
    const data = folder();
    const args = ["--instances", "2", "--backend", "sim", "--data", data];
    const first = cli(...args);
    const before = await first.ready;
    first.child.kill("SIGTERM");
    await first.exit;
    const second = cli("--instances", "5", ...args.slice(2));
    const after = await second.ready;
    expect(second.stderr()).toContain(`goes on from ${data} with its 2 instances. Other instances`);
    expect(first.stderr()).not.toContain("goes on");
    expect(after.instances).toEqual(before.instances);
    expect(after.accessKeySecret).toBe(before.accessKeySecret);
  });

  it("killed in mid-run and started again tells the true end of what still ran", async () => {
    const args = ["--instances", "1", "--data", folder()];
    const first = cli(...args);
    const ready = await first.ready;
    const [id] = ready.instances as [string];
    const before = await connectEmulator(ready.url as string);
    const file = join((await before.instances.root(id))!, "begun");
    const written = appears(file);
    // It ends only when the second emulator has opened the way.
    const content =
      'mkfifo "$HOME/gate"; echo one; : > "$HOME/begun"; read go < "$HOME/gate"; echo $go; exit 7';
    const { body } = await signedRequest(before.url, before, {
      action: "RunCommand",
      params: {
        RegionId: before.regionId,
        Type: "RunShellScript",
        CommandContent: Buffer.from(content).toString("base64"),
        ContentEncoding: "Base64",
        "InstanceId.1": id,
      },
    });
    await written;
    first.child.kill("SIGKILL");
    await first.exit;

    const after = await connectEmulator((await cli(...args).ready).url as string);
    expect(await after.tasks()).toMatchObject([{ invokeId: body.InvokeId, status: "Running" }]);
    const ended = waitForEvent(after, (event) => event.kind === "task" && event.exitCode === 7, {
      timeoutMs: 10_000,
    });
    writeFileSync(join(dirname(file), "gate"), "two\n");
    await ended;
    const output = await after.output(body.InvokeId as string, id);
    expect(Buffer.from(output!.outputBase64, "base64").toString()).toBe("one\ntwo\n");
    expect(await after.tasks()).toMatchObject([{ status: "Failed", exitCode: 7 }]);
  });

  it("is ended at once by a second signal, and says so", async () => {
    const it = cli("--instances", "1", "--isolation", "plain", "--data", folder());
    const ready = await it.ready;
    const remote = await connectEmulator(ready.url as string);
    // Something to end, so that the end takes its time; what is left of it ends by itself.
    const runs = waitForEvent(remote, ({ kind }) => kind === "task", { timeoutMs: 10_000 });
    await signedRequest(remote.url, remote, {
      action: "RunCommand",
      params: {
        RegionId: remote.regionId,
        Type: "RunShellScript",
        CommandContent: "sleep 1",
        "InstanceId.1": ready.instances[0] as string,
      },
    });
    await runs;
    it.child.kill("SIGINT");
    it.child.kill("SIGTERM");
    expect(await it.exit).toEqual({ code: 1, signal: null });
    expect(it.stderr()).toContain("ended at once");
  });

  it("on a damaged data folder names file and line, and ends with 5", async () => {
    const data = folder();
    const first = cli("--instances", "1", "--backend", "sim", "--data", data);
    await first.ready;
    first.child.kill("SIGKILL");
    await first.exit;
    const journal = join(data, "journal.jsonl");
    const [head, line, ...rest] = readFileSync(journal, "utf8").split("\n");
    writeFileSync(journal, [head, line!.replace("i-", "j-"), ...rest].join("\n"));
    const second = cli("--backend", "sim", "--data", data);
    expect((await second.exit).code).toBe(5);
    expect(second.stderr()).toContain(`${journal}, line 2 is damaged`);
    // With its last line cut short it is taken: that call was never answered.
    writeFileSync(journal, `${head}\n${line!.slice(0, -9)}`);
    expect((await cli("--backend", "sim", "--data", data).ready).instances).toEqual([]);
  });

  it("on a data folder that cannot be made says why, and ends with 2", async () => {
    const it = cli("--backend", "sim", "--data", "/proc/none/of/this");
    expect((await it.exit).code).toBe(2);
    expect(it.stderr()).toMatch(/The data folder \/proc\/none\/of\/this cannot be used: ENOENT/);
  });

  it("survives a reader that takes the first line and goes", async () => {
    const script = 'set -o pipefail; "$0" "$1" --help | head -n 1; echo "$?"';
    for (let i = 0; i < 5; i += 1) {
      const { stdout, stderr } = spawnSync("bash", ["-c", script, process.execPath, BIN]);
      expect(stderr.toString()).toBe("");
      expect(stdout.toString()).toMatch(/^Usage: cloud-assistant-emulator .*\n(0|141)\n$/);
    }
  });

  it("on a data folder in use says so and ends with 4", async () => {
    const data = folder();
    const first = cli("--backend", "sim", "--data", data);
    await first.ready;
    const second = cli("--backend", "sim", "--data", data);
    expect((await second.exit).code).toBe(4);
    expect(second.stderr()).toContain(data);
  });

  it("on a busy port says which, and what to set, and ends with 3", async () => {
    const first = cli("--backend", "sim");
    const { port } = await first.ready;
    const second = cli("--backend", "sim", "--port", `${port}`);
    expect((await second.exit).code).toBe(3);
    expect(second.stderr()).toContain(`Port ${port} on 127.0.0.1 is in use`);
    expect(second.stderr()).toContain("--port 0");
  });

  it("reads a fleet from a seed file", async () => {
    const file = join(folder(), "fleet.json");
    const fleet = {
      regionId: "eu-central-1",
      instances: [
        { instanceId: "i-web", instanceName: "web", tags: { role: "web" } },
        { instanceId: "i-win", osType: "windows", power: "Stopped" },
      ],
      limits: { instancesPerCall: 50 },
      faults: [{ match: { action: "DescribeRegions" }, effect: { kind: "http5xx" } }],
    };
    writeFileSync(file, JSON.stringify(fleet));
    const ready = await cli("--backend", "sim", "--seed", file).ready;
    expect(ready).toMatchObject({ regionId: "eu-central-1", instances: ["i-web", "i-win"] });
    const remote = await connectEmulator(ready.url as string);
    expect(await remote.instances.get("i-web")).toMatchObject({ tags: { role: "web" } });
    expect((await remote.limits.get()).instancesPerCall).toBe(50);
    expect(await remote.faults.list()).toHaveLength(1);
  });

  it("under a virtual clock stands still until it is advanced from outside", async () => {
    const ready = await cli("--backend", "sim", "--clock", "virtual:2026-03-01T00:00:00Z").ready;
    const remote = await connectEmulator(ready.url as string);
    expect(await remote.clock.now()).toBe(Date.parse("2026-03-01T00:00:00Z"));
    await remote.clock.advance(1_000);
    expect(await remote.clock.now()).toBe(Date.parse("2026-03-01T00:00:01Z"));
  });

  it("with --help lists options and exit codes, and ends with 0", async () => {
    const out: string[] = [];
    const parsed = parseArguments(["--help"], "1.2.3", {
      out: (text) => out.push(text),
      err: () => undefined,
    });
    expect(parsed).toEqual({ kind: "printed" });
    const text = out.join("");
    for (const option of "instances port data seed random-seed region account backend clock isolation verbose".split(
      " ",
    )) {
      expect(text).toContain(`--${option}`);
    }
    expect(text).toMatch(/Exit codes:\n(  \d  .+\n){7}/);
    expect((await cli("--help").exit).code).toBe(0);
  });
});

describe("the command line", () => {
  const parse = (...argv: string[]) => {
    const err: string[] = [];
    const parsed = parseArguments(argv, "1.2.3", {
      out: () => undefined,
      err: (text) => err.push(text),
    });
    return { parsed, err: err.join("") };
  };

  it("reads every option", () => {
    expect(
      parse(
        ...["--instances", "3", "--port", "8080", "--data", "d", "--region", "cn-beijing"],
        ...["--account", "1:k:s", "--account", "2:STS.k:s:to:ken", "--backend", "sim"],
        ...["--clock", "scaled:60", "--isolation", "plain", "--random-seed", "x", "--verbose"],
      ).parsed,
    ).toEqual({
      kind: "run",
      arguments: {
        verbose: true,
        options: {
          instances: 3,
          port: 8080,
          data: "d",
          regionId: "cn-beijing",
          accounts: [
            { accountId: "1", accessKeyId: "k", accessKeySecret: "s" },
            { accountId: "2", accessKeyId: "STS.k", accessKeySecret: "s", securityToken: "to:ken" },
          ],
          backend: "sim",
          clock: { mode: "scaled", factor: 60 },
          isolation: "plain",
          seed: "x",
        },
      },
    });
  });

  it.each<readonly [string, readonly string[], RegExp]>([
    ["an option that there is not", ["--nope"], /unknown option '--nope'/],
    ["an argument too many", ["serve"], /too many arguments/],
    ["a number that is none", ["--instances", "many"], /whole number/],
    ["a clock that there is not", ["--clock", "slow"], /scaled:60 or virtual/],
    ["a backend that there is not", ["--backend", "docker"], /Allowed choices are exec, sim/],
    ["half an account", ["--account", "1:k"], /ACCOUNT_ID:ACCESS_KEY_ID:SECRET/],
    ["a seed file that is not there", ["--seed", "/nowhere/fleet.json"], /\/nowhere\/fleet.json/],
  ])("with %s is refused, saying why", (_what, argv, message) => {
    const { parsed, err } = parse(...argv);
    expect(parsed).toEqual({ kind: "usage" });
    expect(err).toMatch(message);
  });
});

describe("a seed file", () => {
  it("may be a bare list of instances", () => {
    expect(parseSeedFile("f", '[{"instanceName":"a"}]')).toEqual({
      instances: [{ instanceName: "a" }],
    });
  });

  it.each([
    ["{", /it is not JSON/],
    ["3", /expected an object, or a list of instances/],
    ['{"instance":[]}', /instance is not known/],
    ['{"instances":{},"limits":[]}', /instances must be a list; limits must be an object/],
    ['{"instances":[{"tag":{}}]}', /instances\[0\].tag is not known/],
    ['[{"power":"On"},3]', /instances\[0\].power must be "Running".*; instances\[1\] must be an/],
    ['{"faults":[{"effect":{"kind":"delay"}}]}', /faults\[0\].effect.delayMs is missing/],
    ['{"accounts":[{"accountId":"1"}]}', /accounts\[0\].accessKeyId is missing/],
    ['{"limits":{"historyDays":"3"}}', /limits.historyDays must be a whole number/],
  ])("that reads %s is refused, naming file and reason", (text, message) => {
    expect(() => parseSeedFile("fleet.json", text)).toThrow(/fleet.json/);
    expect(() => parseSeedFile("fleet.json", text)).toThrow(message);
  });
});

/** Resolves when the file is there. */
function appears(file: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(dirname(file), () => {
      if (!existsSync(file)) return;
      watcher.close();
      resolve();
    });
  });
}

/** Whether it runs; one that ended and that nobody has waited for yet does not. */
function lives(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

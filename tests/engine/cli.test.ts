import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { connectEmulator, startEmulator, type Emulator } from "cloud-assistant-emulator";
import { ensureEngine } from "cloud-assistant-engine";
import {
  engineTimeoutMs,
  mustPass,
  newProject,
  newStack,
  repository,
  type Stack,
} from "../support/stack.js";

jest.setTimeout(480_000);

/** The command as npm installs it. */
const bin = path.join(repository, "node_modules/.bin/pulumi-cloud-assistant");
const emulatorBin = path.join(repository, "node_modules/.bin/cloud-assistant-emulator");

// 600 lines of 40 bytes: 24 KB, which the service keeps whole.
const talk = `i=0; while [ $i -lt 600 ]; do printf 'line %03d %030d\\n' $i 0; i=$((i+1)); done\n`;
const talking = `
import { CommandInvocation } from "pulumi-cloud-assistant";
new CommandInvocation("talk", { script: { content: ${JSON.stringify(talk)} }, targets: { instanceIds: ["i-1"] } });
`;
const rolling = `
import { CommandInvocation } from "pulumi-cloud-assistant";
new CommandInvocation("roll", {
  script: { content: "sleep 30\\n" },
  targets: { instanceIds: ["i-1", "i-2", "i-3"] },
  rollout: { batchSize: 1 },
});
`;

let emulator: Emulator;
let talkStack: Stack;
beforeAll(async () => {
  await ensureEngine();
  emulator = await startEmulator({
    instances: ["i-1", "i-2", "i-3"].map((instanceId) => ({ instanceId })),
  });
  talkStack = await newStack(newProject(talking), emulator);
  await mustPass(talkStack.up());
}, engineTimeoutMs);
afterAll(() => emulator.close());

type End = { readonly code: number; readonly out: string; readonly err: string };

function run(
  command: string,
  args: readonly string[],
  stack: Stack,
  env: NodeJS.ProcessEnv = {},
): Promise<End> {
  const child = spawn(command, [...args], {
    cwd: stack.folder,
    env: { ...stack.env, CI: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, out, err }));
  });
}

/** Runs `command | head -n 1` so often; a line for each: the left side's exit code, and what was read. */
async function heads(times: number, command: string, stack: Stack): Promise<End> {
  const script = `
    set -o pipefail
    for n in $(seq ${times}); do
      first=$(${command} | head -n 1; exit "\${PIPESTATUS[0]}")
      echo "$? $first"
    done`;
  return run("bash", ["-c", script], stack);
}

/** Field case cl-1. A replayed export keeps fifty runs short; the command itself is the real one. */
describe("a reader that has seen enough", () => {
  let replay: string;
  beforeAll(async () => {
    talkStack.write("export.json", await talkStack.exportText());
    talkStack.write(
      "replay.sh",
      `#!/bin/sh\ncase "$1" in config) echo '{}' ;; *) cat ${JSON.stringify(path.join(talkStack.folder, "export.json"))} ;; esac\n`,
    );
    replay = `PULUMI_COMMAND=${JSON.stringify(path.join(talkStack.folder, "replay.sh"))}`;
    await run("chmod", ["+x", "replay.sh"], talkStack);
  });

  test("of output gets its line fifty times: nothing on stderr, and no exit code 1", async () => {
    const end = await heads(50, `${replay} ${bin} output talk i-1`, talkStack);
    expect(end.err).toBe("");
    const lines = end.out.trimEnd().split("\n");
    expect(lines).toHaveLength(50);
    for (const line of lines) expect(line).toMatch(/^(0|141) line 000 0{30}$/);
  });

  test.each(["orphans --all", "--help", "stop --help"])(
    "of %s gets its line as well",
    async (args) => {
      const end = await heads(10, `${replay} ${bin} ${args}`, talkStack);
      expect(end.err).toBe("");
      for (const line of end.out.trimEnd().split("\n")) expect(line).toMatch(/^(0|141) \S/);
    },
  );

  test("of runs of a run now gets nothing, and the reason on stderr", async () => {
    const end = await heads(3, `${bin} runs talk`, talkStack);
    expect(end.out).toBe("1 \n1 \n1 \n");
    expect(end.err).toContain("is a run now, which has no history");
    expect(end.err).not.toMatch(/EPIPE|^ {4}at /m);
  });

  test("of the emulator's start line leaves it serving", async () => {
    const script = `${emulatorBin} --instances 1 | head -n 1`;
    // A group of its own, so that all of it can be ended.
    const child = spawn("bash", ["-c", script], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const closed = once(child, "close");
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    try {
      const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
      const { url, instances } = JSON.parse(line) as { url: string; instances: string[] };
      const remote = await connectEmulator(url);
      const seen = await remote.instances.list();
      expect(seen.map((one) => one.instanceId)).toEqual(instances);
    } finally {
      process.kill(-child.pid!, "SIGTERM");
    }
    await closed;
    expect(err).not.toMatch(/EPIPE|^ {4}at /m);
  });
});

test("without a terminal there are no colour codes, in output, help and errors", async () => {
  const ends = await Promise.all([
    run(bin, ["--help"], talkStack),
    run(bin, ["nonsense"], talkStack),
    run(bin, ["output", "talk", "i-9"], talkStack, { FORCE_COLOR: "1" }),
  ]);
  for (const end of ends) expect(end.out + end.err).not.toContain("\u001b");
  expect(ends.map((end) => end.code)).toEqual([0, 2, 1]);
  expect(ends[2].err).toContain('talk has no such machine. Given: "i-9". Allowed: i-1.');
  expect(ends[2].err).not.toMatch(/^ {4}at /m);
});

test("a file gets the exact bytes, by the real Pulumi and from another folder", async () => {
  const { folder } = talkStack;
  const out = path.join(folder, "talk.log");
  const args = `output talk i-1 --cwd ${JSON.stringify(folder)} --stack dev`;
  const end = await run(
    "bash",
    ["-c", `cd / && ${bin} ${args} > ${out} && wc -c < ${out}`],
    talkStack,
  );
  expect(end).toEqual({ code: 0, out: "24000\n", err: "" });
});

test("what is not a stack's folder, and a Pulumi that is not there, are said in one error", async () => {
  const elsewhere = await run(bin, ["output", "talk", "i-1", "--cwd", "/"], talkStack, {
    PULUMI_STACK: undefined,
  });
  expect(elsewhere).toMatchObject({ code: 1, out: "" });
  expect(elsewhere.err).toMatch(/^error: StackUnreadable: .*Pulumi\.yaml/);
  const missing = await run(bin, ["stop", "talk"], talkStack, {
    PULUMI_COMMAND: "/nowhere/pulumi",
  });
  expect(missing.err).toContain("/nowhere/pulumi");
  expect(missing.code).toBe(1);
});

describe("a run that is under way", () => {
  test("is held by its name during its first create, without the lock, and goes on by the hold's id", async () => {
    const stack = await newStack(newProject(rolling), emulator);
    emulator.requests.clear();
    const up = stack.begin({}, "up", "--yes", "--skip-preview");
    await emulator.requests.wait({ action: "RunCommand" }, 1);
    const stop = await run(bin, ["stop", "roll", "--reason", "wrong script"], stack);
    expect(stop.err).toBe("");
    expect(stop.code).toBe(0);
    const hold = /CLOUD_ASSISTANT_RESUME=(\S+)/.exec(stop.out)![1]!;
    const end = await up.end;
    expect(end.code).not.toBe(0);
    expect(end.output).toContain(`stopped from elsewhere (hold ${hold}: wrong script)`);
    expect(emulator.requests.list({ action: "RunCommand" })).toHaveLength(1);
    expect(await stack.outputs("roll")).toMatchObject({ status: "Held", holdId: hold });

    const still = await stack.up();
    expect(still.code).not.toBe(0);
    expect(emulator.requests.list({ action: "RunCommand" })).toHaveLength(1);

    const left = await stack.begin(
      { CLOUD_ASSISTANT_ABANDON: hold },
      "up",
      "--yes",
      "--skip-preview",
    ).end;
    expect(left.code).toBe(0);
    expect(await stack.outputs("roll")).toMatchObject({ status: "Abandoned", holdId: "" });
    expect(emulator.requests.list({ action: "RunCommand" })).toHaveLength(1);
  });

  test("before its first call there is nothing to hold: an error, not a success", async () => {
    const stack = await newStack(newProject(rolling), emulator);
    const urn =
      "urn:pulumi:dev::tried::pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation::never";
    const stop = await run(bin, ["stop", "--urn", urn], stack);
    expect(stop.code).toBe(1);
    expect(stop.err).toContain("NothingToStop");
  });
});

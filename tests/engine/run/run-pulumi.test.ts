import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A project with a program in place of the CLI, and a script that runs it by `runPulumi`. */
function project(cli: string): { folder: string; script: string } {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "engine-run-")));
  folders.push(folder);
  const pulumi = path.join(folder, "pulumi");
  writeFileSync(pulumi, `#!${process.execPath}\n${cli}\n`);
  chmodSync(pulumi, 0o755);
  const engine = { root: folder, pulumi, version: "3.259.0", from: "go" };
  const script = path.join(folder, "run.cjs");
  writeFileSync(
    script,
    `const { runPulumi } = require(${JSON.stringify(require.resolve("cloud-assistant-engine"))});
     runPulumi(process.argv.slice(2), { engine: ${JSON.stringify(engine)}, cwd: __dirname })
       .then((code) => { process.exitCode = code; });`,
  );
  return { folder, script };
}

/** Counts interrupts, and leaves with 40 + their number when its stdin ends. */
const COUNTING = `
let count = 0;
process.on("SIGINT", () => console.log("interrupt " + ++count));
process.stdin.on("data", (text) => { if (String(text).includes("end")) process.exit(40 + count); });
console.log("ready");`;

test("arguments, input, output and the exit code go through", () => {
  const { script } = project(`
    console.log(process.argv.slice(2).join("|"));
    console.error(require("node:fs").readFileSync(0, "utf8"));
    process.exit(7);`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "up", "--a b"], {
    input: "typed",
    encoding: "utf8",
  });
  expect({ status, stdout, stderr }).toEqual({
    status: 7,
    stdout: "up|--a b\n",
    stderr: "typed\n",
  });
});

test("a CLI that a signal ends gives 128 and the signal's number", () => {
  const { script } = project(`process.kill(process.pid, "SIGKILL");`);
  expect(spawnSync(process.execPath, [script]).status).toBe(137);
});

test.each([
  {},
  {
    PULUMI_HOME: "/mine",
    PULUMI_BACKEND_URL: "https://api.pulumi.example",
    PULUMI_ACCESS_TOKEN: "pul-1",
  },
])(
  "the CLI finds a backend and a home in the project's state, its own folder first on PATH; given %j",
  (given) => {
    const { folder, script } = project(`console.log(JSON.stringify({ ...process.env }));`);
    const env = { ...process.env, ...given };
    const seen = JSON.parse(execFileSync(process.execPath, [script], { env, encoding: "utf8" }));
    const state = path.join(folder, ".state", "pulumi");
    expect(seen).toMatchObject({
      PULUMI_HOME: path.join(state, "home"),
      PULUMI_BACKEND_URL: `file://${state}/backend`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
    expect(existsSync(path.join(state, "backend"))).toBe(true);
    expect(seen.PATH.split(":")[0]).toBe(folder);
  },
);

test("without a terminal each interrupt reaches the CLI once, and the CLI decides when to end", async () => {
  const { script } = project(COUNTING);
  const child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const output = collect(child);
  await output.has("ready");
  child.kill("SIGINT");
  await output.has("interrupt 1");
  child.kill("SIGINT");
  await output.has("interrupt 2");
  child.stdin.write("end\n");
  expect(await output.exitCode).toBe(42);
});

test("SIGTERM is passed on", async () => {
  const { script } = project(`
    process.on("SIGTERM", () => process.exit(5));
    setInterval(() => {}, 1000);
    console.log("ready");`);
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const output = collect(child);
  await output.has("ready");
  child.kill("SIGTERM");
  expect(await output.exitCode).toBe(5);
});

// util-linux's script gives the command a terminal; where it is not, this is skipped.
const hasTerminal = /util-linux/.test(
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "",
);
(hasTerminal ? test : test.skip)(
  "in a terminal each Ctrl-C reaches the CLI once: the terminal sends it, nobody else",
  async () => {
    const { folder, script } = project(COUNTING);
    const log = path.join(folder, "log");
    // `exec`: some shells end with 130 after an interrupt, whatever their command ended with.
    const line = `exec ${process.execPath} ${script}`;
    const child = spawn("script", ["-qefc", line, log], { stdio: ["pipe", "pipe", "inherit"] });
    const output = collect(child);
    await output.has("ready");
    child.stdin.write("\u0003");
    await output.has("interrupt 1");
    child.stdin.write("\u0003");
    await output.has("interrupt 2");
    child.stdin.write("end\n");
    expect(await output.exitCode).toBe(42);
    expect(readFileSync(log, "utf8").match(/interrupt/g)).toHaveLength(2);
  },
);

function collect(child: ChildProcess): {
  has: (text: string) => Promise<void>;
  exitCode: Promise<number | null>;
} {
  let seen = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (seen += text));
  const has = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (seen.includes(text)) resolve();
      };
      child.stdout?.on("data", look);
      child.once("close", () => reject(new Error(`ended, having printed ${JSON.stringify(seen)}`)));
      look();
    });
  return { has, exitCode: new Promise((resolve) => child.once("close", resolve)) };
}

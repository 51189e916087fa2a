import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ProgramInfo, RunRequest, type RunResponse } from "@pulumi/pulumi/proto/language_pb";

import { ask, assembleTestHost, listen, startHost, type TestHost } from "./support/host-process.js";
import { bareFolder, programFolder } from "./support/program-folder.js";

/** Loaded by node before the SDK's cmd/run: tells how it was started, and ends or waits as the stack's name says. */
const PROBE = `
const names = ["PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS", "PULUMI_NODEJS_TYPESCRIPT", "PULUMI_NODEJS_TSCONFIG_PATH"];
const env = Object.fromEntries(names.map((name) => [name, process.env[name]]));
require("node:fs").writeFileSync("seen.json", JSON.stringify({ argv: process.argv.slice(1), cwd: process.cwd(), env }));
const stack = process.argv[process.argv.indexOf("--stack") + 1];
console.log("probe of " + stack);
if (stack === "wait") while (true) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
if (stack === "killed") process.kill(process.pid, "SIGKILL");
process.exit(Number(stack));
`;

const engines: { close: () => Promise<void> }[] = [];
let bin: string;
let host: TestHost;
let address: string;

beforeAll(async () => {
  bin = await assembleTestHost();
});
beforeEach(async () => {
  const engine = await listen();
  engines.push(engine);
  address = engine.address;
  host = await startHost(bin, address);
});
afterEach(async () => {
  await host.stop();
  for (const engine of engines.splice(0)) await engine.close();
});

test("the SDK's run command is started in the program's folder with everything the engine said", async () => {
  const folder = programFolder({ "probe.cjs": PROBE, "package.json": "{}" });
  const request = runRequest(folder, "0", {
    nodeargs: "--require './probe.cjs'",
    tsconfig: "tsconfig.pulumi.json",
  });
  request.getConfigMap().set("shop:greeting", "hi").set("config:odd", "1");
  request
    .setConfigsecretkeysList(["shop:greeting"])
    .setArgsList(["one", "two"])
    .setDryrun(true)
    .setParallel(4)
    .setOrganization("org");
  expect((await run(request)).toObject()).toEqual({ error: "", bail: false });

  const { argv, cwd, env } = JSON.parse(readFileSync(path.join(folder, "seen.json"), "utf8"));
  expect(cwd).toBe(folder);
  expect(argv[0]).toMatch(/@pulumi\/pulumi\/cmd\/run(\/index\.js)?$/);
  expect(argv.slice(1)).toEqual(
    [
      ["--monitor", "127.0.0.1:9", "--engine", address, "--organization", "org"],
      ["--project", "shop", "--stack", "0", "--pwd", folder, "--root-directory", folder],
      ["--parallel", "4", "--dry-run", ".", "one", "two"],
    ].flat(),
  );
  expect(JSON.parse(env.PULUMI_CONFIG)).toEqual({
    "shop:config:greeting": "hi",
    "config:config:odd": "1",
  });
  expect(env).toMatchObject({
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(["shop:greeting"]),
    PULUMI_NODEJS_TYPESCRIPT: "true",
    PULUMI_NODEJS_TSCONFIG_PATH: "tsconfig.pulumi.json",
  });
});

test.each([
  ["0", { error: "", bail: false }],
  ["32", { error: "", bail: true }],
  ["7", { error: "The program exited with code 7.", bail: false }],
  ["killed", { error: "The program was ended by SIGKILL.", bail: false }],
])("a program that ends with %s is reported as the engine expects", async (stack, outcome) => {
  const folder = programFolder({ "probe.cjs": PROBE, "package.json": "{}" });
  const response = await run(runRequest(folder, stack, { nodeargs: "-r ./probe.cjs" }));
  expect(response.toObject()).toEqual(outcome);
  await host.printed(`probe of ${stack}`);
});

test("typescript: false and a program without options of its own are honoured", async () => {
  const folder = programFolder({ "probe.cjs": PROBE, "package.json": "{}" });
  await run(runRequest(folder, "0", { typescript: false, nodeargs: "-r ./probe.cjs" }));
  const { env } = JSON.parse(readFileSync(path.join(folder, "seen.json"), "utf8"));
  expect(env).toMatchObject({ PULUMI_NODEJS_TYPESCRIPT: "false", PULUMI_CONFIG: "{}" });
});

test("a runtime option of the wrong type is an error that names it", async () => {
  const response = await run(runRequest(programFolder({}), "0", { typescript: "yes" }));
  expect(response.getError()).toBe('runtime option typescript must be true or false, not "yes"');
});

test("a program whose SDK is not installed is told to install it", async () => {
  const folder = bareFolder({ "index.js": "" });
  const response = await run(runRequest(folder, "0", {}));
  expect(response.getError()).toBe(
    `@pulumi/pulumi is not installed for the program in ${folder}: run npm install there.`,
  );
});

test("Cancel ends a program that runs", async () => {
  const answer = run(waitingRequest());
  await host.printed("probe of wait");
  await ask(host.client.cancel.bind(host.client), new Empty());
  expect((await answer).getError()).toBe("The program was ended by SIGTERM.");
});

test("the host leaves, and ends its program, when its engine is gone", async () => {
  const answer = run(waitingRequest()).catch((error: unknown) => error);
  await host.printed("probe of wait");
  const exit = once(host.child, "exit");
  await engines[0]!.close();
  expect(await exit).toEqual([0, null]);
  await answer;
});

test("the interrupt that the engine sends at the end of an operation ends the host at once", async () => {
  const exit = once(host.child, "exit");
  process.kill(-host.child.pid!, "SIGINT");
  expect(await exit).toEqual([0, null]);
});

function run(request: RunRequest): Promise<RunResponse> {
  return ask<RunResponse>(host.client.run.bind(host.client), request);
}

function waitingRequest(): RunRequest {
  const folder = programFolder({ "probe.cjs": PROBE, "package.json": "{}" });
  return runRequest(folder, "wait", { nodeargs: "-r ./probe.cjs" });
}

function runRequest(
  folder: string,
  stack: string,
  options: Record<string, boolean | string>,
): RunRequest {
  const info = new ProgramInfo()
    .setRootDirectory(folder)
    .setProgramDirectory(folder)
    .setEntryPoint(".")
    .setOptions(Struct.fromJavaScript(options));
  return new RunRequest()
    .setProject("shop")
    .setStack(stack)
    .setPwd(folder)
    .setMonitorAddress("127.0.0.1:9")
    .setInfo(info);
}

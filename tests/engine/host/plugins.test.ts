import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzeRequest,
  AnalyzerResourceOptions,
  AnalyzerStackConfigureRequest,
  type AnalyzeResponse,
  type AnalyzerInfo,
} from "@pulumi/pulumi/proto/analyzer_pb";
import {
  ProgramInfo,
  RunPluginRequest,
  type RunPluginResponse,
} from "@pulumi/pulumi/proto/language_pb";

import { ask, assembleTestHost, listen, startHost, type TestHost } from "./support/host-process.js";
import { bareFolder, programFolder } from "./support/program-folder.js";

/** A policy that reports all that a pack can know of the stack. */
const PACK = {
  "PulumiPolicy.yaml": "runtime: nodejs\n",
  "package.json": JSON.stringify({ name: "pack", version: "1.2.3", main: "index.js" }),
  "index.js": `
const { PolicyPack } = require("@pulumi/policy");
const pulumi = require("@pulumi/pulumi");
const config = new pulumi.Config("shop");
new PolicyPack("pack", { policies: [{
  name: "tell", description: "Tells what it knows.", enforcementLevel: "mandatory",
  validateResource: (args, report) => report([pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack(),
    pulumi.runtime.isDryRun(), config.get("word"), process.cwd() === __dirname, process.env.CANARY].join(" ")),
}] });
console.log("pack is up");
require("node:net").connect(Number(process.env.LIFELINE));
`,
};

let bin: string;
let host: TestHost;
let engine: { address: string; close: () => Promise<void> };
const clients: AnalyzerClient[] = [];

beforeAll(async () => {
  bin = await assembleTestHost();
  engine = await listen();
  host = await startHost(bin, engine.address);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await host.stop();
  await engine.close();
});

test("a policy pack starts with the stack's configuration, and its answers come through", async () => {
  const lifeline = await holdLifeline();
  const env = ["CANARY=sings=loud", `LIFELINE=${lifeline.port}`];
  const plugin = runPlugin("analyzer", programFolder(PACK), env);
  const client = await analyzer(plugin);
  const stack = new AnalyzerStackConfigureRequest()
    .setOrganization("org")
    .setProject("shop")
    .setStack("dev")
    .setDryRun(true);
  stack.getConfigMap().set("shop:word", "milk");
  await ask(client.configureStack.bind(client), stack);
  const analyzed = await ask<AnalyzeResponse>(client.analyze.bind(client), resource());
  const messages = analyzed.getDiagnosticsList().map((one) => one.getMessage());
  expect(messages.join()).toContain("org shop dev true milk true sings=loud");
  await plugin.printed("pack is up");

  plugin.hangUp();
  await lifeline.ended;
}, 20_000);

test("a pack that is only asked what it contains starts without a stack", async () => {
  const lifeline = await holdLifeline();
  const plugin = runPlugin("analyzer", programFolder(PACK), [`LIFELINE=${lifeline.port}`]);
  const client = await analyzer(plugin);
  const info = await ask<AnalyzerInfo>(client.getAnalyzerInfo.bind(client), new Empty());
  expect([info.getName(), info.getVersion(), info.getPoliciesList().length]).toEqual([
    "pack",
    "1.2.3",
    1,
  ]);
  plugin.hangUp();
  await lifeline.ended;
}, 20_000);

test("a pack that does not load ends with its own words and exit code, and waiting calls say so", async () => {
  const folder = programFolder({ ...PACK, "index.js": `throw new Error("no policies today");` });
  const plugin = runPlugin("analyzer", folder);
  const client = await analyzer(plugin);
  await expect(ask(client.getAnalyzerInfo.bind(client), new Empty())).rejects.toMatchObject({
    details: "the policy pack ended with code 32",
  });
  expect(await plugin.exitCode).toBe(32);
  expect(plugin.stderr()).toContain("no policies today");
}, 20_000);

test("a pack without the SDK ends with the words by which the engine knows it", async () => {
  const plugin = runPlugin("analyzer", bareFolder(PACK));
  expect(await plugin.exitCode).toBe(1);
  expect(plugin.stderr()).toContain("Cannot find module '@pulumi/pulumi/cmd/run-policy-pack'");
});

test("a provider in source runs with its arguments until the engine hangs up", async () => {
  const folder = programFolder({
    "package.json": JSON.stringify({ name: "provider", version: "1.0.0", main: "index.ts" }),
    // TypeScript that node alone would refuse.
    "index.ts": `
const port: number = 4321;
console.log(port);
console.error("serving " + process.argv.slice(2).join(" ") + " " + (process.env.CANARY as string));
require("net").connect(Number(process.env.LIFELINE));
`,
  });
  const lifeline = await holdLifeline();
  const plugin = runPlugin("resource", folder, ["CANARY=sings", `LIFELINE=${lifeline.port}`]);
  await plugin.printed("4321\n");
  await plugin.said(`serving ${engine.address} sings`);
  await lifeline.held;
  plugin.hangUp();
  await lifeline.ended;
}, 20_000);

function resource(): AnalyzeRequest {
  const options = new AnalyzerResourceOptions();
  const timeouts = new AnalyzerResourceOptions.CustomTimeouts();
  return new AnalyzeRequest()
    .setType("test:Resource")
    .setUrn("urn:pulumi:dev::shop::test:Resource::one")
    .setProperties(Struct.fromJavaScript({}))
    .setOptions(options.setCustomtimeouts(timeouts));
}

type Plugin = {
  readonly printed: (text: string) => Promise<void>;
  readonly said: (text: string) => Promise<void>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exitCode: Promise<number | undefined>;
  readonly hangUp: () => void;
};

function runPlugin(kind: string, folder: string, env: readonly string[] = []): Plugin {
  const whole = Object.entries(process.env).map(([name, value]) => `${name}=${value ?? ""}`);
  const request = new RunPluginRequest()
    .setKind(kind)
    .setPwd(folder)
    .setArgsList([engine.address])
    .setEnvList([...whole, ...env])
    .setInfo(
      new ProgramInfo().setRootDirectory(folder).setProgramDirectory(folder).setEntryPoint("."),
    );
  const call = host.client.runPlugin(request);
  let stdout = "";
  let stderr = "";
  let code: number | undefined;
  call.on("data", (message: RunPluginResponse) => {
    if (message.hasStdout()) stdout += Buffer.from(message.getStdout_asU8()).toString("utf8");
    if (message.hasStderr()) stderr += Buffer.from(message.getStderr_asU8()).toString("utf8");
    if (message.hasExitcode()) code = message.getExitcode();
    call.emit("seen");
  });
  call.on("error", () => undefined);
  const has = async (text: () => string, wanted: string): Promise<void> => {
    while (!text().includes(wanted)) await once(call, "seen");
  };
  return {
    printed: (text) => has(() => stdout, text),
    said: (text) => has(() => stderr, text),
    stdout: () => stdout,
    stderr: () => stderr,
    exitCode: new Promise((resolve) => call.once("end", () => resolve(code))),
    hangUp: () => call.cancel(),
  };
}

/** A connection that a process holds as long as it lives. */
async function holdLifeline(): Promise<{
  port: number;
  held: Promise<unknown>;
  ended: Promise<void>;
}> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const held = once(server, "connection");
  const ended = held.then(async ([socket]) => {
    socket.on("error", () => undefined).resume();
    await once(socket, "close");
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, held, ended };
}

async function analyzer(plugin: Plugin): Promise<AnalyzerClient> {
  await plugin.printed("\n");
  const port = plugin.stdout().split("\n", 1)[0] ?? "";
  const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  clients.push(client);
  return client;
}

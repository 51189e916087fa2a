import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { status } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  AboutRequest,
  GenerateProgramRequest,
  GetProgramDependenciesRequest,
  GetRequiredPackagesRequest,
  GetRequiredPluginsRequest,
  InstallDependenciesRequest,
  LanguageHandshakeRequest,
  PackRequest,
  ProgramInfo,
  type AboutResponse,
  type GetProgramDependenciesResponse,
  type GetRequiredPackagesResponse,
  type GetRequiredPluginsResponse,
  type InstallDependenciesResponse,
} from "@pulumi/pulumi/proto/language_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

import { ask, assembleTestHost, listen, startHost, type TestHost } from "./support/host-process.js";
import { bareFolder, programFolder } from "./support/program-folder.js";

let bin: string;
let host: TestHost;
let engine: { address: string; close: () => Promise<void> };

beforeAll(async () => {
  bin = await assembleTestHost();
  engine = await listen();
  host = await startHost(bin, engine.address);
});
afterAll(async () => {
  await host.stop();
  await engine.close();
});

test("the host says its version and takes a handshake", async () => {
  const { client } = host;
  const info = await ask<PluginInfo>(client.getPluginInfo.bind(client), new Empty());
  expect(info.getVersion()).toMatch(/^\d+\.\d+\.\d+$/);
  const hello = new LanguageHandshakeRequest().setEngineAddress(engine.address);
  await expect(ask(client.handshake.bind(client), hello)).resolves.toBeDefined();
});

test("what the host does not do is UNIMPLEMENTED, in a sentence that names it", async () => {
  const { client } = host;
  await expect(
    ask(client.generateProgram.bind(client), new GenerateProgramRequest()),
  ).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
    details:
      "This small Node language host does not do generateProgram: it runs programs, policy packs and plugins. " +
      "The official Pulumi CLI brings the host that does.",
  });
  await expect(ask(client.pack.bind(client), new PackRequest())).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
  });
});

test("About names the node that runs programs", async () => {
  const about = await ask<AboutResponse>(host.client.about.bind(host.client), new AboutRequest());
  expect(about.toObject()).toMatchObject({ version: process.version });
  expect(path.basename(about.getExecutable())).toBe("node");
});

/** A program with a provider's package two steps away, and one that only its development needs. */
const NODE_MODULES = {
  "package.json": JSON.stringify({ dependencies: { shop: "1" }, devDependencies: { linter: "1" } }),
  "node_modules/shop/package.json": manifest("2.0.0", { dependencies: { "@acme/cloud": "3" } }),
  "node_modules/linter/package.json": manifest("9.0.0", {}),
  "node_modules/@acme/cloud/package.json": manifest("3.1.4", {
    pulumi: { resource: true, name: "acmecloud", server: "https://plugins.example" },
    dependencies: { "@acme/plain": "1", "not-installed": "1" },
  }),
  "node_modules/@acme/plain/package.json": manifest("1.0.0", { pulumi: { resource: true } }),
};

test("the providers that a program's packages stand for are required, however deep they lie", async () => {
  const info = programInfo(bareFolder(NODE_MODULES));
  const { client } = host;
  const packages = await ask<GetRequiredPackagesResponse>(
    client.getRequiredPackages.bind(client),
    new GetRequiredPackagesRequest().setInfo(info),
  );
  const found = packages
    .getPackagesList()
    .map((one) => [one.getName(), one.getKind(), one.getVersion(), one.getServer()]);
  expect(found).toEqual([
    ["acmecloud", "resource", "3.1.4", "https://plugins.example"],
    ["plain", "resource", "1.0.0", ""],
  ]);
  const plugins = await ask<GetRequiredPluginsResponse>(
    client.getRequiredPlugins.bind(client),
    new GetRequiredPluginsRequest().setInfo(info),
  );
  expect(plugins.getPluginsList().map((one) => one.getName())).toEqual(["acmecloud", "plain"]);
});

test.each([
  [false, ["linter 9.0.0", "shop 2.0.0"]],
  [true, ["@acme/cloud 3.1.4", "@acme/plain 1.0.0", "linter 9.0.0", "shop 2.0.0"]],
])("a program's installed packages are listed, transitive: %s", async (transitive, names) => {
  const { client } = host;
  const request = new GetProgramDependenciesRequest()
    .setInfo(programInfo(bareFolder(NODE_MODULES)))
    .setTransitivedependencies(transitive);
  const answer = await ask<GetProgramDependenciesResponse>(
    client.getProgramDependencies.bind(client),
    request,
  );
  expect(answer.getDependenciesList().map((one) => `${one.getName()} ${one.getVersion()}`)).toEqual(
    names,
  );
});

test("dependencies are installed by npm, and what it prints is passed on", async () => {
  const folder = bareFolder({ "package.json": JSON.stringify({ name: "empty", private: true }) });
  const { output, error } = await install(folder, {});
  expect(error).toBeUndefined();
  expect(output).toContain(`Installing dependencies: npm install in ${folder}`);
  expect(readFileSync(path.join(folder, "package-lock.json"), "utf8")).toContain('"empty"');
}, 30_000);

test("an install that fails says what failed and what to do", async () => {
  const folder = bareFolder({ "package.json": "{" });
  expect((await install(folder, {})).error).toMatchObject({
    code: status.INTERNAL,
    details: expect.stringMatching(/^npm install ended with \d+\. Run it by hand in \//),
  });
  expect((await install(folder, { packagemanager: "no-such-manager" })).error).toMatchObject({
    details: expect.stringMatching(/^no-such-manager install could not be started \(.*ENOENT\)/),
  });
}, 30_000);

test("the host loads nothing from outside its own folder", async () => {
  const report = path.join(bareFolder({}), "loaded.json");
  const probe = bareFolder({
    "probe.cjs": `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(report)},
      JSON.stringify(Object.keys(require("module")._cache))));`,
  });
  const file = path.join(probe, "probe.cjs");
  const traced = await startHost(bin, engine.address, { NODE_OPTIONS: `--require ${file}` });
  await ask(traced.client.getPluginInfo.bind(traced.client), new Empty());
  await traced.stop();
  const loaded = JSON.parse(readFileSync(report, "utf8")) as string[];
  expect(loaded.length).toBeGreaterThan(20);
  expect(loaded.filter((name) => !name.startsWith(path.dirname(bin)))).toEqual([file]);
});

test("the dynamic provider's script takes the SDK from the folder that it is started in", async () => {
  const script = path.join(bin, "pulumi-resource-pulumi-nodejs");
  const run = promisify(execFile);
  const bare = bareFolder({});
  await expect(run(script, ["127.0.0.1:9"], { cwd: bare })).rejects.toMatchObject({
    code: 1,
    stderr: `pulumi-resource-pulumi-nodejs: @pulumi/pulumi is not installed for ${bare}: run npm install there\n`,
  });
  // Without an engine's address the SDK's own provider refuses to start: so it was reached.
  await expect(run(script, [], { cwd: programFolder({}) })).rejects.toMatchObject({
    stderr: expect.stringContaining("Missing <engine> address"),
  });
});

function install(
  folder: string,
  options: Record<string, string>,
): Promise<{ output: string; error: unknown }> {
  const info = programInfo(folder).setOptions(Struct.fromJavaScript(options));
  const call = host.client.installDependencies(new InstallDependenciesRequest().setInfo(info));
  return new Promise((resolve) => {
    let output = "";
    call.on("data", (message: InstallDependenciesResponse) => {
      output += Buffer.from(message.getStdout_asU8()).toString("utf8");
    });
    call.once("error", (error) => resolve({ output, error }));
    call.once("end", () => resolve({ output, error: undefined }));
  });
}

function programInfo(folder: string): ProgramInfo {
  return new ProgramInfo().setRootDirectory(folder).setProgramDirectory(folder).setEntryPoint(".");
}

function manifest(version: string, rest: object): string {
  return JSON.stringify({ version, ...rest });
}

import { hostArguments } from "../../../engine/src/language-host/arguments.js";
import { configEnvironment } from "../../../engine/src/language-host/config-environment.js";
import {
  policyLaunch,
  sourcePluginLaunch,
} from "../../../engine/src/language-host/plugin-launch.js";
import {
  programLaunch,
  runOutcome,
  type ProgramRun,
} from "../../../engine/src/language-host/program-launch.js";
import { readRuntimeOptions } from "../../../engine/src/language-host/runtime-options.js";
import { splitWords } from "../../../engine/src/language-host/split-words.js";

test.each([
  ["", []],
  ["  ", []],
  ["--import=tsx --trace-warnings", ["--import=tsx", "--trace-warnings"]],
  ["-r './a b.js'", ["-r", "./a b.js"]],
  [`--title="it's \\"me\\" \\n"`, [`--title=it's "me" \\n`]],
  ["a\\ b 'c\\d' \"\"", ["a b", "c\\d", ""]],
])("node's arguments %j are split as a shell would", (text, words) => {
  expect(splitWords(text)).toEqual({ words });
});

test.each([
  ["'open", "a ' is not closed"],
  ['a "b', 'a " is not closed'],
  ["a\\", "it ends in a backslash"],
])("node's arguments %j are refused", (text, problem) => {
  expect(splitWords(text)).toEqual({ problem });
});

test("no runtime options mean TypeScript, and nothing for node", () => {
  expect(readRuntimeOptions({})).toEqual({ options: { typescript: true, nodeArgs: [] } });
});

test("every runtime option is read, and what this host does not know is left alone", () => {
  const raw = {
    typescript: false,
    nodeargs: "-r x",
    tsconfig: "t.json",
    packagemanager: "pnpm",
    other: 1,
  };
  expect(readRuntimeOptions(raw)).toEqual({
    options: {
      typescript: false,
      nodeArgs: ["-r", "x"],
      tsconfig: "t.json",
      packageManager: "pnpm",
    },
  });
});

test.each([
  [{ typescript: "false" }, 'runtime option typescript must be true or false, not "false"'],
  [{ nodeargs: ["-r"] }, 'runtime option nodeargs must be a string, not ["-r"]'],
  [{ nodeargs: "'" }, "runtime option nodeargs cannot be split into arguments: a ' is not closed"],
  [{ tsconfig: 1 }, "runtime option tsconfig must be a path, not 1"],
  [{ packagemanager: {} }, "runtime option packagemanager must be npm, pnpm, yarn or bun, not {}"],
])("a runtime option of the wrong type is named: %j", (raw, problem) => {
  expect(readRuntimeOptions(raw)).toEqual({ problem });
});

test("configuration keys get their long form, secret keys keep theirs", () => {
  const values = new Map([
    ["shop:word", 'with "quotes"'],
    ["shop:config:odd", "1"],
    ["bare", "2"],
  ]);
  const env = configEnvironment({ values, secretKeys: ["shop:word"] });
  expect(JSON.parse(env.PULUMI_CONFIG ?? "")).toEqual({
    "shop:config:word": 'with "quotes"',
    "shop:config:config:odd": "1",
    bare: "2",
  });
  expect(env.PULUMI_CONFIG_SECRET_KEYS).toBe('["shop:word"]');
});

const RUN: ProgramRun = {
  project: "shop",
  stack: "dev",
  organization: "",
  programDirectory: "/p",
  rootDirectory: "/r",
  entryPoint: "",
  args: [],
  config: { values: new Map(), secretKeys: [] },
  dryRun: false,
  parallel: 0,
  monitorAddress: "m:1",
};

test("what the engine did not say is left out of a program's arguments", () => {
  const options = { typescript: false, nodeArgs: ["--a"] };
  const host = { node: "node", env: { KEPT: "1" }, engineAddress: "e:2" };
  expect(programLaunch(RUN, options, "run.js", host)).toEqual({
    command: "node",
    args: [
      ["--a", "run.js", "--monitor", "m:1", "--engine", "e:2", "--project", "shop"],
      ["--stack", "dev", "--pwd", "/p", "--root-directory", "/r", "."],
    ].flat(),
    cwd: "/p",
    env: {
      KEPT: "1",
      PULUMI_CONFIG: "{}",
      PULUMI_CONFIG_SECRET_KEYS: "[]",
      PULUMI_NODEJS_TYPESCRIPT: "false",
    },
  });
});

test("tracing is passed on to the program", () => {
  const host = { node: "node", env: {}, engineAddress: "e:2", tracing: "http://t" };
  const { args } = programLaunch(RUN, { typescript: true, nodeArgs: [] }, "run.js", host);
  expect(args.slice(args.indexOf("--tracing"), -1)).toEqual(["--tracing", "http://t"]);
});

test.each([
  [
    { code: 0, signal: null },
    { error: "", bail: false },
  ],
  [
    { code: 32, signal: null },
    { error: "", bail: true },
  ],
  [
    { code: 1, signal: null },
    { error: "The program exited with code 1.", bail: false },
  ],
  [
    { code: null, signal: "SIGKILL" as const },
    { error: "The program was ended by SIGKILL.", bail: false },
  ],
])("a program that ended with %j is told as %j", (end, outcome) => {
  expect(runOutcome(end)).toEqual(outcome);
});

const PLUGIN = {
  directory: "/pack",
  pwd: "/project",
  args: ["--logtostderr", "e:1"],
  env: ["A=b=c", "EMPTY=", "BARE"],
};

test("a policy pack runs in its own folder, with the stack in its environment", () => {
  const stack = {
    organization: "org",
    project: "shop",
    stack: "dev",
    dryRun: true,
    config: { values: new Map([["shop:a", "1"]]), secretKeys: ["shop:a"] },
  };
  expect(policyLaunch(PLUGIN, stack, "node", "pack.js")).toEqual({
    command: "node",
    args: ["pack.js", "e:1", "/pack"],
    cwd: "/pack",
    env: {
      A: "b=c",
      EMPTY: "",
      BARE: "",
      PULUMI_CONFIG: '{"shop:config:a":"1"}',
      PULUMI_CONFIG_SECRET_KEYS: '["shop:a"]',
      PULUMI_NODEJS_ORGANIZATION: "org",
      PULUMI_NODEJS_PROJECT: "shop",
      PULUMI_NODEJS_STACK: "dev",
      PULUMI_NODEJS_DRY_RUN: "true",
    },
  });
});

test("a policy pack without a stack gets the engine's environment alone", () => {
  expect(policyLaunch(PLUGIN, undefined, "node", "pack.js").env).toEqual({
    A: "b=c",
    EMPTY: "",
    BARE: "",
  });
});

test("a provider in source runs where the engine was started, with all its arguments", () => {
  expect(sourcePluginLaunch(PLUGIN, ["-r", "x"], "node", "plugin.js")).toMatchObject({
    args: ["-r", "x", "plugin.js", "/pack", "--logtostderr", "e:1"],
    cwd: "/project",
  });
  expect(sourcePluginLaunch({ ...PLUGIN, pwd: "" }, [], "node", "plugin.js").cwd).toBe("/pack");
});

test.each([
  [["1.2.3.4:5"], { engineAddress: "1.2.3.4:5" }],
  [["--logtostderr", "-v=9", "e:1"], { engineAddress: "e:1" }],
  [["--tracing", "http://t", "e:1"], { engineAddress: "e:1", tracing: "http://t" }],
  [["--tracing", "http://t"], { engineAddress: "", tracing: "http://t" }],
  [[], { engineAddress: "" }],
])("the host's arguments %j are read", (argv, read) => {
  expect(hostArguments(argv)).toEqual(read);
});

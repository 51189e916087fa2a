import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import type { Engine } from "cloud-assistant-engine";

import { programFolder, type Files } from "./support/program-folder.js";
import { cliWithOurHost, newStack, type Cli } from "./support/real-cli.js";

const PROJECT = {
  "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
  "package.json": JSON.stringify({ name: "shop", version: "0.0.0", main: "index.ts" }),
};

const DYNAMIC = `
import * as pulumi from "@pulumi/pulumi";
const provider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => ({ id: "one", outs: { ...inputs, length: inputs.word.length } }),
};
class Word extends pulumi.dynamic.Resource {
  declare readonly length: pulumi.Output<number>;
  constructor(name: string, args: { greeting: string; word: pulumi.Input<string> }) {
    super(provider, name, { length: undefined, ...args });
  }
}
const config = new pulumi.Config();
const word = new Word("word", { greeting: config.require("greeting"), word: config.requireSecret("word") });
console.log("the program runs");
export const length = word.length;
export const greeting = config.get("greeting");
`;

const PACK = {
  "pack/PulumiPolicy.yaml": "runtime: nodejs\n",
  "pack/package.json": JSON.stringify({ name: "pack", version: "1.0.0", main: "index.ts" }),
  "pack/index.ts": `
import { PolicyPack } from "@pulumi/policy";
new PolicyPack("manners", { policies: [{
  name: "polite", description: "Greetings are polite.", enforcementLevel: "mandatory",
  validateResource: (args, report) => {
    if (args.props.greeting === "oi") report("A greeting must not be oi.");
  },
}] });
`,
};

let engine: Engine;

// Where no engine is cached, one is built now.
beforeAll(async () => {
  engine = await cliWithOurHost();
}, 900_000);

jest.setTimeout(60_000);

test("a program with a dynamic resource is previewed, brought up and destroyed", async () => {
  const { pulumi } = await project({ "index.ts": DYNAMIC });
  await pulumi("config", "set", "greeting", "hello");
  await pulumi("config", "set", "--secret", "word", "milk-and-honey");

  const preview = await pulumi("preview");
  expect(preview).toMatchObject({ code: 0 });
  expect(preview.output).toContain("the program runs");
  expect(preview.output).toContain("+ 2 to create");

  const up = await pulumi("up", "--yes", "--skip-preview");
  expect(up).toMatchObject({ code: 0 });
  expect(up.output).toMatch(/length\s*: 14/);
  expect(up.output).toMatch(/greeting\s*: "hello"/);
  const exported = (await pulumi("stack", "export")).output;
  expect(exported).toContain('"greeting": "hello"');
  expect(exported + preview.output + up.output).not.toContain("milk-and-honey");

  const destroy = await pulumi("destroy", "--yes", "--skip-preview");
  expect(destroy).toMatchObject({ code: 0 });
  expect(destroy.output).toContain("- 2 deleted");
});

test("a program that throws is reported once, with its own words", async () => {
  const { pulumi } = await project({ "index.ts": `throw new Error("no milk");` });
  const { code, output } = await pulumi("preview");
  expect(code).not.toBe(0);
  expect(output.match(/no milk/g)).toHaveLength(1);
  expect(output).not.toContain("exited with");
});

test("a program that does not compile is reported with the place and no stack of node's", async () => {
  const folder = programFolder({ ...PROJECT, "index.ts": `export const n: number = "one";` });
  const pulumi = await newStack(engine, folder, true);
  const { code, output } = await pulumi("preview");
  expect(code).not.toBe(0);
  expect(output).toContain("index.ts(1,14)");
  expect(output).not.toContain("at Module._compile");
});

test("a program that leaves by itself is reported with its exit code", async () => {
  const { pulumi } = await project({ "index.ts": `process.exit(3);` });
  const { code, output } = await pulumi("preview");
  expect(code).not.toBe(0);
  expect(output).toContain("The program exited with code 3.");
});

test("main in Pulumi.yaml is the folder that the program runs in", async () => {
  const { pulumi } = await project({
    "Pulumi.yaml": "name: shop\nruntime: nodejs\nmain: inner\n",
    "inner/package.json": JSON.stringify({ name: "inner", main: "index.js" }),
    "inner/index.js": `exports.where = require("node:path").basename(process.cwd());`,
  });
  const { code, output } = await pulumi("preview");
  expect(code).toBe(0);
  expect(output).toMatch(/where\s*: "inner"/);
});

test("a mandatory policy blocks a preview, and lets the mended one pass", async () => {
  const { pulumi } = await project({ "index.ts": DYNAMIC, ...PACK });
  await pulumi("config", "set", "greeting", "oi");
  await pulumi("config", "set", "--secret", "word", "w");
  const blocked = await pulumi("preview", "--policy-pack", "pack");
  expect(blocked.code).not.toBe(0);
  expect(blocked.output).toContain("A greeting must not be oi.");

  await pulumi("config", "set", "greeting", "good morning");
  const passed = await pulumi("preview", "--policy-pack", "pack");
  expect(passed).toMatchObject({ code: 0 });
  expect(passed.output).toContain("manners");
});

test("no process is left when the CLI is done", async () => {
  const { pulumi, folder } = await project({ "index.ts": DYNAMIC });
  await pulumi("config", "set", "greeting", "hello");
  await pulumi("config", "set", "word", "w");
  expect(await pulumi("up", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  const left = commandLines().filter((line) => line.includes(folder) || line.includes(engine.root));
  expect(left).toEqual([]);
});

/** The command lines of all processes; not every machine has ps. */
function commandLines(): string[] {
  if (!existsSync("/proc/self/cmdline")) {
    return execFileSync("ps", ["-axo", "command"], { encoding: "utf8" }).split("\n");
  }
  return readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [readFileSync(`/proc/${name}/cmdline`, "utf8")] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

async function project(files: Files): Promise<{ folder: string; pulumi: Cli }> {
  const folder = programFolder({ ...PROJECT, ...files });
  return { folder, pulumi: await newStack(engine, folder) };
}

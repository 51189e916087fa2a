import { startEmulator, type Emulator } from "cloud-assistant-emulator";
import { ensureEngine } from "cloud-assistant-engine";
import {
  engineTimeoutMs,
  mustPass,
  newProject,
  newStack,
  type CliEnd,
  type Stack,
} from "../support/stack.js";

jest.setTimeout(120_000);
let emulator: Emulator;
beforeAll(async () => {
  await ensureEngine();
  emulator = await startEmulator({
    instances: ["i-web-1", "i-web-2"].map((instanceId) => ({ instanceId, tags: { role: "web" } })),
  });
}, engineTimeoutMs);
afterAll(() => emulator.close());
beforeEach(() => emulator.requests.clear());

const imports = `
import * as pulumi from "@pulumi/pulumi";
import { Command, CommandInvocation } from "pulumi-cloud-assistant";
`;

/** A machine whose id is known only once it is made, as those of a cloud provider are. */
const machine = `
class Machine extends pulumi.dynamic.Resource {
  constructor(name: string, instanceId: string) {
    super({ create: async (inputs) => ({ id: inputs.instanceId, outs: inputs }) }, name, { instanceId });
  }
}
const machine = new Machine("machine", "i-web-1");
`;

/** Actions that change something. */
function changes(): string[] {
  const actions = emulator.requests.list().map(({ action }) => action);
  return actions.filter((action) => !/^(Describe|List|Get)/.test(action));
}

describe("targets that are made in the same program", () => {
  let stack: Stack;
  const program = (words: string): string => `${imports}${machine}
new CommandInvocation("install", {
  script: { content: "echo ${words}\\n" },
  targets: { instanceIds: [machine.id, "i-web-2"] },
});`;
  beforeAll(async () => {
    stack = await newStack(newProject(program("installed")), emulator);
  });

  test("are said to be unknown in the first preview, and all else of the plan is shown", async () => {
    const { output } = await mustPass(stack.preview("--diff"));
    expect(output).toContain(
      "install: runs on machines that are not known yet " +
        `(account ${emulator.accountId}, region cn-hangzhou, LOCAL EMULATOR)`,
    );
    expect(output).toMatch(/action : "run"\n\s*calls {2}: \[unknown\]/);
    expect(output).toMatch(/contentHash: "[0-9a-f]{64}"/);
    expect(output).toMatch(/counts : \[unknown\]/);
    expect(output).toContain("+ 3 to create");
    expect(changes()).toEqual([]);
  });

  test("are known in the up, which runs on them", async () => {
    const { output } = await mustPass(stack.up());
    expect(output).toContain("install: runs on 2 machines in 1 call");
    const { results } = await stack.outputs("install");
    expect(Object.keys(results)).toEqual(["i-web-1", "i-web-2"]);
  });

  test("without a change --diff is quiet, --expect-no-changes passes, and no call is made", async () => {
    const { output } = await mustPass(stack.preview("--diff", "--expect-no-changes"));
    expect(output).not.toContain("install");
    expect(output).toContain("3 unchanged");
    expect(emulator.requests.list()).toEqual([]);
  });

  test("a changed script shows the old and the new text, and what will run", async () => {
    stack.write("index.ts", program("again"));
    const { output } = await mustPass(stack.preview("--diff"));
    expect(output).toContain("install: runs anew: script changed");
    expect(output).toMatch(/- echo installed\n\s*\+ echo again/);
    expect(output).toMatch(/~ contentHash: "[0-9a-f]{64}" => "[0-9a-f]{64}"/);
    expect(output).toContain('[0]: "1: i-web-1 i-web-2"');
    expect(await stack.preview("--expect-no-changes")).not.toMatchObject({ code: 0 });
    expect(changes()).toEqual([]);
  });
});

test("a saved command is known in every preview but for its id", async () => {
  const program = (text: string, timeout: string): string => `${imports}
const command = new Command("greet", { name: "greet", content: "${text}\\n"${timeout} });
new CommandInvocation("greeting", {
  command, parameters: { who: "you" }, targets: { instanceIds: ["i-web-1"] },
});`;
  const stack = await newStack(newProject(program("echo {{who}}", "")), emulator);
  const first = await stack.preview("--diff");
  expect(first.output).toContain('[0]: "1: i-web-1"');
  expect(first.output).toContain("takes at most 150 s");
  await mustPass(stack.up());

  // Nothing changes, and the plan stays known: no output of the command is unknown in an update.
  const same = await mustPass(stack.preview("--diff", "--expect-no-changes"));
  expect(same.output).not.toContain("[unknown]");

  // Metadata is updated in place, and runs nothing.
  stack.write("index.ts", program("echo {{who}}", ", timeout: 90"));
  const longer = await stack.preview("--diff");
  expect(longer.output).toMatch(/~ timeout\s*: 60 => 90/);
  expect(longer.output).not.toContain("runs anew");

  // New content replaces the command, and its hash is known before it is made.
  stack.write("index.ts", program("echo hello {{who}}", ""));
  const changed = await stack.preview("--diff");
  expect(changed.output).toContain("greeting: runs anew: command changed");
  expect(changed.output).toMatch(/~ contentHash\s*: "[0-9a-f]{64}" => "[0-9a-f]{64}"/);
  await mustPass(stack.up());
  const { results } = await stack.outputs("greeting");
  expect(results["i-web-1"]).toMatchObject({ output: "hello you\n" });
  await mustPass(stack.destroy());
});

/** One preview of a program, in a project that nothing is ever brought up in. */
let tried: Stack | undefined;
async function preview(program: string): Promise<CliEnd> {
  tried ??= await newStack(newProject(""), emulator);
  tried.write("index.ts", program);
  return tried.preview();
}

test.each([
  [
    "a Command",
    `new Command("saved", { name: " saved", content: "", timeout: 1 } as any);`,
    [
      "'saved' has a problem: name: begins or ends with white space",
      "'saved' has a problem: content: is empty",
      "'saved' has a problem: timeout: is below 10. Given: 1. " +
        "Allowed: a whole number of seconds, 10 or more. What to do: write 10 or more",
    ],
  ],
  [
    "a CommandInvocation",
    `new CommandInvocation("install", {
       timout: 3, username: " root", parameters: { a: "b" },
       script: { content: "true" }, commandId: "c-1",
       targets: { instanceIds: ["i-web-1", "web 1", "i-web-1"] },
     } as any);`,
    [
      "'install' has a problem: timout: is not a known input. Given: 3.",
      "What to do: write timeout.",
      "'install' has a problem: username: begins or ends with white space",
      "'install' has a problem: parameters.a: is not a parameter of the command",
      "'install' has a problem: script: is given beside commandId",
      "'install' has a problem: targets.instanceIds[1]: holds two ids in one entry",
      "'install' has a problem: targets.instanceIds[2]: is the same as targets.instanceIds[0]",
    ],
  ],
])(
  "every wrong input of %s is named at once, and nothing is called",
  async (_, wrong, problems) => {
    const { code, output } = await preview(imports + wrong);
    expect(code).not.toBe(0);
    for (const words of problems) expect(output).toContain(words);
    // Neither a stack trace nor the engine's own notation of a value.
    expect(output).not.toMatch(/map\[|\n\s+at /);
    expect(emulator.requests.list()).toEqual([]);
  },
);

describe("options that cannot do what they say are refused, with what to write instead:", () => {
  const program = (option: string): string => `${imports}
// Stands for a provider without making one, which would need its plugin.
const { DependencyProviderResource } = pulumi as any;
const other = "urn:pulumi:dev::tried::pulumi:providers:alicloud::other::provider-id";
new CommandInvocation("install", {
  script: { content: "true" }, targets: { instanceIds: ["i-web-1"] },
}, ${option});`;

  test.each([
    ["import", '{ import: "ci-1" }', "opts.import: a run cannot be imported."],
    [
      "a provider of another package",
      "{ provider: new DependencyProviderResource(other) }",
      'opts.provider: a provider of another package has no effect here. Given: a provider of "alicloud".',
    ],
    [
      "a deadline that is no duration",
      '{ customTimeouts: { create: "soon" } }',
      'opts.customTimeouts.create: not a duration. Given: "soon".',
    ],
  ])("%s", async (_name, option, words) => {
    const { code, output } = await preview(program(option));
    expect(code).not.toBe(0);
    expect(output).toContain(`install: ${words}`);
    expect(output).not.toMatch(/unhandled exception|\n\s+at |apiCode/);
    expect(emulator.requests.list()).toEqual([]);
  });
});

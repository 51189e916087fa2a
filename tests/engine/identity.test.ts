/** Who a run belongs to when names, parents, stacks, states and accounts move. */
import { startEmulator, type Emulator } from "cloud-assistant-emulator";
import { engineTimeoutMs, mustPass, newProject, newStack, type Stack } from "../support/stack.js";

jest.setTimeout(engineTimeoutMs);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({
    backend: "sim",
    sim: { afterMs: 50 },
    instances: [1, 2].map((n) => ({ instanceId: `i-0${n}`, tags: { role: "web" } })),
    accounts: [
      { accountId: "1000000000000001", accessKeyId: "one", accessKeySecret: "secret-of-one" },
      { accountId: "2000000000000002", accessKeyId: "two", accessKeySecret: "secret-of-two" },
    ],
  });
});
afterAll(() => emulator.close());
let before = 0;
/** Counts from here. */
function count(): void {
  emulator.requests.clear();
  before = emulator.invocations().length;
}
beforeEach(count);

const program = (name: string, options = "{}", before = "", content = "echo hello"): string => `
import * as pulumi from "@pulumi/pulumi";
import { CommandInvocation } from "pulumi-cloud-assistant";
${before}
new CommandInvocation("${name}", {
  script: { content: "${content}\\n" },
  targets: { instanceIds: ["i-01", "i-02"] },
}, ${options});
`;
const nothing = "export {};\n";

/** Invocations made since then; a token that is answered again makes none. */
function made(): number {
  return emulator.invocations().length - before;
}

async function newRun(text: string): Promise<Stack> {
  const stack = await newStack(newProject(text), emulator);
  await mustPass(stack.up());
  expect(made()).toBe(1);
  count();
  return stack;
}

test("an alias, then a new parent, then a renamed stack: nothing runs again", async () => {
  const stack = await newRun(program("alias-a"));
  const { owner } = await stack.outputs("alias-a");
  stack.write("index.ts", program("alias-b", '{ aliases: [{ name: "alias-a" }] }'));
  await mustPass(stack.up());
  const parent = `class Group extends pulumi.ComponentResource {
    constructor(name: string) { super("tried:index:Group", name); }
  }
  const group = new Group("group");`;
  const moved = "{ parent: group, aliases: [{ parent: pulumi.rootStackResource }] }";
  stack.write("index.ts", program("alias-b", moved, parent));
  await mustPass(stack.up());
  await mustPass(stack.cli("stack", "rename", "renamed"));
  const end = await mustPass(stack.cli("up", "--yes", "--skip-preview", "--stack", "renamed"));
  expect(end.output).not.toContain("batch");
  expect(made()).toBe(0);
  const exported = (await mustPass(stack.cli("stack", "export", "--stack", "renamed"))).stdout;
  expect(exported).toContain(owner as string);
});

test("without an alias a rename runs again, and the preview warns of it", async () => {
  const stack = await newRun(program("rename-a", "{}", "", "echo renamed"));
  stack.write("index.ts", program("rename-b", "{}", "", "echo renamed"));
  const preview = await mustPass(stack.preview());
  expect(preview.output).toContain("add `aliases`");
  await mustPass(stack.up());
  expect(made()).toBe(1);
});

test("--replace, taint and a destroy with an up run anew; each exactly once", async () => {
  const stack = await newRun(program("replace"));
  const { resources = [] } = await stack.export();
  const urn = resources.find((resource) => resource.urn.endsWith("::replace"))!.urn;
  await mustPass(stack.up("--replace", urn));
  expect(made()).toBe(1);
  await mustPass(stack.cli("state", "taint", urn, "--yes"));
  await mustPass(stack.up());
  expect(made()).toBe(2);
  await mustPass(stack.destroy());
  await mustPass(stack.up());
  expect(made()).toBe(3);
});

test("a state that lost the resource takes the run over, and says so", async () => {
  const stack = await newRun(program("lost"));
  const { resources = [] } = await stack.export();
  const urn = resources.find((resource) => resource.urn.endsWith("::lost"))!.urn;
  await mustPass(stack.cli("state", "delete", urn, "--yes"));
  const end = await mustPass(stack.up());
  expect(end.output).toContain("takes over t-");
  expect(made()).toBe(0);
  expect(await stack.outputs("lost")).toMatchObject({ status: "Success" });
});

test("retainOnDelete calls nothing when the resource leaves the program", async () => {
  const stack = await newRun(program("retained", "{ retainOnDelete: true }"));
  stack.write("index.ts", nothing);
  await mustPass(stack.up());
  expect(emulator.requests.list()).toEqual([]);
});

test("--target runs the named resource and leaves the other alone", async () => {
  const two = `${program("target-a")}${program("target-b").replace(/^import.*$/gm, "")}`;
  const stack = await newStack(newProject(two), emulator);
  await mustPass(stack.up());
  count();
  stack.write("index.ts", two.replaceAll("echo hello", "echo changed"));
  const { resources = [] } = await stack.export();
  const urn = resources.find((resource) => resource.urn.endsWith("::target-b"))!.urn;
  await mustPass(stack.up("--target", urn));
  expect(made()).toBe(1);
});

test("credentials of another account change nothing, and the error names both accounts", async () => {
  const stack = await newRun(program("account"));
  stack.write("index.ts", program("account", "{}", "", "echo changed"));
  const other = {
    CLOUD_ASSISTANT_ACCESS_KEY_ID: "two",
    CLOUD_ASSISTANT_ACCESS_KEY_SECRET: "secret-of-two",
  };
  const update = await stack.begin(other, "up", "--yes", "--skip-preview").end;
  expect(update.code).not.toBe(0);
  expect(update.output).toContain("2000000000000002");
  expect(update.output).toContain("1000000000000001");
  const destroy = await stack.begin(other, "destroy", "--yes", "--skip-preview").end;
  expect(destroy.code).not.toBe(0);
  const changed = emulator.requests
    .list()
    .filter((one) => !/^(Describe|List|Get)/.test(one.action))
    .map((one) => one.action);
  expect(changed).toEqual([]);
  expect(await stack.outputs("account")).toMatchObject({ accountId: "1000000000000001" });
});

test("a region that moved in the configuration moves nothing that exists", async () => {
  const stack = await newRun(program("region"));
  stack.write("index.ts", program("region", "{}", "", "echo changed"));
  const moved = { CLOUD_ASSISTANT_REGION: "cn-beijing" };
  const end = await stack.begin(moved, "up", "--yes", "--skip-preview").end;
  expect(end.code).toBe(0);
  expect(made()).toBe(1);
  const regions = emulator.requests.list({ action: "RunCommand" }).map((one) => one.regionId);
  expect(regions).toEqual([emulator.regionId]);
  expect(await stack.outputs("region")).toMatchObject({ region: emulator.regionId });
});

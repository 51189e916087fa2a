import { writeFileSync } from "node:fs";
import path from "node:path";
import { startEmulator, type Emulator } from "cloud-assistant-emulator";
import { ensureEngine } from "cloud-assistant-engine";
import { engineTimeoutMs, newProject, newStack, repository, type Stack } from "../support/stack.js";

jest.setTimeout(120_000);

const pack = path.join(repository, "policy");
const canary = "Otter!Harbor-4471";

let emulator: Emulator;
beforeAll(async () => {
  await ensureEngine();
  emulator = await startEmulator({
    backend: "sim",
    instances: ["i-web-1", "i-web-2", "i-web-3"].map((instanceId) => ({
      instanceId,
      tags: { role: "web" },
    })),
  });
}, engineTimeoutMs);
afterAll(() => emulator.close());

const head = `
import * as pulumi from "@pulumi/pulumi";
import { Command, CommandInvocation } from "pulumi-cloud-assistant";
`;

/** Runs as root, has a password in its text, and reaches more machines than are allowed. */
const careless = `${head}
new CommandInvocation("migrate", {
  script: { content: "export PGPASSWORD='${canary}'\\npsql -h db -f /srv/next.sql\\n" },
  targets: { tags: { role: "web" } },
});`;

/** The same work, as the three policies want it. */
const mended = `${head}
new CommandInvocation("migrate", {
  script: { content: "PGPASSWORD='{{password}}' psql -h db -f /srv/next.sql\\n" },
  parameters: { password: pulumi.secret("${canary}") },
  username: "deploy",
  targets: { tags: { role: "web" }, expect: { max: 3 } },
});`;

async function stackOf(program: string): Promise<Stack> {
  const stack = await newStack(newProject(program), emulator);
  writeFileSync(
    path.join(stack.folder, "policies.json"),
    JSON.stringify({ "bounded-fleet": { allowedSize: 2 } }),
  );
  emulator.requests.clear();
  return stack;
}

const policies = ["--policy-pack", pack, "--policy-pack-config", "policies.json"];

function launches(): readonly unknown[] {
  return emulator.requests.list({ action: ["RunCommand", "InvokeCommand"] });
}

describe("the policy pack under the real CLI", () => {
  test("blocks the preview of a careless program, and says for each policy what to do", async () => {
    const stack = await stackOf(careless);
    const { code, output } = await stack.preview(...policies);
    expect(code).not.toBe(0);
    for (const words of [
      "ordinary-user",
      "Set username to an ordinary user of the machines",
      "no-secret-in-script",
      "script.content, line 1: a password or a key is written out",
      "bounded-fleet",
      "The command runs on 3 machines, and more than 2 need a bound.",
    ]) {
      expect(output).toContain(words);
    }
    expect(output.match(/\[mandatory\]/g)).toHaveLength(3);
    expect(launches()).toEqual([]);
  });

  test("lets its mended twin through, and shows the secret to nobody", async () => {
    const stack = await stackOf(mended);
    const { code, output } = await stack.preview("--diff", ...policies);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).not.toMatch(/\[mandatory\]|\[advisory\]/);
    expect(output).not.toContain(canary);
  });

  test("leaves alone what the configuration allows by name", async () => {
    const stack = await stackOf(careless);
    const allow = { allow: ["mig*"] };
    writeFileSync(
      path.join(stack.folder, "policies.json"),
      JSON.stringify({
        "ordinary-user": allow,
        "no-secret-in-script": allow,
        "bounded-fleet": { ...allow, allowedSize: 2 },
      }),
    );
    expect(await stack.preview(...policies)).toMatchObject({ code: 0 });
  });

  test("says as an advice what it cannot decide before a value is known", async () => {
    const stack = await stackOf(`${head}
class Password extends pulumi.dynamic.Resource {
  declare readonly word: pulumi.Output<string>;
  constructor(name: string) {
    super({ create: async () => ({ id: "p", outs: { word: "x" } }) }, name, { word: undefined });
  }
}
new CommandInvocation("migrate", {
  script: { content: pulumi.interpolate\`echo \${new Password("made").word}\` },
  username: "deploy",
  targets: { instanceIds: ["i-web-1"] },
});`);
    const { code, output } = await stack.preview(...policies);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain("[advisory]");
    expect(output).toMatch(/can't run policy 'no-secret-in-script'.* during preview/);
  });

  test("stops an up before anything is run", async () => {
    const stack = await stackOf(careless);
    const { code } = await stack.up(...policies);
    expect(code).not.toBe(0);
    expect(launches()).toEqual([]);
  });
});

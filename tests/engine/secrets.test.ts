import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startEmulator, type Emulator } from "cloud-assistant-emulator";
import { ensureEngine } from "cloud-assistant-engine";
import {
  engineTimeoutMs,
  newFolder,
  newProject,
  newStack,
  type CliEnd,
  type Deployment,
  type Stack,
} from "../support/stack.js";

jest.setTimeout(120_000);

/** Two lines and a quote: what is escaped or cut must not give it away either. */
const canary = 'c4nary-first"line\nc4nary-second-line';
const changedCanary = "c4nary-of-the-second-up";
const canaries = [canary, changedCanary];

let emulator: Emulator;
let stack: Stack;
/** The state, as whoever has the passphrase can read it. */
let inClear: { deployment: Deployment };
/** Everything that people or other programs could read, by where it stood. */
const seen: Record<string, string> = {};

const program = (content: string, more = ""): string => `
import * as pulumi from "@pulumi/pulumi";
import { Command, CommandInvocation } from "pulumi-cloud-assistant";
const token = new pulumi.Config().requireSecret("token");
const login = new Command("login", { name: "login", content: ${JSON.stringify(content)} });
const run = new CommandInvocation("run", {
  command: login, parameters: { token, user: "ann" }, targets: { instanceIds: ["i-1"] },
});
const inScript = new CommandInvocation("in-script", {
  script: { content: pulumi.interpolate\`cat <<'END'\\n\${token}\\nEND\\n\` }, targets: { instanceIds: ["i-1"] },
});
${more}
export const results = run.results;
export const printed = inScript.results.apply((rows) => rows["i-1"]?.output);
export const status = run.status;
`;

/** Echoes the secret on both streams, then fails where a file is. */
const echoing = `cat <<'END'
token={{token}} of {{user}}
END
cat >&2 <<'END'
{{token}}
END
if [ -f "$HOME/refuse" ]; then cat <<'END'; exit 7; fi
refused: {{token}}
END
`;

function note(name: string, end: CliEnd): CliEnd {
  seen[name] = end.output;
  return end;
}

/** Texts that would give a canary away: itself, its lines, and each of them in base64 or escaped. */
function traces(text: string): string[] {
  const pieces = canaries.flatMap((each) => [each, ...each.split("\n")]);
  const forms = pieces.flatMap((piece) => [
    piece,
    encodeURIComponent(piece),
    JSON.stringify(piece).slice(1, -1),
    JSON.stringify(JSON.stringify(piece).slice(1, -1)).slice(1, -1),
    ...alignments(piece),
  ]);
  return [...new Set(forms)].filter((form) => text.includes(form));
}

/** What of a text is always the same in base64, wherever in a longer text it begins. */
function alignments(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    const whole = bytes.length - (bytes.length % 3);
    return bytes.subarray(before === 0 ? 0 : 3, whole).toString("base64");
  });
}

function refuse(refused: boolean): void {
  const file = path.join(emulator.instances.root("i-1")!, "refuse");
  if (refused) writeFileSync(file, "");
  else rmSync(file);
}

beforeAll(async () => {
  await ensureEngine();
  emulator = await startEmulator({ instances: [{ instanceId: "i-1" }] });
  const folder = newFolder();
  const logs = { events: path.join(folder, "events"), debug: path.join(folder, "debug") };
  stack = await newStack(newProject(program(echoing)), emulator, {
    CLOUD_ASSISTANT_EVENTS: logs.events,
    CLOUD_ASSISTANT_DEBUG: logs.debug,
  });
  await stack.cli("config", "set", "--secret", "token", canary);

  note("first preview", await stack.preview());
  note("first preview --diff", await stack.preview("--diff"));
  note("first up", await stack.up("--diff"));
  seen["first state"] = await stack.exportText();
  inClear = JSON.parse(
    (await stack.cli("stack", "export", "--show-secrets")).stdout,
  ) as typeof inClear;
  note("outputs", await stack.cli("stack", "output"));
  note("outputs as JSON", await stack.cli("stack", "output", "--json"));
  note("quiet preview", await stack.preview("--diff"));

  refuse(true);
  await stack.cli("config", "set", "--secret", "token", changedCanary);
  note("preview of a change", await stack.preview("--diff"));
  note("failing up", await stack.up());
  seen["state after the failure"] = await stack.exportText();
  note("refresh", await stack.refresh("--diff"));
  note("preview of what failed", await stack.preview("--diff"));
  note("JSON preview", await stack.preview("--json"));

  refuse(false);
  note("last up", await stack.up());
  seen["last state"] = await stack.exportText();
  stack.write(
    "index.ts",
    program(
      echoing,
      `new CommandInvocation("wrong", {
         script: { content: pulumi.interpolate\`\${token}\`, type: "RunShelScript" as any },
         parameters: { a: pulumi.interpolate\`\${token}\u0000\`, "b b": token, c: 1 as any },
         username: pulumi.interpolate\` \${token}\`, targets: { instanceIds: [token] } });`,
    ),
  );
  note("preview with wrong inputs", await stack.preview());
  stack.write("index.ts", program(echoing));
  note("destroy", await stack.destroy("--diff"));
  for (const [name, file] of Object.entries(logs)) {
    if (existsSync(file)) seen[name] = readFileSync(file, "utf8");
  }
}, engineTimeoutMs);
afterAll(() => emulator.close());

test("the machine got the secret, and printed it: there is something to hide", () => {
  const sent = emulator.requests
    .list({ action: "InvokeCommand" })
    .map(({ params }) => JSON.parse(params.Parameters!) as unknown);
  expect(sent[0]).toEqual({ token: canary, user: "ann" });
  expect(sent[1]).toEqual({ token: changedCanary, user: "ann" });
  const outputs = emulator.tasks().map(({ instanceId, invokeId }) => {
    const { outputBase64 } = emulator.output(invokeId, instanceId)!;
    return Buffer.from(outputBase64, "base64").toString();
  });
  expect(outputs.filter((output) => output.includes(canary))).not.toHaveLength(0);
  expect(outputs.filter((output) => output.includes(`refused: ${changedCanary}`))).toHaveLength(1);
});

test("each step went as it should", () => {
  expect(seen["first up"]).toContain("+ 4 created");
  expect(seen["failing up"]).toContain("exit code 7");
  expect(seen["preview of what failed"]).toContain("runs again: i-1");
  expect(seen["last up"]).toMatch(/status\s*: "Success"/);
  expect(seen["preview with wrong inputs"]).toContain("'wrong' has a problem: ");
  expect(seen.destroy).toContain("deleted");
});

test("an error of a run with secrets quotes no output", () => {
  expect(seen["failing up"]).not.toContain("refused:");
});

test("results are secret as a whole, and say so", () => {
  expect(seen.outputs).toMatch(/results\s+\[secret\]/);
  expect(seen.outputs).toMatch(/printed\s+\[secret\]/);
});

test.each([
  "first preview",
  "first preview --diff",
  "first up",
  "first state",
  "outputs",
  "outputs as JSON",
  "quiet preview",
  "preview of a change",
  "failing up",
  "state after the failure",
  "refresh",
  "preview of what failed",
  "JSON preview",
  "last up",
  "last state",
  "preview with wrong inputs",
  "destroy",
  "events",
  "debug",
])("nothing of it is in clear in: %s", (name) => {
  expect(seen[name]).toEqual(expect.stringMatching(/./));
  expect(traces(seen[name]!)).toEqual([]);
});

test("not even the passphrase brings it back out of what a machine printed", () => {
  const resources = inClear.deployment.resources!;
  for (const name of ["run", "in-script"]) {
    const { results } = resources.find(({ urn }) => urn.endsWith(`::${name}`))!.outputs!;
    const printed = results.plaintext as string;
    expect(printed).toContain("[secret]");
    expect(printed).toContain('"status":"Success"');
    expect(traces(printed)).toEqual([]);
  }
});

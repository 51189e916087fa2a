import { startEmulator, type Emulator } from "cloud-assistant-emulator";
import { ensureEngine } from "cloud-assistant-engine";
import { engineTimeoutMs, newProject, mustPass, newStack, type Stack } from "../support/stack.js";

jest.setTimeout(120_000);

/** Values that shells, JSON, Base64 and templates have bent before. */
const values = {
  empty: "",
  quotes: `'single' "double" \`tick\` '"'"'`,
  dollars: "$HOME ${PATH} $(id) $$ $1 \\$ %s %d !!",
  backslashes: "\\ \\\\ \\n \\t \\u0041 C:\\new\\table",
  newlines: "first\n\nthird\n\n",
  windows: "first\r\nsecond\r\n",
  tabs: "\tone\t\ttwo\t",
  spaces: "   around   ",
  unicode: "żółć 漢字 Ελλάδα עברית e\u0301 \u00a0\u2028\u2029\ufeff",
  astral: "😀 👩‍👩‍👧 𝒳",
  braces: "{ } }} ${{ x }} {% y %}",
  json: '{"a":["b",null,"\\u00e9"],"c":"\\\\"}',
  markup: "<a href='?x=1&y=2'>&amp;</a> ::error:: ##[group]",
  url: "a+b%20c&d=e?f#g",
} as const;
const names = Object.keys(values) as (keyof typeof values)[];

/** Prints the bytes of each value, as the shell's own reader finds them between two marks. */
const printing = (some: typeof names): string =>
  some
    .map((name) => `echo "${name}:"\nod -An -v -tx1 <<'CUT-HERE'\n{{${name}}}\nCUT-HERE\n`)
    .join("");

/** A call takes ten parameters at most. */
const halves = { printing1: names.slice(0, 7), printing2: names.slice(7) };

/** Prints its own file, which ends in what no shell ever reaches. */
const ownText = `od -An -v -tx1 "$0"\nexit 0\n${Object.values(values).join("\n")}`;

/** Prints every value as it is, by a text that a shell leaves alone. */
const speaking = names.map((name) => `printf '%b' '${octal(values[name])}'\n`).join("");

type Run = { content: string; enableParameter?: false; parameters?: Record<string, string> };
const runs: Record<string, Run> = {
  // Its braces are text.
  ownText: { content: ownText, enableParameter: false },
  speaking: { content: speaking },
};
for (const [name, half] of Object.entries(halves)) {
  const parameters = Object.fromEntries(half.map((key) => [key, values[key]]));
  runs[name] = { content: printing(half), parameters };
}

const program = `
import { Command, CommandInvocation } from "pulumi-cloud-assistant";
const targets = { instanceIds: ["i-1"] };
const output = { maxBytesPerTarget: 24_000 };
for (const [name, run] of Object.entries(${JSON.stringify(runs)} as Record<string, any>)) {
  const { content, enableParameter, parameters } = run;
  new CommandInvocation("script-" + name, {
    script: { content }, enableParameter, parameters, targets, output,
  });
  const command = new Command(name, { name, content, enableParameter });
  new CommandInvocation("saved-" + name, { command, parameters, targets, output });
}
`;

let emulator: Emulator;
let stack: Stack;
beforeAll(async () => {
  await ensureEngine();
  emulator = await startEmulator({ instances: [{ instanceId: "i-1" }] });
  stack = await newStack(newProject(program), emulator);
  await mustPass(stack.up());
}, engineTimeoutMs);
afterAll(() => emulator.close());

/** What od printed, as text again. */
function fromHex(dump: string): string {
  return Buffer.from(dump.replace(/\s+/g, ""), "hex").toString("utf8");
}

/** A text as octal escapes of its bytes, which are the same to every printf. */
function octal(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) => `\\0${byte.toString(8).padStart(3, "0")}`)
    .join("");
}

async function printed(name: string): Promise<string> {
  const { results } = await stack.outputs(name);
  return results["i-1"].output as string;
}

describe.each(["script", "saved"])("of a %s command", (kind) => {
  test("parameters arrive byte for byte", async () => {
    const all = (await printed(`${kind}-printing1`)) + (await printed(`${kind}-printing2`));
    const parts = all.split(/^(\w+):\n/m).slice(1);
    const arrived = Object.fromEntries(
      names.map((_, n) => [parts[2 * n]!, fromHex(parts[2 * n + 1]!)]),
    );
    // The here-document ends each value with a line feed of its own.
    expect(arrived).toEqual(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, `${value}\n`])),
    );
  });

  test("the text arrives byte for byte", async () => {
    expect(fromHex(await printed(`${kind}-ownText`))).toBe(ownText);
  });

  test("the output comes back byte for byte", async () => {
    expect(await printed(`${kind}-speaking`)).toBe(Object.values(values).join(""));
  });
});

test("what came back is in the state, and a second up finds nothing to do", async () => {
  await mustPass(stack.preview("--expect-no-changes"));
});

import { createHash } from "node:crypto";
import { checkCommand, formatProblem } from "../../../provider/src/check/index.js";
import { unknown } from "../../../provider/src/unknown.js";

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
const base = { resourceUrn: "urn", name: "tidy", content: "rm -rf /tmp/cache\n" };

function check(change: Readonly<Record<string, unknown>>) {
  return checkCommand({ ...base, ...change }, { sha256 });
}

const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[]])[] =
  [
    [
      "no name and no content",
      { name: undefined, content: undefined },
      [
        "name: is missing. Given: nothing. Allowed: a name for the saved command. What to do: write one.",
        "content: is missing. Given: nothing. Allowed: the text of a script. What to do: write what the machines are to run.",
      ],
    ],
    [
      "an empty name",
      { name: "" },
      [
        'name: is empty. Given: "". Allowed: a name for the saved command. What to do: give it a value, or leave it out.',
      ],
    ],
    [
      "a name of 129 characters",
      { name: "n".repeat(129) },
      [
        `name: is 129 characters long. Given: "${"n".repeat(79)}… (51 more characters). Allowed: at most 128 characters. What to do: write a shorter one.`,
      ],
    ],
    [
      "a description of 513 characters",
      { description: "d".repeat(513) },
      [
        `description: is 513 characters long. Given: "${"d".repeat(79)}… (435 more characters). Allowed: at most 512 characters. What to do: write a shorter one.`,
      ],
    ],
    [
      "a content above the limit",
      { content: `echo '${"日".repeat(6142)}'\n` },
      [
        "content: is too large. Given: 24580 bytes after Base64. Allowed: at most 24576 bytes after Base64. What to do: let a short script fetch the rest, for example from OSS.",
      ],
    ],
    [
      "an unknown type and a low timeout",
      { type: "shell", timeout: 1 },
      [
        'type: is not a known value. Given: "shell". Allowed: "RunShellScript", "RunBatScript", "RunPowerShellScript". What to do: write one of these, in exactly this spelling.',
        "timeout: is below 10. Given: 1. Allowed: a whole number of seconds, 10 or more. What to do: write 10 or more; the service silently makes 10 of anything less.",
      ],
    ],
    [
      "a group's name, and a directory that is too long",
      { resourceGroupId: "prod", workingDir: "/".repeat(201) },
      [
        'resourceGroupId: is not of the form that is needed. Given: "prod". Allowed: the id of a resource group, rg-…. What to do: write the id that the console shows (not the group\'s name).',
        `workingDir: is 201 characters long. Given: "${"/".repeat(79)}… (123 more characters). Allowed: at most 200 characters. What to do: write a shorter one.`,
      ],
    ],
    [
      "twenty-one tags",
      { tags: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${String(i)}`, ""])) },
      ["tags: has too many tags. Given: 21 tags. Allowed: at most 20. What to do: take some out."],
    ],
    [
      "illegal braces beside legal ones",
      { content: "{{a}}{{.b}}" },
      [
        'content: has double braces that are no placeholder, while parameters are on. Given: "{{.b}}". Allowed: {{name}} with 1 to 64 of A-Z, a-z, 0-9, _ and -, {{ACS::Name}}, {{oos:name}}, {{oos-secret:name}}. What to do: pass that text as the value of a parameter, or set enableParameter to false and use no placeholder.',
      ],
    ],
    [
      "what belongs to an invocation",
      { targets: {}, username: "x", commandContent: "y" },
      [
        "targets: is not a known input. Given: {}. Allowed: name, content, type, description, enableParameter, workingDir, launcher, timeout, resourceGroupId, tags. What to do: give targets to the CommandInvocation.",
        'username: is not a known input. Given: "x". Allowed: name, content, type, description, enableParameter, workingDir, launcher, timeout, resourceGroupId, tags. What to do: give username to the CommandInvocation.',
        'commandContent: is not a known input. Given: "y". Allowed: name, content, type, description, enableParameter, workingDir, launcher, timeout, resourceGroupId, tags. What to do: write content.',
      ],
    ],
  ];

describe("A Command", () => {
  test.each(cases)("with %s: refused in four parts", (_name, change, messages) => {
    expect(check(change).problems.map(formatProblem)).toEqual(messages);
    expect(check(change).inputs).toBeUndefined();
  });

  test("with a printed Output is refused", () => {
    const found = check({
      content: "login Calling [toString] on an [Output<T>] is not supported.",
    });
    expect(found.problems.map(({ path }) => path)).toEqual(["content"]);
  });

  test("gets the hash of its content, the names of its parameters and the defaults", () => {
    const content = "echo {{ Who }} {{what}} {{ACS::InvokeId}}\n";
    expect(check({ content, description: null }).inputs).toEqual({
      ...base,
      content,
      contentHash: sha256(content),
      enableParameter: true,
      parameterNames: ["what", "who"],
      type: "RunShellScript",
      timeout: 60,
    });
  });

  test("without placeholders has parameters off, and so has one with a template's braces", () => {
    expect(check({}).inputs).toMatchObject({ enableParameter: false, parameterNames: [] });
    const { inputs, warnings } = check({ content: "docker ps --format '{{.Names}}'" });
    expect(inputs).toMatchObject({ enableParameter: false, parameterNames: [] });
    expect(warnings).toEqual([
      'content: "{{.Names}}" is no placeholder. Parameters stay off and it is sent as it is.',
    ]);
  });

  test("that says so itself is believed", () => {
    expect(check({ content: "{{a}}", enableParameter: false }).inputs).toMatchObject({
      enableParameter: false,
      parameterNames: [],
    });
    expect(check({ enableParameter: true }).inputs).toMatchObject({ enableParameter: true });
  });

  test("with an unknown content has an unknown hash, and what is known is judged", () => {
    expect(check({ content: unknown }).inputs).toMatchObject({
      contentHash: unknown,
      parameterNames: unknown,
      enableParameter: unknown,
    });
    expect(check({ content: unknown, enableParameter: false }).inputs).toMatchObject({
      contentHash: unknown,
      parameterNames: [],
      enableParameter: false,
    });
    expect(check({ content: unknown, timeout: 1 }).problems).toHaveLength(1);
  });

  test("warns of CRLF in a shell script only", () => {
    expect(check({ content: "a\r\n" }).warnings).toHaveLength(1);
    expect(check({ content: "a\r\n", type: "RunBatScript" }).warnings).toEqual([]);
  });

  test("whose content is secret shows nothing of it", () => {
    const found = check({ content: "c4n4ry {{.c4n4ry}} {{a}} \ufffd", secretInputs: ["content"] });
    expect(found.problems).toHaveLength(2);
    expect(JSON.stringify(found)).not.toContain("c4n4ry");
  });
});

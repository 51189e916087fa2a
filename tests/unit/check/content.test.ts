import { unknown } from "../../../provider/src/unknown.js";
import { type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "an empty script",
    { script: { content: "" } },
    [
      'script.content: is empty. Given: "". Allowed: the text of a script. What to do: write what the machines are to run.',
    ],
  ],
  [
    "a script of blanks",
    { script: { content: " \n\n" } },
    [
      'script.content: is empty. Given: " \\n\\n". Allowed: the text of a script. What to do: write what the machines are to run.',
    ],
  ],
  [
    "NUL characters of a UTF-16 file",
    { script: { content: "e\0c\0h\0o\0" } },
    [
      'script.content: holds a NUL character. Given: "e\\u0000c\\u0000h\\u0000o\\u0000". Allowed: text without NUL. What to do: take it out; a file read in the wrong encoding (UTF-16) is full of them.',
    ],
  ],
  [
    "a file that was read in the wrong encoding",
    { script: { content: "\ufffd\ufffdecho hi" } },
    [
      'script.content: holds the replacement character U+FFFD: it was read in the wrong encoding. Given: "��echo hi". Allowed: text whose bytes were all understood. What to do: read the file in its own encoding (PowerShell often writes UTF-16), or save it as UTF-8.',
    ],
  ],
  [
    "half a character",
    { script: { content: "echo \ud83d" } },
    [
      'script.content: holds half a character (a lone surrogate), which cannot be sent as UTF-8. Given: "echo \\ud83d". Allowed: whole characters. What to do: cut texts between characters, not inside one.',
    ],
  ],
  [
    "24,580 bytes after Base64",
    { script: { content: "echo '" + "日".repeat(6142) + "'\n" } },
    [
      "script.content: is too large. Given: 24580 bytes after Base64. Allowed: at most 24576 bytes after Base64. What to do: let a short script fetch the rest, for example from OSS.",
    ],
  ],
  [
    "twenty-one parameters",
    {
      script: { content: Array.from({ length: 21 }, (_, i) => `{{p${String(i)}}}`).join(" ") },
      parameters: unknown,
    },
    [
      "script.content: has too many parameters. Given: 21 different names. Allowed: at most 20. What to do: use fewer, or split the script.",
    ],
  ],
  [
    "a template's braces beside a placeholder",
    {
      script: { content: "docker ps --format '{{.Names}}' | grep {{name}}" },
      parameters: { name: "db" },
    },
    [
      'script.content: has double braces that are no placeholder, while parameters are on. Given: "{{.Names}}". Allowed: {{name}} with 1 to 64 of A-Z, a-z, 0-9, _ and -, {{ACS::Name}}, {{oos:name}}, {{oos-secret:name}}. What to do: pass that text as the value of a parameter, or set enableParameter to false and use no placeholder.',
    ],
  ],
  [
    "a template's braces while parameters are on",
    { script: { content: "docker ps --format '{{.Names}}'" }, enableParameter: true },
    [
      'script.content: has double braces that are no placeholder, while parameters are on. Given: "{{.Names}}". Allowed: {{name}} with 1 to 64 of A-Z, a-z, 0-9, _ and -, {{ACS::Name}}, {{oos:name}}, {{oos-secret:name}}. What to do: pass that text as the value of a parameter, or set enableParameter to false and use no placeholder.',
    ],
  ],
  [
    "an empty pair of braces beside a placeholder",
    { script: { content: "echo {{}} {{ACS::InstanceId}}" } },
    [
      'script.content: has double braces that are no placeholder, while parameters are on. Given: "{{}}". Allowed: {{name}} with 1 to 64 of A-Z, a-z, 0-9, _ and -, {{ACS::Name}}, {{oos:name}}, {{oos-secret:name}}. What to do: pass that text as the value of a parameter, or set enableParameter to false and use no placeholder.',
    ],
  ],
  [
    "a name of 65 characters in braces beside a placeholder",
    { script: { content: "{{" + "n".repeat(65) + "}}{{a}}" }, parameters: { a: "" } },
    [
      'script.content: has double braces that are no placeholder, while parameters are on. Given: "{{nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn}}". Allowed: {{name}} with 1 to 64 of A-Z, a-z, 0-9, _ and -, {{ACS::Name}}, {{oos:name}}, {{oos-secret:name}}. What to do: pass that text as the value of a parameter, or set enableParameter to false and use no placeholder.',
    ],
  ],
];

describe("What a script holds", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

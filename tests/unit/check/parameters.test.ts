import { command, ten, type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "a placeholder without a value",
    { script: { content: 'printf "[%s]\\n" "{{dir}}/cache"\n' } },
    [
      'parameters.dir: has no value, and the content has {{dir}}. Given: nothing. Allowed: a value for each parameter of the content. What to do: write parameters: { "dir": "…" }; "" if an empty text is meant.',
    ],
  ],
  [
    "two placeholders without values, beside one that has one",
    { script: { content: "{{ b }}{{A}}{{c}}" }, parameters: { C: "" } },
    [
      'parameters.a: has no value, and the content has {{a}}. Given: nothing. Allowed: a value for each parameter of the content. What to do: write parameters: { "a": "…" }; "" if an empty text is meant.',
      'parameters.b: has no value, and the content has {{b}}. Given: nothing. Allowed: a value for each parameter of the content. What to do: write parameters: { "b": "…" }; "" if an empty text is meant.',
    ],
  ],
  [
    "a name that needs quotes in braces",
    { script: { content: "{{a-b}}" } },
    [
      'parameters.a-b: has no value, and the content has {{a-b}}. Given: nothing. Allowed: a value for each parameter of the content. What to do: write parameters: { "a-b": "…" }; "" if an empty text is meant.',
    ],
  ],
  [
    "a saved command's parameter without a value",
    { script: undefined, commandId: "c-hz01" },
    [
      'parameters.dir: has no value, and the content has {{dir}}. Given: nothing. Allowed: a value for each parameter of the content. What to do: write parameters: { "dir": "…" }; "" if an empty text is meant.',
    ],
    {
      commandContent: {
        content: "{{dir}}",
        type: "RunShellScript",
        enableParameter: true,
        parameterNames: ["dir"],
      },
    },
  ],
  [
    "a parameter of a Command without a value",
    { script: undefined, command: { ...command, parameterNames: ["name"], enableParameter: true } },
    [
      'parameters.name: has no value, and the content has {{name}}. Given: nothing. Allowed: a value for each parameter of the content. What to do: write parameters: { "name": "…" }; "" if an empty text is meant.',
    ],
  ],
  [
    "a parameter that the command does not take",
    { script: { content: "{{name}}" }, parameters: { name: "a", nmae: "b" } },
    [
      'parameters.nmae: is not a parameter of the command. Given: "nmae". Allowed: name. What to do: take it out, or use {{nmae}} in the content.',
    ],
  ],
  [
    "a parameter for a script that takes none",
    { parameters: { name: "a" } },
    [
      'parameters.name: is not a parameter of the command. Given: "name". Allowed: none: the content has no {{name}}. What to do: take it out, or use {{name}} in the content.',
    ],
  ],
  [
    "parameters while they are switched off",
    { script: { content: "{{name}}" }, enableParameter: false, parameters: { name: "a", b: "" } },
    [
      'parameters: are given, but parameters are off. Given: "name", "b". Allowed: no parameters. What to do: take enableParameter: false out, or take the parameters out.',
    ],
  ],
  [
    "parameters for a saved command that takes none",
    { script: undefined, command, parameters: { name: "a" } },
    [
      'parameters: are given, but parameters are off. Given: "name". Allowed: no parameters. What to do: take them out, or save the command with enableParameter: true.',
    ],
  ],
  [
    "a number as a value",
    { script: { content: "{{n}}" }, parameters: { n: 8080 } },
    [
      'parameters.n: is not text. Given: 8080. Allowed: a text, which may be empty. What to do: write it in quotes: "8080".',
    ],
  ],
  [
    "a list as a value",
    { script: { content: "{{n}}" }, parameters: { n: ["a"] } },
    [
      'parameters.n: is not text. Given: ["a"]. Allowed: a text, which may be empty. What to do: write it as text.',
    ],
  ],
  [
    "an undefined value",
    { script: { content: "{{n}}" }, parameters: { n: undefined } },
    [
      'parameters.n: has no value. Given: nothing. Allowed: a text, which may be empty. What to do: give it a value; "" where the machines are to get an empty text.',
    ],
  ],
  [
    "a NUL in a value",
    { script: { content: "{{n}}" }, parameters: { n: "a\0b" } },
    [
      'parameters.n: holds a NUL character. Given: "a\\u0000b". Allowed: text without NUL. What to do: take it out; a file read in the wrong encoding (UTF-16) is full of them.',
    ],
  ],
  [
    "a list instead of a map",
    { parameters: ["a"] },
    [
      'parameters: is not a map. Given: ["a"]. Allowed: names and texts, { name: value }. What to do: write a map of names and values, in curly brackets.',
    ],
  ],
  [
    "eleven parameters",
    {
      script: { content: ten + "{{k}}" },
      parameters: Object.fromEntries("abcdefghijk".split("").map((n) => [n, n])),
    },
    [
      "parameters: has too many entries. Given: 11 entries. Allowed: at most 10. What to do: pass several values in one, or write them into the script.",
    ],
  ],
  [
    "a name with a blank",
    { parameters: { "first name": "x" } },
    [
      'parameters["first name"]: is not a name that the service takes. Given: "first name". Allowed: 1 to 64 of A-Z, a-z, 0-9, _ and -. What to do: write another name.',
    ],
  ],
  [
    "a name of 65 characters",
    { parameters: { ["n".repeat(65)]: "x" } },
    [
      'parameters.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: is not a name that the service takes. Given: "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn". Allowed: 1 to 64 of A-Z, a-z, 0-9, _ and -. What to do: write another name.',
    ],
  ],
  [
    "an empty name",
    { parameters: { "": "x" } },
    [
      'parameters[""]: is not a name that the service takes. Given: "". Allowed: 1 to 64 of A-Z, a-z, 0-9, _ and -. What to do: write another name.',
    ],
  ],
  [
    "a built-in name",
    { parameters: { "acs::RegionId": "x" } },
    [
      'parameters["acs::RegionId"]: is a name of the service\'s own. Given: "acs::RegionId". Allowed: 1 to 64 of A-Z, a-z, 0-9, _ and -. What to do: take it out; the agent fills in {{ACS::…}} by itself.',
    ],
  ],
  [
    "one name in two cases",
    { script: { content: "{{name}}" }, parameters: { name: "a", Name: "b" } },
    [
      'parameters.Name: is the same parameter as "name": the service ignores case. Given: "Name". Allowed: each name once, in whatever case. What to do: take one of them out.',
    ],
  ],
  [
    "values that are too large with the content",
    { script: { content: "{{v}}" }, parameters: { v: "x".repeat(18500) } },
    [
      "parameters: are too large together with the content. Given: 24688 bytes after Base64, 8 of them content. Allowed: at most 24576 bytes after Base64, as { name: value } in JSON. What to do: shorten the values, or let the script fetch them.",
    ],
  ],
];

describe("Parameters", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

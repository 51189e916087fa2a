import { command, type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "nothing says what to run",
    { script: undefined },
    [
      'script: nothing says what to run. Given: none of command, commandId and script. Allowed: exactly one of command, commandId and script. What to do: write script: { content: "…" }, or give a Command as command.',
    ],
  ],
  [
    "a script beside a saved command",
    { commandId: "c-hz01" },
    [
      'script: is given beside commandId. Given: { "content": "uptime\\n" }. Allowed: exactly one of command, commandId and script. What to do: take one of them out.',
    ],
  ],
  [
    "three sources at once",
    { commandId: "c-hz01", command },
    [
      'script: is given beside command. Given: { "content": "uptime\\n" }. Allowed: exactly one of command, commandId and script. What to do: take one of them out.',
      'commandId: is given beside command. Given: "c-hz01". Allowed: exactly one of command, commandId and script. What to do: take one of them out.',
    ],
  ],
  [
    "a string where a Command belongs",
    { script: undefined, command: "c-hz01" },
    [
      'command: is not a Command. Given: "c-hz01". Allowed: a Command of this program. What to do: write it as commandId.',
    ],
  ],
  [
    "a map that is no Command",
    { script: undefined, command: { name: "x" } },
    [
      'command: is not a Command. Given: { "name": "x" }. Allowed: a Command of this program. What to do: give the Command itself, or write commandId or script.',
    ],
  ],
  [
    "an empty commandId",
    { script: undefined, commandId: "" },
    [
      'commandId: is empty. Given: "". Allowed: the id of a saved command (c-…), or the name of a public command. What to do: give it a value, or leave it out.',
    ],
  ],
  [
    "a commandId with white space",
    { script: undefined, commandId: " c-hz01\n" },
    [
      'commandId: begins or ends with white space. Given: " c-hz01\\n". Allowed: no white space around it. What to do: take the white space out.',
    ],
  ],
  [
    "a script that is only a text",
    { script: "uptime" },
    [
      'script: is not a map. Given: "uptime". Allowed: { content, type? }, for example { content: "uptime" }. What to do: write a map, in curly brackets.',
    ],
  ],
  [
    "a script without content",
    { script: { type: "RunShellScript" } },
    [
      "script.content: is missing. Given: nothing. Allowed: the text of a script. What to do: write what the machines are to run.",
    ],
  ],
  [
    "a content that is a number",
    { script: { content: 5 } },
    [
      'script.content: is not text. Given: 5. Allowed: the text of a script. What to do: write it in quotes: "5".',
    ],
  ],
  [
    "an unknown type",
    { script: { content: "dir", type: "runbatscript" } },
    [
      'script.type: is not a known value. Given: "runbatscript". Allowed: "RunShellScript", "RunBatScript", "RunPowerShellScript". What to do: write "RunBatScript".',
    ],
  ],
  [
    "a type of another product",
    { script: { content: "dir", type: "bash" } },
    [
      'script.type: is not a known value. Given: "bash". Allowed: "RunShellScript", "RunBatScript", "RunPowerShellScript". What to do: write one of these, in exactly this spelling.',
    ],
  ],
  [
    "enableParameter as text",
    { enableParameter: "yes" },
    [
      'enableParameter: is neither true nor false. Given: "yes". Allowed: true or false. What to do: write true or false without quotes.',
    ],
  ],
  [
    "enableParameter beside a saved command",
    { script: undefined, command, enableParameter: true },
    [
      "enableParameter: belongs to a script; a saved command has its own. Given: true. Allowed: given with script only. What to do: take it out, and set enableParameter where the command is made.",
    ],
  ],
];

describe("What is run", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

import { bat, command, type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "an empty username",
    { username: "" },
    [
      'username: is empty. Given: "". Allowed: the name of a user of the machines. What to do: leave it out to run as root or System.',
    ],
  ],
  [
    "a username with white space around it",
    { username: " deploy" },
    [
      'username: begins or ends with white space. Given: " deploy". Allowed: no white space around it. What to do: take the white space out.',
    ],
  ],
  [
    "a username with white space inside on Linux",
    { username: "test user" },
    [
      'username: holds white space, which no user name on Linux does. Given: "test user". Allowed: the name of a user of the machines. What to do: write one name.',
    ],
  ],
  [
    "a username with a line break",
    { username: "de\nploy" },
    [
      'username: holds a line break or another control character. Given: "de\\nploy". Allowed: one line of text. What to do: take the character out; where the text comes from a file or a program, trim it.',
    ],
  ],
  [
    "a username of 256 characters",
    { username: "u".repeat(256) },
    [
      'username: is 256 characters long. Given: "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu… (178 more characters). Allowed: at most 255 characters. What to do: write a shorter one.',
    ],
  ],
  [
    "a username that is a number",
    { username: 1000 },
    [
      'username: is not text. Given: 1000. Allowed: the name of a user of the machines. What to do: write it in quotes: "1000".',
    ],
  ],
  [
    "root for a command on Windows",
    { script: bat, username: "root" },
    [
      'username: is the name of the first user on Linux, and the command is for Windows. Given: "root". Allowed: System, or the name of an ordinary user on Windows. What to do: leave it out to run as System.',
    ],
  ],
  [
    "System for a command on Linux",
    { username: "SYSTEM" },
    [
      'username: is the name of the first user on Windows, and the command is for Linux. Given: "SYSTEM". Allowed: root, or the name of an ordinary user on Linux. What to do: leave it out to run as root.',
    ],
  ],
  [
    "an ordinary user on Windows without a password's name",
    { script: bat, username: "deploy" },
    [
      "windowsPasswordName: is missing, and an ordinary user on Windows needs it. Given: nothing. Allowed: the name of a secret parameter in the parameter store (OOS). What to do: save the user's password as a secret parameter of OOS, and write its name here.",
    ],
  ],
  [
    "the same for PowerShell, by a Command",
    { script: undefined, command: { ...command, type: "RunPowerShellScript" }, username: "deploy" },
    [
      "windowsPasswordName: is missing, and an ordinary user on Windows needs it. Given: nothing. Allowed: the name of a secret parameter in the parameter store (OOS). What to do: save the user's password as a secret parameter of OOS, and write its name here.",
    ],
  ],
  [
    "a password's name for a shell script",
    { username: "deploy", windowsPasswordName: "pw" },
    [
      'windowsPasswordName: is given, but the command is a shell script for Linux. Given: "pw". Allowed: only beside the username of an ordinary user, for commands on Windows. What to do: take it out.',
    ],
  ],
  [
    "a password's name without a username",
    { script: bat, windowsPasswordName: "pw" },
    [
      'windowsPasswordName: is given, but no ordinary user is. Given: "pw". Allowed: only beside the username of an ordinary user, for commands on Windows. What to do: write username too, or take it out.',
    ],
  ],
  [
    "a password's name for System",
    { script: bat, username: "System", windowsPasswordName: "pw" },
    [
      'windowsPasswordName: is given, but no ordinary user is. Given: "pw". Allowed: only beside the username of an ordinary user, for commands on Windows. What to do: write username too, or take it out.',
    ],
  ],
  [
    "an empty password's name",
    { script: bat, username: "deploy", windowsPasswordName: "" },
    [
      'windowsPasswordName: is empty. Given: "". Allowed: the name of a secret parameter in the parameter store (OOS). What to do: give it a value, or leave it out.',
    ],
  ],
  [
    "a password's name of 256 characters",
    { script: bat, username: "deploy", windowsPasswordName: "p".repeat(256) },
    [
      'windowsPasswordName: is 256 characters long. Given: "ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp… (178 more characters). Allowed: at most 255 characters. What to do: write a shorter one.',
    ],
  ],
];

describe("Who runs it", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

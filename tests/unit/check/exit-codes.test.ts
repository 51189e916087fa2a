import { bat, type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "an empty list",
    { successExitCodes: [] },
    [
      "successExitCodes: is an empty list. Given: []. Allowed: exit codes, for example [0, 2]. What to do: write the codes that mean success, or take it out for [0].",
    ],
  ],
  [
    "a number instead of a list",
    { successExitCodes: 0 },
    [
      "successExitCodes: is not a list. Given: 0. Allowed: exit codes, for example [0, 2]. What to do: write a list, in square brackets.",
    ],
  ],
  [
    "codes that no process on Linux has",
    { successExitCodes: [0, 256, -1] },
    [
      "successExitCodes[1]: is no exit code on Linux. Given: 256. Allowed: 0 to 255. What to do: write the code as the shell shows it; -1 arrives as 255.",
      "successExitCodes[2]: is no exit code on Linux. Given: -1. Allowed: 0 to 255. What to do: write the code as the shell shows it; -1 arrives as 255.",
    ],
  ],
  [
    "a code twice",
    { successExitCodes: [0, 2, 0] },
    [
      "successExitCodes[2]: is the same as successExitCodes[0]. Given: 0. Allowed: each entry once. What to do: take the second one out.",
    ],
  ],
  [
    "a code as text, and a fraction",
    { successExitCodes: ["0", 1.5] },
    [
      'successExitCodes[0]: is not a number. Given: "0". Allowed: a whole number, -2147483648 to 2147483647. What to do: write a whole number, -2147483648 to 2147483647, without quotes.',
      "successExitCodes[1]: is not a whole number. Given: 1.5. Allowed: a whole number, -2147483648 to 2147483647. What to do: write -2147483648 to 2147483647.",
    ],
  ],
  [
    "a code beyond 32 bits on Windows",
    { script: bat, successExitCodes: [0, 3010, 2147483648] },
    [
      "successExitCodes[2]: is above 2147483647. Given: 2147483648. Allowed: a whole number, -2147483648 to 2147483647. What to do: write -2147483648 to 2147483647.",
    ],
  ],
];

describe("Exit codes that mean success", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

import { type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "a batch of zero percent",
    { rollout: { batchSize: "0%" } },
    [
      'rollout.batchSize: means no machine at all. Given: "0%". Allowed: a whole number, 1 or more, or a percentage above 0% up to 100%, such as "10%". What to do: write 1 for one machine after the other.',
    ],
  ],
  [
    "a batch of zero",
    { rollout: { batchSize: 0 } },
    [
      'rollout.batchSize: means no machine at all. Given: 0. Allowed: a whole number, 1 or more, or a percentage above 0% up to 100%, such as "10%". What to do: write 1 for one machine after the other.',
    ],
  ],
  [
    "a negative batch, a fractional budget",
    { rollout: { batchSize: -1, maxFailures: 1.5 } },
    [
      'rollout.batchSize: is below 0. Given: -1. Allowed: a whole number, 1 or more, or a percentage above 0% up to 100%, such as "10%". What to do: write 1 for one machine after the other.',
      'rollout.maxFailures: is not a whole number. Given: 1.5. Allowed: a whole number, 0 or more, or a percentage up to 100%, such as "5%". What to do: write 0 if none may fail.',
    ],
  ],
  [
    "a number as text",
    { rollout: { batchSize: "10", maxFailures: "2" } },
    [
      'rollout.batchSize: is neither a number nor a percentage. Given: "10". Allowed: a whole number, 1 or more, or a percentage above 0% up to 100%, such as "10%". What to do: write a number without quotes, or a percentage: "10%".',
      'rollout.maxFailures: is neither a number nor a percentage. Given: "2". Allowed: a whole number, 0 or more, or a percentage up to 100%, such as "5%". What to do: write a number without quotes, or a percentage: "2%".',
    ],
  ],
  [
    "words instead of amounts",
    { rollout: { batchSize: "half", maxFailures: true } },
    [
      'rollout.batchSize: is neither a number nor a percentage. Given: "half". Allowed: a whole number, 1 or more, or a percentage above 0% up to 100%, such as "10%". What to do: write 1 for one machine after the other.',
      'rollout.maxFailures: is neither a number nor a percentage. Given: true. Allowed: a whole number, 0 or more, or a percentage up to 100%, such as "5%". What to do: write 0 if none may fail.',
    ],
  ],
  [
    "more than all",
    { rollout: { batchSize: "101%", maxFailures: "100.5%" } },
    [
      'rollout.batchSize: is above 100%. Given: "101%". Allowed: a whole number, 1 or more, or a percentage above 0% up to 100%, such as "10%". What to do: write 1 for one machine after the other.',
      'rollout.maxFailures: is above 100%. Given: "100.5%". Allowed: a whole number, 0 or more, or a percentage up to 100%, such as "5%". What to do: write 0 if none may fail.',
    ],
  ],
  [
    "a negative pause, a soak as text",
    { rollout: { pauseBetweenBatches: -1, canary: { size: 1, soak: "5m" } } },
    [
      "rollout.pauseBetweenBatches: is below 0. Given: -1. Allowed: a whole number of seconds, 0 or more. What to do: write 0 or more.",
      'rollout.canary.soak: is not a number. Given: "5m". Allowed: a whole number of seconds, 0 or more. What to do: write a whole number of seconds, 0 or more, without quotes.',
    ],
  ],
  [
    "a canary of nothing",
    { rollout: { canary: {} } },
    [
      "rollout.canary: says no machines. Given: {}. Allowed: exactly one of size and tags. What to do: write size: 1, or the tags of the machines that go first.",
    ],
  ],
  [
    "a canary by size and tags",
    { rollout: { canary: { size: 1, tags: { ring: "0" } } } },
    [
      'rollout.canary.tags: is given beside size. Given: { "ring": "0" }. Allowed: exactly one of size and tags. What to do: take one of them out.',
    ],
  ],
  [
    "a canary of size zero with a wrong budget",
    { rollout: { canary: { size: "0.0%", maxFailures: -2 } } },
    [
      'rollout.canary.size: means no machine at all. Given: "0.0%". Allowed: a whole number, 1 or more, or a percentage above 0% up to 100%, such as "10%". What to do: write 1 for one machine after the other.',
      'rollout.canary.maxFailures: is below 0. Given: -2. Allowed: a whole number, 0 or more, or a percentage up to 100%, such as "5%". What to do: write 0 if none may fail.',
    ],
  ],
  [
    "a canary by no tag",
    { rollout: { canary: { tags: {} } } },
    [
      "rollout.canary.tags: has no tag, which would mean every machine. Given: {}. Allowed: one tag at least. What to do: write the tags that the machines have, or take tags out.",
    ],
  ],
  [
    "names of other tools",
    { rollout: { maxConcurrency: 5, serial: 1, maxErrors: 2 } },
    [
      "rollout.maxConcurrency: is not a known input. Given: 5. Allowed: batchSize, canary, maxFailures, pauseBetweenBatches. What to do: write rollout.batchSize.",
      "rollout.serial: is not a known input. Given: 1. Allowed: batchSize, canary, maxFailures, pauseBetweenBatches. What to do: write rollout.batchSize.",
      "rollout.maxErrors: is not a known input. Given: 2. Allowed: batchSize, canary, maxFailures, pauseBetweenBatches. What to do: write rollout.maxFailures.",
    ],
  ],
  [
    "a rollout as a number",
    { rollout: 10 },
    [
      "rollout: is not a map. Given: 10. Allowed: { batchSize?, canary?, maxFailures?, pauseBetweenBatches? }. What to do: write a map, in curly brackets.",
    ],
  ],
];

describe("Rollout", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

import { type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "no id to adopt",
    { adoptInvocationIds: [] },
    [
      "adoptInvocationIds: is an empty list. Given: []. Allowed: ids of invocations, [t-…]. What to do: write the ids, or take adoptInvocationIds out to run the command.",
    ],
  ],
  [
    "a command's id, white space and one id twice",
    { adoptInvocationIds: ["c-hz01", " t-hz01", "t-hz02", "t-hz02"] },
    [
      'adoptInvocationIds[0]: is not of the form that is needed. Given: "c-hz01". Allowed: the id of an invocation, t-…. What to do: write the InvokeId that the service gave.',
      'adoptInvocationIds[1]: begins or ends with white space. Given: " t-hz01". Allowed: no white space around it. What to do: take the white space out.',
      'adoptInvocationIds[3]: is the same as adoptInvocationIds[2]. Given: "t-hz02". Allowed: each entry once. What to do: take the second one out.',
    ],
  ],
  [
    "an unknown ownership",
    { ownership: "state" },
    [
      'ownership: is not a known value. Given: "state". Allowed: "tags", "none". What to do: write one of these, in exactly this spelling.',
    ],
  ],
];

describe("Adoption and ownership", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

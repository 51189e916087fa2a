import { type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "tags as a list",
    { tags: ["env"] },
    [
      'tags: is not a map. Given: ["env"]. Allowed: names and texts, { key: value }. What to do: write a map of names and values, in curly brackets.',
    ],
  ],
  [
    "an empty tag key",
    { tags: { "": "x" } },
    [
      'tags[""]: is an empty tag key. Given: "". Allowed: 1 to 64 characters without http:// or https://. What to do: write another key.',
    ],
  ],
  [
    "a tag key of 65 characters",
    { tags: { ["k".repeat(65)]: "x" } },
    [
      'tags.kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: is a tag key of 65 characters. Given: "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk". Allowed: 1 to 64 characters without http:// or https://. What to do: write another key.',
    ],
  ],
  [
    "a tag value of 129 characters",
    { tags: { k: "v".repeat(129) } },
    [
      'tags.k: is 129 characters long. Given: "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv… (51 more characters). Allowed: at most 128 characters. What to do: write a shorter one.',
    ],
  ],
  [
    "a tag value that is a boolean",
    { tags: { k: true } },
    [
      'tags.k: is not text. Given: true. Allowed: a text, which may be empty. What to do: write it in quotes: "true".',
    ],
  ],
  [
    "an undefined tag value",
    { tags: { k: undefined } },
    [
      'tags.k: has no value (undefined). Given: nothing. Allowed: a text, which may be empty. What to do: give it a value; "" where the tag is meant to be empty.',
    ],
  ],
  [
    "links in tags",
    { tags: { "see https://a.example": "http://b.example" } },
    [
      'tags["see https://a.example"]: holds http:// or https://, which the service refuses in tags. Given: "http://b.example". Allowed: a text without them. What to do: leave the protocol out.',
      'tags["see https://a.example"]: is a tag key with a link. Given: "see https://a.example". Allowed: 1 to 64 characters without http:// or https://. What to do: write another key.',
    ],
  ],
  [
    "reserved tag keys",
    { tags: { "acs:x": "1", aliyunx: "2" } },
    [
      'tags["acs:x"]: begins with aliyun or acs:, which the service keeps for itself. Given: "acs:x". Allowed: a tag key of your own. What to do: write another key.',
      'tags.aliyunx: begins with aliyun or acs:, which the service keeps for itself. Given: "aliyunx". Allowed: a tag key of your own. What to do: write another key.',
    ],
  ],
  [
    "a tag key of this package",
    { tags: { "pulumi-cloud-assistant:owner": "me" } },
    [
      'tags["pulumi-cloud-assistant:owner"]: begins with pulumi-cloud-assistant:, by which this package knows its own. Given: "pulumi-cloud-assistant:owner". Allowed: a tag key of your own. What to do: write another key.',
    ],
  ],
  [
    "sixteen tags",
    { tags: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${String(i)}`, ""])) },
    [
      "tags: has too many tags. Given: 16 tags. Allowed: at most 15; the service allows 20, and 5 are ours. What to do: take some out.",
    ],
  ],
];

describe("Tags of the invocation", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

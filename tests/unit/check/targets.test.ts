import { type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "no targets",
    { targets: undefined },
    [
      'targets: is missing. Given: nothing. Allowed: instanceIds, names, tags or resourceGroupId. What to do: say where to run, for example targets: { instanceIds: ["i-…"] }.',
    ],
  ],
  [
    "empty targets",
    { targets: {} },
    [
      "targets: selects no machine. Given: {}. Allowed: instanceIds, names, tags or resourceGroupId. What to do: write one of these; nothing stands for every machine.",
    ],
  ],
  [
    "targets as a list",
    { targets: ["i-a1"] },
    [
      'targets: is not a map. Given: ["i-a1"]. Allowed: { instanceIds?, names?, tags?, resourceGroupId?, clientStatus?, exclude?, membership?, expect? }. What to do: write a map, in curly brackets.',
    ],
  ],
  [
    "an empty list of ids and nothing else",
    { targets: { instanceIds: [] } },
    [
      'targets: selects no machine. Given: { "instanceIds": [] }. Allowed: instanceIds, names, tags or resourceGroupId. What to do: write one of these; nothing stands for every machine.',
    ],
  ],
  [
    "only an exclusion",
    { targets: { exclude: { instanceIds: ["i-a1"] } } },
    [
      'targets: selects no machine. Given: { "exclude": { "instanceIds": ["i-a1"] } }. Allowed: instanceIds, names, tags or resourceGroupId. What to do: write one of these; nothing stands for every machine.',
    ],
  ],
  [
    "only a client status",
    { targets: { clientStatus: "online" } },
    [
      'targets: selects no machine. Given: { "clientStatus": "online" }. Allowed: instanceIds, names, tags or resourceGroupId. What to do: write one of these; nothing stands for every machine.',
    ],
  ],
  [
    "a list that came from a shell",
    { targets: { instanceIds: ["i-a1", "i-b2, i-c3", " i-d4", "i-a1", ""] } },
    [
      'targets.instanceIds[1]: holds two ids in one entry. Given: "i-b2, i-c3". Allowed: the id of one instance, i-… or mi-…. What to do: write each id as an entry of its own.',
      'targets.instanceIds[2]: begins or ends with white space. Given: " i-d4". Allowed: no white space around it. What to do: take the white space out.',
      'targets.instanceIds[3]: is the same as targets.instanceIds[0]. Given: "i-a1". Allowed: each entry once. What to do: take the second one out.',
      'targets.instanceIds[4]: is empty. Given: "". Allowed: the id of one instance, i-… or mi-…. What to do: take the entry out.',
    ],
  ],
  [
    "three ids in one entry",
    { targets: { instanceIds: ["i-a1 i-b2;mi-c3"] } },
    [
      'targets.instanceIds[0]: holds 3 ids in one entry. Given: "i-a1 i-b2;mi-c3". Allowed: the id of one instance, i-… or mi-…. What to do: write each id as an entry of its own.',
    ],
  ],
  [
    "an address instead of an id",
    { targets: { instanceIds: ["10.0.0.1"] } },
    [
      'targets.instanceIds[0]: is not of the form that is needed. Given: "10.0.0.1". Allowed: the id of one instance, i-… or mi-…. What to do: write the id that the console shows (not a name or an address).',
    ],
  ],
  [
    "an id that is a number, and one without a value",
    { targets: { instanceIds: [1, null] } },
    [
      'targets.instanceIds[0]: is not text. Given: 1. Allowed: the id of one instance, i-… or mi-…. What to do: write it in quotes: "1".',
      "targets.instanceIds[1]: has no value. Given: nothing. Allowed: instance ids, [i-…, mi-…]. What to do: take the entry out, or give it a value.",
    ],
  ],
  [
    "ids as one text",
    { targets: { instanceIds: "i-a1" } },
    [
      'targets.instanceIds: is not a list. Given: "i-a1". Allowed: instance ids, [i-…, mi-…]. What to do: write a list, in square brackets.',
    ],
  ],
  [
    "20,001 ids",
    { targets: { instanceIds: Array.from({ length: 20001 }, (_, i) => `i-${String(i)}`) } },
    [
      "targets.instanceIds: holds too many ids. Given: 20001 ids. Allowed: at most 20000 members a resource. What to do: use several resources.",
    ],
  ],
  [
    "an empty list of names",
    { targets: { names: [] } },
    [
      "targets.names: is an empty list. Given: []. Allowed: names, [web-1, db-*]. What to do: write a name, or take names out.",
    ],
  ],
  [
    "a star alone",
    { targets: { names: ["*"] } },
    [
      'targets.names[0]: would mean every machine. Given: "*". Allowed: the name of an instance, or its beginning and one * behind it (web-*). What to do: write the beginning of the names before the *.',
    ],
  ],
  [
    "a star in the middle",
    { targets: { names: ["web-*-1", "*-db"] } },
    [
      'targets.names[0]: has a * that is not its last character. Given: "web-*-1". Allowed: the name of an instance, or its beginning and one * behind it (web-*). What to do: write the beginning of the names and one * behind it, or several names.',
      'targets.names[1]: has a * that is not its last character. Given: "*-db". Allowed: the name of an instance, or its beginning and one * behind it (web-*). What to do: write the beginning of the names and one * behind it, or several names.',
    ],
  ],
  [
    "an empty name, white space and a name twice",
    { targets: { names: ["", " web", "db", "db"] } },
    [
      'targets.names[0]: is empty. Given: "". Allowed: the name of an instance, or its beginning and one * behind it (web-*). What to do: take the entry out.',
      'targets.names[1]: begins or ends with white space. Given: " web". Allowed: no white space around it. What to do: take the white space out.',
      'targets.names[3]: is the same as targets.names[2]. Given: "db". Allowed: each entry once. What to do: take the second one out.',
    ],
  ],
  [
    "a name of 129 characters",
    { targets: { names: ["n".repeat(129)] } },
    [
      'targets.names[0]: is 129 characters long. Given: "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn… (51 more characters). Allowed: at most 128 characters. What to do: write a shorter one.',
    ],
  ],
  [
    "no tag at all",
    { targets: { tags: {} } },
    [
      "targets.tags: has no tag, which would mean every machine. Given: {}. Allowed: one tag at least. What to do: write the tags that the machines have, or take tags out.",
    ],
  ],
  [
    "an undefined tag value",
    { targets: { tags: { env: "prod", role: undefined } } },
    [
      'targets.tags.role: has no value (undefined). Given: nothing. Allowed: a text, which may be empty. What to do: give it a value; "" where the tag is meant to be empty.',
    ],
  ],
  [
    "a tag value that is a number",
    { targets: { tags: { ring: 1 } } },
    [
      'targets.tags.ring: is not text. Given: 1. Allowed: a text, which may be empty. What to do: write it in quotes: "1".',
    ],
  ],
  [
    "a group's name instead of its id",
    { targets: { resourceGroupId: "production" } },
    [
      'targets.resourceGroupId: is not of the form that is needed. Given: "production". Allowed: the id of a resource group, rg-…. What to do: write the id that the console shows (not the group\'s name).',
    ],
  ],
  [
    "an unknown client status",
    { targets: { tags: { env: "prod" }, clientStatus: "offline" } },
    [
      'targets.clientStatus: is not a known value. Given: "offline". Allowed: "online". What to do: write one of these, in exactly this spelling.',
    ],
  ],
  [
    "an empty exclusion",
    { targets: { tags: { env: "prod" }, exclude: {} } },
    [
      "targets.exclude: takes nothing out. Given: {}. Allowed: instanceIds, tags or both. What to do: say what to take out, or take exclude out.",
    ],
  ],
  [
    "an exclusion by empty tags and a wrong id",
    { targets: { tags: { env: "prod" }, exclude: { tags: {}, instanceIds: ["web"] } } },
    [
      "targets.exclude.tags: has no tag, which would mean every machine. Given: {}. Allowed: one tag at least. What to do: write the tags that the machines have, or take tags out.",
      'targets.exclude.instanceIds[0]: is not of the form that is needed. Given: "web". Allowed: the id of one instance, i-… or mi-…. What to do: write the id that the console shows (not a name or an address).',
    ],
  ],
  [
    "an unknown membership",
    { targets: { tags: { env: "prod" }, membership: "dynamic" } },
    [
      'targets.membership: is not a known value. Given: "dynamic". Allowed: "pinned", "track". What to do: write one of these, in exactly this spelling.',
    ],
  ],
  [
    "min above max",
    { targets: { tags: { env: "prod" }, expect: { min: 5, max: 2 } } },
    [
      "targets.expect.min: is above max (2). Given: 5. Allowed: min no greater than max. What to do: raise max or lower min.",
    ],
  ],
  [
    "a negative min, a max of zero",
    { targets: { tags: { env: "prod" }, expect: { min: -1, max: 0 } } },
    [
      "targets.expect.min: is below 0. Given: -1. Allowed: a whole number, 0 or more. What to do: write 0 or more.",
      "targets.expect.max: is below 1. Given: 0. Allowed: a whole number, 1 or more. What to do: write 1 or more.",
    ],
  ],
  [
    "a max as text, a fractional min",
    { targets: { tags: { env: "prod" }, expect: { min: 0.5, max: "3" } } },
    [
      "targets.expect.min: is not a whole number. Given: 0.5. Allowed: a whole number, 0 or more. What to do: write 0 or more.",
      'targets.expect.max: is not a number. Given: "3". Allowed: a whole number, 1 or more. What to do: write a whole number, 1 or more, without quotes.',
    ],
  ],
  [
    "names of the API inside targets",
    { targets: { instanceId: ["i-a1"], resourceTags: { a: "b" } } },
    [
      'targets.instanceId: is not a known input. Given: ["i-a1"]. Allowed: instanceIds, names, tags, resourceGroupId, clientStatus, exclude, membership, expect. What to do: write targets.instanceIds.',
      'targets.resourceTags: is not a known input. Given: { "a": "b" }. Allowed: instanceIds, names, tags, resourceGroupId, clientStatus, exclude, membership, expect. What to do: write targets.tags.',
    ],
  ],
];

describe("Targets", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

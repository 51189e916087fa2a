import { type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "keys",
    {
      connection: {
        accessKey: "LTAI5tVerySecret",
        secretKey: "s",
        securityToken: "t",
        accessKeyId: "i",
        accessKeySecret: "j",
      },
    },
    [
      "connection.accessKey: is a credential, which would be kept in the state. Given: [secret]. Allowed: region, accountId, profile and assumeRole. What to do: take it out; keys belong into the environment (CLOUD_ASSISTANT_ACCESS_KEY_ID, CLOUD_ASSISTANT_ACCESS_KEY_SECRET) or behind pulumi config set --secret.",
      "connection.secretKey: is a credential, which would be kept in the state. Given: [secret]. Allowed: region, accountId, profile and assumeRole. What to do: take it out; keys belong into the environment (CLOUD_ASSISTANT_ACCESS_KEY_ID, CLOUD_ASSISTANT_ACCESS_KEY_SECRET) or behind pulumi config set --secret.",
      "connection.securityToken: is a credential, which would be kept in the state. Given: [secret]. Allowed: region, accountId, profile and assumeRole. What to do: take it out; keys belong into the environment (CLOUD_ASSISTANT_ACCESS_KEY_ID, CLOUD_ASSISTANT_ACCESS_KEY_SECRET) or behind pulumi config set --secret.",
      "connection.accessKeyId: is a credential, which would be kept in the state. Given: [secret]. Allowed: region, accountId, profile and assumeRole. What to do: take it out; keys belong into the environment (CLOUD_ASSISTANT_ACCESS_KEY_ID, CLOUD_ASSISTANT_ACCESS_KEY_SECRET) or behind pulumi config set --secret.",
      "connection.accessKeySecret: is a credential, which would be kept in the state. Given: [secret]. Allowed: region, accountId, profile and assumeRole. What to do: take it out; keys belong into the environment (CLOUD_ASSISTANT_ACCESS_KEY_ID, CLOUD_ASSISTANT_ACCESS_KEY_SECRET) or behind pulumi config set --secret.",
    ],
  ],
  [
    "an endpoint",
    { connection: { endpoint: "http://127.0.0.1:9000" } },
    [
      'connection.endpoint: is set by operators, never by a program. Given: "http://127.0.0.1:9000". Allowed: region, accountId, profile and assumeRole. What to do: take it out, and use CLOUD_ASSISTANT_ENDPOINT or the configuration cloud-assistant:endpoint.',
    ],
  ],
  [
    "a city instead of a region",
    { connection: { region: "Hangzhou" } },
    [
      'connection.region: is not of the form that is needed. Given: "Hangzhou". Allowed: a region id, for example cn-hangzhou. What to do: write the id, not the city\'s name.',
    ],
  ],
  [
    "an account id as a number, and one with a name in it",
    { connection: { accountId: 1234567890123456 } },
    [
      'connection.accountId: is not text. Given: 1234567890123456. Allowed: an account id, digits only, in quotes. What to do: write it in quotes: "1234567890123456".',
    ],
  ],
  [
    "an account's name",
    { connection: { accountId: "my-company" } },
    [
      'connection.accountId: is not of the form that is needed. Given: "my-company". Allowed: an account id, digits only, in quotes. What to do: write the number that the console shows at the top right.',
    ],
  ],
  [
    "an empty profile",
    { connection: { profile: "" } },
    [
      'connection.profile: is empty. Given: "". Allowed: the name of a profile of the Alibaba Cloud CLI. What to do: give it a value, or leave it out.',
    ],
  ],
  [
    "a role without its ARN",
    { connection: { assumeRole: { sessionName: "x" } } },
    [
      'connection.assumeRole.sessionName: is not of the form that is needed. Given: "x". Allowed: 2 to 64 of letters, digits and . @ - _. What to do: write a shorter or plainer name.',
      "connection.assumeRole.roleArn: is missing. Given: nothing. Allowed: acs:ram::<account id>:role/<name>. What to do: write the ARN of the role to assume.",
    ],
  ],
  [
    "a role of another cloud",
    { connection: { assumeRole: { roleArn: "arn:aws:iam::1:role/x", externalId: "" } } },
    [
      'connection.assumeRole.roleArn: is not of the form that is needed. Given: "arn:aws:iam::1:role/x". Allowed: acs:ram::<account id>:role/<name>. What to do: write the ARN that the RAM console shows.',
      'connection.assumeRole.externalId: is empty. Given: "". Allowed: 2 to 1224 characters. What to do: give it a value, or leave it out.',
    ],
  ],
  [
    "an unknown name",
    { connection: { regin: "cn-hangzhou" } },
    [
      'connection.regin: is not a known input. Given: "cn-hangzhou". Allowed: region, accountId, profile, assumeRole. What to do: write connection.region.',
    ],
  ],
];

describe("Connection", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});

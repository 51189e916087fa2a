import { resolveSettings } from "../../../provider/src/client/configuration.js";

type Map = Record<string, string>;
const settle = (env: Map, config: Map = {}, connection = {}): ReturnType<typeof resolveSettings> =>
  resolveSettings(env, (key) => config[key], connection);
const keys = (id: string): object => ({ kind: "keys", accessKeyId: id });

const everything = {
  env: {
    CLOUD_ASSISTANT_ACCESS_KEY_ID: "own-env",
    CLOUD_ASSISTANT_ACCESS_KEY_SECRET: "s",
    ALIBABA_CLOUD_ACCESS_KEY_ID: "ali-env",
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s",
    ALICLOUD_ACCESS_KEY: "old-env",
    ALICLOUD_SECRET_KEY: "s",
  },
  config: {
    "cloud-assistant:accessKey": "own-config",
    "cloud-assistant:secretKey": "s",
    "alicloud:accessKey": "ali-config",
    "alicloud:secretKey": "s",
  },
};

test("credentials are taken in the documented order", () => {
  const env: Partial<typeof everything.env> = { ...everything.env };
  const config: Partial<typeof everything.config> = { ...everything.config };
  const next = (): object => settle(env, config).credentials;
  expect(next()).toMatchObject(keys("own-env"));
  delete env.CLOUD_ASSISTANT_ACCESS_KEY_ID;
  delete env.CLOUD_ASSISTANT_ACCESS_KEY_SECRET;
  expect(settle(env as Map, config as Map, { profile: "prod" }).credentials).toMatchObject({
    kind: "profile",
    profile: "prod",
  });
  expect(next()).toMatchObject(keys("own-config"));
  delete config["cloud-assistant:accessKey"];
  delete config["cloud-assistant:secretKey"];
  expect(next()).toMatchObject(keys("ali-config"));
  delete config["alicloud:accessKey"];
  delete config["alicloud:secretKey"];
  expect(next()).toMatchObject(keys("ali-env"));
  delete env.ALIBABA_CLOUD_ACCESS_KEY_ID;
  delete env.ALIBABA_CLOUD_ACCESS_KEY_SECRET;
  expect(next()).toMatchObject(keys("old-env"));
  delete env.ALICLOUD_ACCESS_KEY;
  delete env.ALICLOUD_SECRET_KEY;
  expect(next()).toMatchObject({ kind: "default-chain" });
});

test("half an access key is refused, naming what is missing, never the key", () => {
  expect(() => settle({ ALIBABA_CLOUD_ACCESS_KEY_ID: "LTAI-very-secret" })).toThrow(
    "Half an access key is set in the environment. Given: ALIBABA_CLOUD_ACCESS_KEY_ID, without " +
      "ALIBABA_CLOUD_ACCESS_KEY_SECRET. Allowed: both or neither. Set " +
      "ALIBABA_CLOUD_ACCESS_KEY_SECRET too, or unset ALIBABA_CLOUD_ACCESS_KEY_ID.",
  );
});

test("the settings of @pulumi/alicloud are enough", () => {
  const settings = settle(
    {},
    {
      "alicloud:region": "cn-beijing",
      "alicloud:profile": "ops",
      "alicloud:assumeRole": '{"roleArn":"acs:ram::1:role/r","sessionName":"s","externalId":"e"}',
    },
  );
  expect(settings).toMatchObject({
    region: "cn-beijing",
    credentials: { kind: "profile", profile: "ops" },
    assumeRole: { roleArn: "acs:ram::1:role/r", sessionName: "s", externalId: "e" },
  });
});

test.each([
  ["http://127.0.0.1:8055", { host: "127.0.0.1:8055", protocol: "http" }],
  ["http://localhost:1/", { host: "localhost:1", protocol: "http" }],
  ["https://ecs.example.com", { host: "ecs.example.com", protocol: "https" }],
  ["ecs.example.com", { host: "ecs.example.com", protocol: "https" }],
])("the endpoint %s is accepted", (endpoint, expected) => {
  expect(settle({ CLOUD_ASSISTANT_ENDPOINT: endpoint }).endpoint).toEqual(expected);
});

test("plain http to another machine is refused", () => {
  expect(() => settle({ CLOUD_ASSISTANT_ENDPOINT: "http://10.0.0.1:80" })).toThrow(
    "cloud-assistant:endpoint is plain http to another machine.",
  );
});

test("all problems of a configuration are said at once", () => {
  expect(() =>
    settle(
      { CLOUD_ASSISTANT_ENDPOINT: "not an address", ALICLOUD_SECRET_KEY: "x" },
      { "cloud-assistant:maxInstancesPerCall": "0", "cloud-assistant:denyTags": "nope" },
    ),
  ).toThrow(/endpoint[^]*Half an access key[^]*denyTags|endpoint[^]*Half[^]*maxInstancesPerCall/);
});

test("operators set bounds, in configuration or environment", () => {
  const { operator } = settle(
    { CLOUD_ASSISTANT_MAX_TARGETS: "10" },
    {
      "cloud-assistant:allowedAccountIds": '["1","2"]',
      "cloud-assistant:denyTags": '{"env":"prod"}',
    },
  );
  expect(operator).toMatchObject({
    maxTargets: 10,
    allowedAccountIds: ["1", "2"],
    denyTags: { env: "prod" },
    maxInstancesPerCall: 50,
  });
});

describe("a role is laid only over credentials of its own place, or of a later one", () => {
  const alicloud = { "alicloud:assumeRole": '{"roleArn":"acs:ram::9:role/other"}' };
  const own = { "cloud-assistant:assumeRole": '{"roleArn":"acs:ram::8:role/own"}' };
  const keysOfOwn = { "cloud-assistant:accessKey": "k", "cloud-assistant:secretKey": "s" };
  const connectionRole = { assumeRole: { roleArn: "acs:ram::7:role/program" } };

  test.each<[string, Map, Map, object]>([
    ["connection.profile", {}, { ...alicloud, ...own }, { profile: "ops" }],
    ["cloud-assistant:accessKey", {}, { ...alicloud, ...keysOfOwn }, {}],
    ["cloud-assistant:profile", {}, { ...alicloud, "cloud-assistant:profile": "ops" }, {}],
    ["CLOUD_ASSISTANT_PROFILE", { CLOUD_ASSISTANT_PROFILE: "ops" }, { ...alicloud, ...own }, {}],
    [
      "CLOUD_ASSISTANT_PROFILE, by connection",
      { CLOUD_ASSISTANT_PROFILE: "o" },
      {},
      connectionRole,
    ],
  ])("none over %s", (_what, env, config, connection) => {
    expect(settle(env, config, connection).assumeRole).toBeUndefined();
  });

  test.each<[string, Map, Map, object, string]>([
    ["connection's over its own profile", {}, own, { profile: "ops", ...connectionRole }, "7"],
    ["connection's over the environment's keys", {}, alicloud, connectionRole, "7"],
    ["cloud-assistant's over its own keys", {}, { ...own, ...keysOfOwn }, {}, "8"],
    ["cloud-assistant's over alicloud:profile", {}, { ...own, "alicloud:profile": "o" }, {}, "8"],
    ["alicloud's over the default chain", {}, alicloud, {}, "9"],
    ["alicloud's over ALICLOUD_PROFILE", { ALICLOUD_PROFILE: "ops" }, alicloud, {}, "9"],
  ])("%s is assumed", (_what, env, config, connection, account) => {
    expect(settle(env, config, connection).assumeRole?.roleArn).toContain(`::${account}:`);
  });
});

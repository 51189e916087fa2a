import * as api from "cloud-assistant-api";
import {
  ACTIONS,
  ACTION_NAMES,
  AGENT_VERSIONS,
  API_ERRORS,
  COMMAND_TYPES,
  COMMAND_TYPE_OS,
  DEFAULT_LIMITS,
  FINAL_INSTANCE_STATUSES,
  INSTANCE_ERRORS,
  INSTANCE_STATUSES,
  REGIONS,
  TAG_RULES,
  isActionName,
  isCommandType,
  isFinalInstanceStatus,
  isInstanceErrorCode,
  isRegionId,
  isRepeatMode,
  tagProblem,
} from "cloud-assistant-api";

const SOURCES = [
  "sdk",
  "wire",
  "doc-2025",
  "doc-2021",
  "agent",
  "terraform",
  "general",
  "inferred",
];

test("the public names are these", () => {
  expect(Object.keys(api).sort()).toEqual([
    "ACTIONS",
    "ACTION_NAMES",
    "AGENT_VERSIONS",
    "API_ERRORS",
    "BUILT_IN_PARAMETERS",
    "COMMAND_TYPES",
    "COMMAND_TYPE_OS",
    "CONTENT_ENCODINGS",
    "DEFAULT_LIMITS",
    "FINAL_INSTANCE_STATUSES",
    "FORBIDDEN_IN_TAGS",
    "FORBIDDEN_TAG_PREFIXES",
    "INSTANCE_ERRORS",
    "INSTANCE_STATUSES",
    "INVOCATION_STATUSES",
    "LEGACY_INSTANCE_STATUSES",
    "LEGACY_INVOCATION_STATUSES",
    "MODIFIABLE_REPEAT_MODES",
    "PARAMETER_NAME",
    "POWER_STATES",
    "REGIONS",
    "REPEAT_MODES",
    "TAGGABLE_RESOURCES",
    "TAG_RULES",
    "TERMINATION_MODES",
    "isActionName",
    "isCommandType",
    "isFinalInstanceStatus",
    "isInstanceErrorCode",
    "isRegionId",
    "isRepeatMode",
    "tagProblem",
  ]);
});

test("every fact says where it comes from", () => {
  const facts = [
    ...Object.values(ACTIONS),
    ...Object.values(API_ERRORS),
    ...Object.values(INSTANCE_ERRORS),
    ...Object.values(DEFAULT_LIMITS),
    ...Object.values(TAG_RULES),
  ];
  for (const fact of facts) expect(SOURCES).toContain(fact.source);
});

test("an action changes something unless it describes, lists or gets", () => {
  const reads = ACTION_NAMES.filter((name) => !ACTIONS[name].mutating);
  expect(reads.every((name) => /^(Describe|List|Get)/.test(name))).toBe(true);
  expect(ACTIONS.StopInvocation).toMatchObject({ mutating: true, hasClientToken: false });
  expect(ACTIONS.RunCommand).toMatchObject({
    mutating: true,
    hasClientToken: true,
    product: "Ecs",
    version: "2014-05-26",
  });
  expect(ACTIONS.GetCallerIdentity).toMatchObject({ product: "Sts", version: "2015-04-01" });
});

test("refusals have a status that is one, and words that end", () => {
  for (const [code, { status, message }] of Object.entries(API_ERRORS)) {
    expect([code, status]).toEqual([code, expect.any(Number)]);
    expect([400, 403, 404, 500, 503]).toContain(status);
    expect(message).toMatch(/\S/);
  }
  expect(API_ERRORS["Invocation.ExceedQuota"].message).toBe(
    "The invocation quota in the current region has been reached for today.",
  );
  expect(API_ERRORS["InvalidInstance.NotFound"]).toMatchObject({
    status: 404,
    message: "The specified instance does not exist.",
  });
});

test("each ErrorCode of an instance leads to a final status", () => {
  for (const { status, info } of Object.values(INSTANCE_ERRORS)) {
    expect(isFinalInstanceStatus(status)).toBe(true);
    expect(info).not.toMatch(/\.$/);
  }
  expect(INSTANCE_ERRORS.ExecutionTimeout.status).toBe("Timeout");
  expect(INSTANCE_ERRORS.ExitCodeNonzero.status).toBe("Failed");
});

test("names are told from what is none, also where an object would say otherwise", () => {
  expect([isActionName("RunCommand"), isActionName("toString"), isActionName("")]).toEqual([
    true,
    false,
    false,
  ]);
  expect([isInstanceErrorCode("ClientNotRunning"), isInstanceErrorCode("constructor")]).toEqual([
    true,
    false,
  ]);
  expect([isCommandType("RunBatScript"), isCommandType("runbatscript")]).toEqual([true, false]);
  expect([isRepeatMode("Once"), isRepeatMode("once")]).toEqual([true, false]);
  expect([isRegionId("cn-hangzhou"), isRegionId("cn-mars")]).toEqual([true, false]);
});

test("statuses are final or living, and final ones are among all", () => {
  expect(FINAL_INSTANCE_STATUSES.every((status) => INSTANCE_STATUSES.includes(status))).toBe(true);
  expect(INSTANCE_STATUSES).toHaveLength(FINAL_INSTANCE_STATUSES.length + 4);
});

test("every command type has its system, every feature a release for both", () => {
  for (const type of COMMAND_TYPES) expect(["linux", "windows"]).toContain(COMMAND_TYPE_OS[type]);
  for (const { linux, windows } of Object.values(AGENT_VERSIONS)) {
    expect([linux, windows].every((version) => /^\d+(\.\d+){3}$/.test(version))).toBe(true);
  }
});

test("regions are named once, with the endpoints that the SDK takes", () => {
  expect(new Set(REGIONS.map(({ regionId }) => regionId)).size).toBe(REGIONS.length);
  const hangzhou = REGIONS.find(({ regionId }) => regionId === "cn-hangzhou");
  expect(hangzhou?.endpoint).toBe("ecs-cn-hangzhou.aliyuncs.com");
});

test.each([
  ["a", "", undefined],
  ["k".repeat(64), "v".repeat(128), undefined],
  ["pulumi-cloud-assistant:owner", "x", undefined],
  ["", "v", "key-empty"],
  ["k".repeat(65), "v", "key-malformed"],
  ["aliyun-x", "v", "key-malformed"],
  ["acs:x", "v", "key-malformed"],
  ["http://x", "v", "key-malformed"],
  ["k", "see https://x", "value-malformed"],
  ["k", "v".repeat(129), "value-malformed"],
])("the tag %s=%s is judged", (key, value, problem) => {
  expect(tagProblem(key, value)).toBe(problem);
});

test("a key of TagResources may be twice as long", () => {
  expect(tagProblem("k".repeat(128), "", TAG_RULES.keyCharactersOfTagResources.value)).toBe(
    undefined,
  );
});

import type {
  CommandInvocationInputs,
  CommandInvocationState,
} from "../../../provider/src/inputs.js";
import { scheduleChangeOf } from "../../../provider/src/plan/schedule-change.js";

const cron = { cron: "0 0 2 * * ?", timezone: "UTC" };
const base: CommandInvocationInputs = {
  resourceUrn: "urn",
  script: { content: "echo one" },
  targets: { instanceIds: ["i-1"] },
  schedule: cron,
};
const stateOf = (inputs: CommandInvocationInputs): CommandInvocationState => ({
  ...inputs,
  schemaVersion: 1,
  owner: "owner",
  runId: "run",
  inputHash: "hash",
  holdId: "",
  releasedHolds: [],
  invocationIds: [],
  membersAtStart: 1,
  status: "Scheduled",
  results: {},
  summary: {} as never,
  commandContentHash: "hash",
  accountId: "1",
  region: "r",
});
const change = (
  before: Partial<CommandInvocationInputs>,
  after: Partial<CommandInvocationInputs>,
) => scheduleChangeOf(stateOf({ ...base, ...before }), { ...base, ...after });

const saved = (commandId: string): Partial<CommandInvocationInputs> => {
  const reference = {
    commandId,
    name: "job",
    type: "RunShellScript" as const,
    contentHash: "same",
    enableParameter: false,
    parameterNames: [],
    timeout: 60,
  };
  return { script: undefined, command: reference } as never;
};

test.each<[string, Partial<CommandInvocationInputs>, Partial<CommandInvocationInputs>]>([
  ["another cron", {}, { schedule: { ...cron, cron: "0 0 3 * * ?" } }],
  ["another zone", {}, { schedule: { ...cron, timezone: "Asia/Shanghai" } }],
  ["parameters", {}, { parameters: { a: "b" } }],
  ["other content of a script", {}, { script: { content: "echo two" } }],
  ["enableParameter", {}, { enableParameter: true }],
])("%s: in place", (_what, before, after) => {
  expect(change(before, after)).toMatchObject({ renews: [], modifies: [expect.any(String)] });
});

test.each<[string, Partial<CommandInvocationInputs>, Partial<CommandInvocationInputs>]>([
  ["a rate for a cron", {}, { schedule: { rate: "30m" } }],
  ["another rate", { schedule: { rate: "30m" } }, { schedule: { rate: "20m" } }],
  [
    "another moment",
    { schedule: { at: "2027-01-01T00:00:00Z" } },
    { schedule: { at: "2027-01-02T00:00:00Z" } },
  ],
  ["every boot for the next", { schedule: { boot: "next" } }, { schedule: { boot: "every" } }],
  ["a run now that becomes a schedule", { schedule: undefined } as never, {}],
  ["the type of a script", {}, { script: { content: "echo one", type: "RunBatScript" } }],
  ["a saved command for a script", {}, saved("c-1")],
  ["a saved command with another id", saved("c-1"), saved("c-2")],
  ["username", {}, { username: "deploy" }],
  ["workingDir", {}, { workingDir: "/srv" }],
  ["launcher", {}, { launcher: "bash" }],
  ["container", {}, { container: { name: "app" } }],
  ["timeout", {}, { timeout: 120 }],
  ["terminationMode", {}, { terminationMode: "ProcessTree" }],
  ["ossOutputDelivery", {}, { ossOutputDelivery: "oss://b/p" }],
  ["tags", {}, { tags: { a: "b" } }],
])("%s: renewed", (_what, before, after) => {
  expect(change(before, after).renews).toHaveLength(1);
});

test.each<[string, Partial<CommandInvocationInputs>]>([
  ["suspend", { schedule: { ...cron, suspend: true } }],
  ["root, which is nobody in particular", { username: "root" }],
  ["the default type", { script: { content: "echo one", type: "RunShellScript" } }],
  ["no parameters, spelled out", { parameters: {} }],
])("%s: neither", (_what, after) => {
  expect(change({}, after)).toMatchObject({ renews: [], modifies: [], saves: [] });
});

test.each<[string, Partial<CommandInvocationInputs>]>([
  ["wait", { wait: { timeout: 90 } }],
  ["successExitCodes", { successExitCodes: [0, 1] }],
  ["readiness", { readiness: { wait: 1 } }],
  ["schedule.allow", { schedule: { ...cron, allow: ["never-fires"] } }],
])("%s: only saved", (what, after) => {
  expect(change({}, after)).toMatchObject({ renews: [], modifies: [], saves: [what] });
});

test("another region replaces, ids come and go by themselves", () => {
  expect(change({}, { connection: { region: "elsewhere" } }).replaces).toEqual(["connection"]);
  expect(change({}, { targets: { instanceIds: ["i-2"] } })).toMatchObject({
    renews: [],
    modifies: [],
    added: ["i-2"],
    removed: ["i-1"],
  });
});

import { readFileSync } from "node:fs";
import path from "node:path";
import * as emulator from "cloud-assistant-emulator";
import * as provider from "pulumi-cloud-assistant";
import * as names from "pulumi-cloud-assistant/names";
import * as schedule from "pulumi-cloud-assistant/schedule";
import { version } from "../../provider/src/version.js";

const namesOf = (module: object): string[] =>
  Object.keys(module)
    .filter((name) => name !== "__esModule")
    .sort();

/** A name that comes or goes is a decision, seen here. */
const surfaces: Record<string, [module: object, names: string[]]> = {
  "pulumi-cloud-assistant": [
    provider,
    [
      "CloudAssistantError",
      "Command",
      "CommandInvocation",
      "agentRuns",
      "commandInvocationType",
      "commandType",
      "errorCodes",
      "getRuns",
      "nextRuns",
      "tagKeys",
    ],
  ],
  "pulumi-cloud-assistant/names": [
    names,
    [
      "commandInvocationType",
      "commandType",
      "configNamespace",
      "moduleName",
      "schemaVersion",
      "tagKeys",
      "tagLimit",
      "tagPrefix",
    ],
  ],
  "pulumi-cloud-assistant/schedule": [
    schedule,
    ["agentRuns", "judgeSchedule", "nextRuns", "toFrequency", "toRepeatMode"],
  ],
  "cloud-assistant-emulator": [
    emulator,
    ["EmulatorError", "connectEmulator", "startEmulator", "waitForEvent"],
  ],
};

test.each(Object.entries(surfaces))(
  "%s exports these names and no others",
  (_name, [module, expected]) => {
    expect(namesOf(module)).toEqual(expected);
  },
);

test("the version that the provider calls itself is its package's", () => {
  const manifest = path.resolve(__dirname, "../../provider/package.json");
  expect(version).toBe((JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version);
});

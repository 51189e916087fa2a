import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ACTION_NAMES } from "cloud-assistant-api";
import { OPERATIONS } from "../../../emulator/src/registry.js";

const root = join(__dirname, "../../..");
const names = (folder: string, ending: string, others: readonly string[] = []): string[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .filter((name) => !others.includes(name))
    .sort();

const served = Object.keys(OPERATIONS)
  .map((name) => name.charAt(0).toLowerCase() + name.slice(1))
  .sort();

test("each action has one file, one of rules and one of tests, all of one name", () => {
  expect(names("emulator/src/actions", ".ts")).toEqual(served);
  expect(names("emulator/src/validations", ".ts", ["index"])).toEqual(served);
  expect(names("tests/emulator/actions", ".test.ts", ["listings"])).toEqual(served);
});

test("what is not served yet is known by name", () => {
  const missing = ACTION_NAMES.filter((name) => OPERATIONS[name] === undefined);
  expect(missing).toEqual([
    "SendFile",
    "DescribeSendFileResults",
    "DescribeCloudAssistantSettings",
  ]);
});

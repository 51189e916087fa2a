import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACTION_NAMES } from "cloud-assistant-api";
import { parseArguments } from "../../../emulator/src/cli/parse-arguments.js";
import { OPERATIONS } from "../../../emulator/src/registry.js";
import { ROUTES } from "../../../emulator/src/admin/routes.js";
import * as validations from "../../../emulator/src/validations/index.js";

const README = readFileSync(join(__dirname, "../../../emulator/README.md"), "utf8");

const namesIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

/** The rows of the table of actions. */
const rows = new Map(
  README.slice(README.indexOf("## What it serves"), README.indexOf("## Time"))
    .split("\n")
    .filter((line) => /^\| [A-Z]/.test(line))
    .map((line) => {
      const [, action, honoured, checked] = line.split("|").map((cell) => cell.trim());
      return [action!, [...namesIn(honoured!), ...namesIn(checked!)]] as const;
    }),
);

describe("the emulator's README", () => {
  it("lists the actions that are served, and no other", () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(OPERATIONS).sort());
  });

  it("names the actions that are not served", () => {
    const missing = ACTION_NAMES.filter((name) => OPERATIONS[name] === undefined);
    const sentence = /Refused with `Emulator.NotImplemented` \(501\): ([^]*?)\.\n/.exec(
      README,
    )![1]!;
    expect(namesIn(sentence).sort()).toEqual([...missing].sort());
  });

  it.each([...rows.keys()])("lists the parameters of %s", (action) => {
    const key = (action.charAt(0).toLowerCase() + action.slice(1)) as keyof typeof validations;
    const fields = Object.keys(validations[key].fields);
    expect([...rows.get(action)!].sort()).toEqual(fields.sort());
  });

  it("shows the help text as it is", () => {
    const out: string[] = [];
    const host = { out: (text: string) => void out.push(text), err: () => undefined };
    parseArguments(["--help"], "0.0.0", host);
    const [options] = out.join("").split("\nOne line of JSON");
    const words = (text: string) => text.replace(/\s+/g, " ").trim();
    expect(words(README)).toContain(words(options!));
  });

  it("names every control that is served over HTTP", () => {
    const table = README.slice(README.indexOf("## Controls over HTTP"));
    for (const { path } of ROUTES) {
      const last = path.split("/").filter((part) => !part.startsWith(":"));
      expect(table).toContain(last.at(-1));
    }
  });
});

/** The tables of provider/README.md, against the classes. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { readPage, repository } from "../support/code-blocks.js";

const page = readPage("provider/README.md");
const source = (file: string): string =>
  readFileSync(path.join(repository, "provider/src/resources", file), "utf8");

/** What stands as code in the first column of the tables of a section. */
function firstColumn(heading: string): string[] {
  const start = page.indexOf(`## ${heading}`);
  const section = page.slice(start, page.indexOf("\n## ", start + 3));
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => [...line.split("|")[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!))
    .sort();
}

/** Names of the members of an interface or a class, as the formatter lays them out. */
function members(text: string, opening: string, pattern: RegExp): string[] {
  const start = text.indexOf(opening);
  const body = text.slice(start, text.indexOf("\n}\n", start));
  return [...body.matchAll(pattern)].map((match) => match[1]!).sort();
}

const invocation = source("command-invocation.ts");

test("every input of a CommandInvocation is in the table, and no other", () => {
  const inputs = members(invocation, "interface CommandInvocationArgs {", /^ {2}(\w+)\??: /gm);
  expect(inputs.length).toBeGreaterThan(20);
  expect(firstColumn("`CommandInvocation`: inputs")).toEqual(inputs);
});

test("every output of a CommandInvocation is in the table, and no other", () => {
  const outputs = members(
    invocation,
    "export class CommandInvocation ",
    /^ {2}declare readonly (\w+): /gm,
  );
  expect(outputs.length).toBeGreaterThan(5);
  expect(firstColumn("`CommandInvocation`: outputs")).toEqual(outputs);
});

test("every input of a Command is named", () => {
  const inputs = members(source("command.ts"), "interface CommandArgs {", /^ {2}(\w+)\??: /gm);
  const told = /^Inputs: (.*?)\. Outputs:/m.exec(page)![1]!;
  const named = [...told.matchAll(/`(\w+)`/g)].map((match) => match[1]!);
  expect(named.sort()).toEqual(inputs);
});

test("every status of a resource is named", () => {
  const inputs = readFileSync(path.join(repository, "provider/src/inputs.ts"), "utf8");
  const type = /export type ResourceStatus =([^;]*);/.exec(inputs)![1]!;
  const statuses = [...type.matchAll(/"(\w+)"/g)].map((match) => match[1]!);
  const row = page.split("\n").find((line) => line.startsWith("| `status`"))!;
  expect(statuses.filter((status) => !row.includes(`\`${status}\``))).toEqual([]);
});

/**
 * A script as far as it can be worked out without running it: variables that were given plain texts
 * are put in, calls of the script's own functions are replaced by what they do. Dangers that are
 * split over several lines stand in one then.
 */
import { decoded } from "./decode.js";
import { functionsOf, type ScriptFunction } from "./functions.js";
import type { Line } from "./lines.js";
import { readInputs } from "./read-inputs.js";
import { Variables } from "./variables.js";

/** Lines that calls may add; a script that adds more is not worked out further. */
const mostAdded = 2000;

export function expand(lines: readonly Line[]): readonly Line[] {
  const functions = functionsOf(lines);
  const variables = new Variables();
  const expanded: Line[] = [];
  let added = 0;
  for (const line of lines) {
    for (const [name, value] of readInputs(lines, line)) variables.set(name, value);
    const text = worked(line.text, variables);
    expanded.push({ ...line, text });
    const call = /^\s*(?:call\s+:)?([\w-]+)\s/i.exec(text)?.[1];
    const called = call === undefined ? undefined : functions.get(call.toLowerCase());
    if (called === undefined || added > mostAdded) continue;
    const body = inlined(called, argumentsOf(text), line.number, variables);
    added += body.length;
    expanded.push(...body);
  }
  return expanded;
}

/** A line with its variables put in, twice: it may use what it has itself set before. */
function worked(line: string, variables: Variables): string {
  const once = decoded(variables.putInto(line));
  variables.learnFrom(once);
  const twice = decoded(variables.putInto(once));
  variables.learnFrom(twice);
  return twice;
}

function inlined(
  called: ScriptFunction,
  args: readonly string[],
  number: number,
  outer: Variables,
): readonly Line[] {
  const variables = new Variables(outer);
  called.parameters.forEach((name, i) => {
    const value = args[i];
    if (value !== undefined) variables.set(name, value);
  });
  return called.body.map((bodyLine) => {
    const given = bodyLine.replace(
      /"?(?:\$\{?|%~?)([1-9])\}?"?/g,
      (whole, index: string) => args[Number(index) - 1] ?? whole,
    );
    return { text: worked(given, variables), number };
  });
}

/** The words behind the name of what is called, without quotes and without PowerShell's names. */
function argumentsOf(text: string): readonly string[] {
  const words = [...text.matchAll(/'([^']*)'|"([^"]*)"|([^\s'",]+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? "",
  );
  const behind = words.slice(/^\s*call\s/i.test(text) ? 2 : 1);
  return behind.filter((word) => !/^-[A-Za-z]{2,}$/.test(word));
}

import { PARAMETER_NAME } from "cloud-assistant-api";
import { childPath, isWithin } from "../../paths.js";
import { isUnknown } from "../../unknown.js";
import { isGiven, knownMap, type Rule, text } from "../kinds.js";
import { limits } from "../limits.js";
import { refuse, type Report, warn } from "../report.js";
import { quote } from "../show.js";
import { mapOf } from "../shape.js";
import { encodedLength } from "../sizes.js";
import { sendable } from "../texts.js";
import type { Facts } from "./source.js";

type Values = Readonly<Record<string, unknown>>;

const valueAllowed = "a text, which may be empty";

const valueRule: Rule = (value, path, report) => {
  if (isGiven(value)) {
    text(valueAllowed, sendable)(value, path, report);
    return;
  }
  refuse(report, path, value, {
    wrong: "has no value",
    allowed: valueAllowed,
    todo: 'give it a value; "" where the machines are to get an empty text',
  });
};

/** Kinds of names and values, by themselves. */
export const parametersRule: Rule = mapOf(valueRule, "names and texts, { name: value }");

/** The names, and whether they fit the command. */
export function judgeParameters(parameters: unknown, facts: Facts, report: Report): void {
  const values = knownMap(parameters) ?? {};
  judgeNames(values, report);
  if (report.secretPaths.some((path) => isWithin(path, "parameters"))) warnOfRecord(report);
  if (facts.enableParameter === false) {
    if (Object.keys(values).length > 0) refuseAll(values, facts, report);
    return;
  }
  if (facts.parameterNames === undefined) return;
  const taken = new Set(facts.parameterNames.map((name) => name.toLowerCase()));
  judgeSurplus(values, taken, report);
  if (!isUnknown(parameters)) judgeMissing(values, taken, facts, report);
}

/** The content and the values together, as far as they are known. */
export function judgeSizeWithContent(parameters: unknown, facts: Facts, report: Report): void {
  const values = knownMap(parameters);
  if (values === undefined || facts.content === undefined) return;
  const texts = Object.entries(values).filter(([, value]) => typeof value === "string");
  const content = encodedLength(facts.content);
  const size = content + encodedLength(JSON.stringify(Object.fromEntries(texts)));
  if (texts.length === 0 || size <= limits.encodedWithParameters || content > limits.encodedContent)
    return;
  refuse(report, "parameters", undefined, {
    wrong: "are too large together with the content",
    given: `${String(size)} bytes after Base64, ${String(content)} of them content`,
    allowed: `at most ${String(limits.encodedWithParameters)} bytes after Base64, as { name: value } in JSON`,
    todo: "shorten the values, or let the script fetch them",
  });
}

function judgeNames(values: Values, report: Report): void {
  const names = Object.keys(values);
  if (names.length > limits.parameters) {
    refuse(report, "parameters", undefined, {
      wrong: "has too many entries",
      given: `${String(names.length)} entries`,
      allowed: `at most ${String(limits.parameters)}`,
      todo: "pass several values in one, or write them into the script",
    });
  }
  const seen = new Map<string, string>();
  for (const name of names) {
    const twin = seen.get(name.toLowerCase());
    if (twin === undefined) seen.set(name.toLowerCase(), name);
    else refuseTwin(name, twin, report);
    judgeName(name, report);
  }
}

function judgeName(name: string, report: Report): void {
  if (PARAMETER_NAME.test(name)) return;
  const reserved = name.toLowerCase().startsWith("acs::");
  refuse(report, childPath("parameters", name), undefined, {
    wrong: reserved ? "is a name of the service's own" : "is not a name that the service takes",
    given: quote(name),
    allowed: "1 to 64 of A-Z, a-z, 0-9, _ and -",
    todo: reserved ? "take it out; the agent fills in {{ACS::…}} by itself" : "write another name",
  });
}

function refuseTwin(name: string, twin: string, report: Report): void {
  refuse(report, childPath("parameters", name), undefined, {
    wrong: `is the same parameter as ${quote(twin)}: the service ignores case`,
    given: quote(name),
    allowed: "each name once, in whatever case",
    todo: "take one of them out",
  });
}

function refuseAll(values: Values, facts: Facts, report: Report): void {
  const own = facts.from === "script";
  refuse(report, "parameters", undefined, {
    wrong: "are given, but parameters are off",
    given: Object.keys(values).map(quote).join(", "),
    allowed: "no parameters",
    todo: own
      ? "take enableParameter: false out, or take the parameters out"
      : "take them out, or save the command with enableParameter: true",
  });
}

function judgeSurplus(values: Values, taken: ReadonlySet<string>, report: Report): void {
  for (const name of Object.keys(values)) {
    if (taken.has(name.toLowerCase()) || !PARAMETER_NAME.test(name)) continue;
    refuse(report, childPath("parameters", name), undefined, {
      wrong: "is not a parameter of the command",
      given: quote(name),
      allowed: taken.size === 0 ? "none: the content has no {{name}}" : [...taken].join(", "),
      todo: `take it out, or use {{${name}}} in the content`,
    });
  }
}

function judgeMissing(
  values: Values,
  taken: ReadonlySet<string>,
  facts: Facts,
  report: Report,
): void {
  const given = new Set(Object.keys(values).map((name) => name.toLowerCase()));
  for (const name of facts.parametersWithDefault ?? []) given.add(name.toLowerCase());
  for (const name of taken) {
    if (given.has(name)) continue;
    refuse(report, childPath("parameters", name), undefined, {
      wrong: `has no value, and the content has {{${name}}}`,
      allowed: "a value for each parameter of the content",
      todo: `write parameters: { ${JSON.stringify(name)}: "…" }; "" if an empty text is meant`,
    });
  }
}

function warnOfRecord(report: Report): void {
  warn(
    report,
    "parameters",
    "a secret value stays readable in the service's own record for 30 days, for all who may read " +
      "the account's invocations. {{oos-secret:name}} in the content is read on the machine instead.",
  );
}

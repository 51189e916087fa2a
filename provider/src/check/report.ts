import type { Problem } from "../inputs.js";
import { topOf } from "../paths.js";
import { show } from "./show.js";

/** What the rules write to. One for each check; nothing is thrown, so that all problems come at once. */
export type Report = {
  readonly problems: Problem[];
  readonly warnings: string[];
  /** Paths whose values, and all below them, are never shown. */
  readonly secretPaths: readonly string[];
};

/** The parts of a refusal that the rule writes; what was given is shown by `refuse`. */
export type Refusal = {
  readonly wrong: string;
  readonly allowed: string;
  readonly todo: string;
  /** Instead of the value itself. Must hold nothing that may be secret. */
  readonly given?: string;
};

export function newReport(secretPaths: readonly string[]): Report {
  return { problems: [], warnings: [], secretPaths };
}

/** Adds a problem at `path`, with what was given there. */
export function refuse(report: Report, path: string, value: unknown, refusal: Refusal): void {
  report.problems.push({
    property: topOf(path),
    path,
    wrong: refusal.wrong,
    given: refusal.given ?? show(value, path, report.secretPaths),
    allowed: refusal.allowed,
    todo: refusal.todo,
  });
}

/** The problems in the order in which the program wrote its inputs; of absent inputs last. */
export function inOrder(
  problems: readonly Problem[],
  raw: Readonly<Record<string, unknown>>,
): readonly Problem[] {
  const names = Object.keys(raw);
  const rank = (problem: Problem): number => {
    const index = names.indexOf(problem.property);
    return index === -1 ? names.length : index;
  };
  return [...problems].sort((a, b) => rank(a) - rank(b));
}

/** Adds a warning, its path first. */
export function warn(report: Report, path: string, text: string): void {
  report.warnings.push(`${path}: ${text}`);
}

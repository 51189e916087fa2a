import { isWithin } from "../paths.js";
import { isKnown, isMap } from "./kinds.js";
import { refuse, type Report } from "./report.js";

/** An input, or one value of it, that this version does not implement. */
export type NotYet = { readonly path: string; readonly value?: string };

/** What this version refuses by name. An entry is taken out when its feature is there. */
export const notYet: readonly NotYet[] = [];

/**
 * Refuses what is not implemented, and drops whatever else was said of the same place: a person who
 * cannot use an input has no use for its details.
 */
export function refuseNotYet(
  raw: Readonly<Record<string, unknown>>,
  entries: readonly NotYet[],
  report: Report,
): void {
  for (const entry of entries) {
    const given = at(raw, entry.path);
    if (!isKnown(given)) continue;
    if (entry.value !== undefined && entry.value !== given) continue;
    const others = report.problems.filter((problem) => !isWithin(problem.path, entry.path));
    report.problems.splice(0, report.problems.length, ...others);
    const what = entry.value === undefined ? "" : `"${entry.value}" `;
    refuse(report, entry.path, given, {
      wrong: `${what}is not implemented in this version`,
      allowed: entry.value === undefined ? "not given" : `not given, or another value`,
      todo: "take it out",
    });
  }
}

function at(raw: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = raw;
  for (const key of path.split(".")) value = isMap(value) ? value[key] : undefined;
  return value;
}

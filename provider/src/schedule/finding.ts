/** What is wrong, or worth knowing, about a schedule; and how it is said. */
import type { ScheduleHazard } from "../inputs.js";

/** One problem: where, and the four parts of its message. No part ends with a full stop. */
export type ScheduleRefusal = {
  /** For example `schedule.cron`. */
  readonly path: string;
  /** What is wrong, to be read behind the path. */
  readonly problem: string;
  readonly given: string;
  readonly allowed: string;
  /** What to do. */
  readonly action: string;
};

export type Judgement = {
  readonly refusals: readonly ScheduleRefusal[];
  /** Whole sentences, the path first. */
  readonly warnings: readonly string[];
};

/** A problem before it is known whether the program allows it. */
export type Finding = ScheduleRefusal & { readonly hazard?: ScheduleHazard };

export type Findings = {
  readonly problems: readonly Finding[];
  readonly warnings: readonly string[];
};

export const nothingFound: Findings = { problems: [], warnings: [] };

/** Several findings as one. */
export function together(...all: readonly Findings[]): Findings {
  return {
    problems: all.flatMap(({ problems }) => problems),
    warnings: all.flatMap(({ warnings }) => warnings),
  };
}

/** A problem in one line. */
export function lineOf(refusal: ScheduleRefusal): string {
  const { path, problem, given, allowed, action } = refusal;
  return `${path}: ${problem}. Given: ${given}. Allowed: ${allowed}. What to do: ${action}.`;
}

/** A hazard that is allowed, or only shown: what will happen, without the refusal around it. */
export function warningOf(finding: Finding): string {
  return `${finding.path}: ${finding.problem}.`;
}

const shownLength = 80;
// Beside what JSON escapes: what repaints a terminal, turns the line or cannot be seen.
const invisible = /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3000\ufeff]/gu;

/** A given value as a message shows it: quoted, control characters escaped, cut to a line. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function") {
    return `a ${typeof value}`;
  }
  const text = JSON.stringify(value).replace(
    invisible,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const characters = Array.from(text);
  return characters.length > shownLength ? `${characters.slice(0, shownLength).join("")}…` : text;
}

/** `a`, `a or b`, `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  const last = words[words.length - 1] ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

/**
 * The kinds of values, as small rules that are put together. A rule judges what is known: absent
 * values (`undefined`, `null`) and unknown ones pass.
 */
import { indexPath } from "../paths.js";
import { isUnknown } from "../unknown.js";
import { type Report, refuse } from "./report.js";
import { isSecret, quote } from "./show.js";

export type Rule = (value: unknown, path: string, report: Report) => void;

/** Whether there is a value that can be judged. */
export function isKnown(value: unknown): boolean {
  return value !== undefined && value !== null && !isUnknown(value);
}

/** Whether the program wrote something here, known or not. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The known text at a place, or nothing. */
export function knownText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The known map at a place, or nothing. */
export function knownMap(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isMap(value) ? value : undefined;
}

/** The known list at a place, or nothing. */
export function knownList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}

/** A rule that sees only values that are there and known. */
export function known(judge: Rule): Rule {
  return (value, path, report) => {
    if (isKnown(value)) judge(value, path, report);
  };
}

/** All rules in turn. */
export function both(...rules: readonly Rule[]): Rule {
  return (value, path, report) => {
    for (const rule of rules) rule(value, path, report);
  };
}

/** A rule for text; further rules see text only. `allowed` says what may stand here. */
export function text(
  allowed: string,
  ...more: readonly ((value: string, path: string, report: Report) => void)[]
): Rule {
  return known((value, path, report) => {
    if (typeof value !== "string") {
      const plain = typeof value === "number" || typeof value === "boolean";
      const shown = plain && !isSecret(path, report.secretPaths);
      const todo = shown ? `write it in quotes: ${quote(String(value))}` : "write it as text";
      refuse(report, path, value, { wrong: "is not text", allowed, todo });
      return;
    }
    for (const rule of more) rule(value, path, report);
  });
}

/** `true` or `false`. */
export const flag: Rule = known((value, path, report) => {
  if (typeof value === "boolean") return;
  refuse(report, path, value, {
    wrong: "is neither true nor false",
    allowed: "true or false",
    todo: "write true or false without quotes",
  });
});

/** One of a closed list of words. */
export function oneOf(words: readonly string[]): Rule {
  const quoted = words.map((word) => `"${word}"`).join(", ");
  return known((value, path, report) => {
    if (typeof value === "string" && words.includes(value)) return;
    const meant =
      typeof value === "string" &&
      words.find((word) => word.toLowerCase() === value.trim().toLowerCase());
    refuse(report, path, value, {
      wrong: "is not a known value",
      allowed: quoted,
      todo: meant ? `write "${meant}"` : "write one of these, in exactly this spelling",
    });
  });
}

export type Range = {
  readonly min: number;
  readonly max?: number;
  /** What is counted: `seconds`, `bytes`. */
  readonly of?: string;
  /** Said behind "write … or more" when the number is too low. */
  readonly why?: string;
};

/** A whole number in a range. */
export function whole({ min, max, of, why }: Range): Rule {
  const noun = of === undefined ? "a whole number" : `a whole number of ${of}`;
  const upper = max === undefined ? `${String(min)} or more` : `${String(min)} to ${String(max)}`;
  const allowed = `${noun}, ${upper}`;
  return known((value, path, report) => {
    const wrong = wrongNumber(value, min, max);
    if (wrong === undefined) return;
    const because = typeof value === "number" && value < min && why !== undefined ? `; ${why}` : "";
    const todo =
      typeof value === "number"
        ? `write ${upper}${because}`
        : `write ${noun}, ${upper}, without quotes`;
    refuse(report, path, value, { wrong, allowed, todo });
  });
}

function wrongNumber(value: unknown, min: number, max: number | undefined): string | undefined {
  if (typeof value !== "number") return "is not a number";
  if (!Number.isSafeInteger(value)) return "is not a whole number";
  if (value < min) return `is below ${String(min)}`;
  if (max !== undefined && value > max) return `is above ${String(max)}`;
  return undefined;
}

export type ListOptions = {
  readonly allowed: string;
  /** What to write instead of an empty list; without it an empty list is fine. */
  readonly whenEmpty?: string;
};

/** A list, each entry by `item`. An entry without a value is refused, and so is a repeated one. */
export function list(item: Rule, { allowed, whenEmpty }: ListOptions): Rule {
  return known((value, path, report) => {
    if (!Array.isArray(value)) {
      const todo = "write a list, in square brackets";
      refuse(report, path, value, { wrong: "is not a list", allowed, todo });
      return;
    }
    if (value.length === 0 && whenEmpty !== undefined) {
      refuse(report, path, value, { wrong: "is an empty list", allowed, todo: whenEmpty });
    }
    judgeEntries(value as readonly unknown[], path, report, item, allowed);
  });
}

function judgeEntries(
  entries: readonly unknown[],
  path: string,
  report: Report,
  item: Rule,
  allowed: string,
): void {
  const firstAt = new Map<unknown, number>();
  entries.forEach((entry, index) => {
    const at = indexPath(path, index);
    const first = firstAt.get(entry);
    if (entry === undefined || entry === null) {
      const todo = "take the entry out, or give it a value";
      refuse(report, at, entry, { wrong: "has no value", allowed, todo });
    } else if (first !== undefined && entry !== "" && !isUnknown(entry)) {
      refuse(report, at, entry, {
        wrong: `is the same as ${indexPath(path, first)}`,
        allowed: "each entry once",
        todo: "take the second one out",
      });
    } else {
      firstAt.set(entry, index);
      item(entry, at, report);
    }
  });
}

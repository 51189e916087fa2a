import { childPath } from "../paths.js";
import { hiddenInputs } from "./hidden.js";
import { isGiven, isMap, known, type Rule } from "./kinds.js";
import { rightName } from "./right-name.js";
import { refuse, type Report } from "./report.js";

export type Fields = Readonly<Record<string, Rule>>;

export type ShapeOptions = {
  /** What may stand here, for values that are no map at all. */
  readonly allowed: string;
  /** Names that people write here, and where they belong: a path, or a sentence. */
  readonly aliases?: Readonly<Record<string, string>>;
};

// More names than this hide what the message says, where it has a better name already.
const longList = 12;

// A key or a password in the wrong place must not be printed because of that.
const soundsSecret = /key|secret|token|password|credential/i;

/** A map with fixed names. Unknown names are refused, with the nearest right one. */
export function shape(fields: Fields, options: ShapeOptions): Rule {
  return known((value, path, report) => {
    if (!isMap(value)) {
      const todo = "write a map, in curly brackets";
      refuse(report, path, value, { wrong: "is not a map", allowed: options.allowed, todo });
      return;
    }
    judgeFields(value, path, report, fields, options.aliases ?? {});
  });
}

/** The fields of a map that is known to be one; `path` is empty for a resource itself. */
export function judgeFields(
  value: Readonly<Record<string, unknown>>,
  path: string,
  report: Report,
  fields: Fields,
  aliases: Readonly<Record<string, string>>,
): void {
  const names = Object.keys(fields).filter((name) => !hiddenInputs.includes(name));
  for (const [key, entry] of Object.entries(value)) {
    const rule = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const at = childPath(path, key);
    if (rule !== undefined) rule(entry, at, report);
    else if (isGiven(entry)) {
      const right = rightName(key, path, names, aliases);
      refuse(report, at, entry, {
        ...(soundsSecret.test(key) ? { given: "[secret]" } : {}),
        wrong: "is not a known input",
        allowed:
          right !== undefined && names.length > longList
            ? "the inputs of this resource, in their exact spelling"
            : names.join(", "),
        todo: right ?? "take it out",
      });
    }
  }
}

/** A map with names of the user's own; each entry by `item`. */
export function mapOf(item: Rule, allowed: string): Rule {
  return known((value, path, report) => {
    if (!isMap(value)) {
      const todo = "write a map of names and values, in curly brackets";
      refuse(report, path, value, { wrong: "is not a map", allowed, todo });
      return;
    }
    for (const [key, entry] of Object.entries(value)) item(entry, childPath(path, key), report);
  });
}

/** What a value may be, for what comes from JSON, from the command line or from JavaScript. */
export type Check = {
  /** Every reason why a value is not right. `at` is the place where it stands. */
  readonly problems: (value: unknown, at: string) => readonly string[];
  readonly required?: true;
};
export type Fields = Readonly<Record<string, Check>>;

export function is(fits: (value: unknown) => boolean, says: string): Check {
  return {
    problems: (value, at) => (fits(value) ? [] : [`${at === "" ? "it" : at} must be ${says}`]),
  };
}

export function required(check: Check): Check {
  return { ...check, required: true };
}

export const text = is((v) => typeof v === "string", "a text");
export const name = is((v) => typeof v === "string" && v !== "", "a text, not empty");
export const flag = is((v) => typeof v === "boolean", "true or false");
export const anyObject = is(isObject, "an object");
export const count = is((v) => isWhole(v) && v >= 0, "a whole number, 0 or more");
export const ordinal = is((v) => isWhole(v) && v >= 1, "a whole number, 1 or more");
export const texts = is(
  (v) => isObject(v) && Object.values(v).every((each) => typeof each === "string"),
  "an object of texts",
);

export function whole(what: string): Check {
  return is(isWhole, what);
}

export function between(low: number, high: number): Check {
  return is((v) => isWhole(v) && v >= low && v <= high, `${low} to ${high}`);
}

export function oneOf(...values: readonly string[]): Check {
  const words = values.map((value) => JSON.stringify(value)).join(" or ");
  return is((v) => typeof v === "string" && values.includes(v), words);
}

export function listOf(check: Check): Check {
  return {
    problems: (value, at) =>
      Array.isArray(value)
        ? value.flatMap((each, index) => check.problems(each, `${at}[${index}]`))
        : [`${at} must be a list`],
  };
}

/** An object with these fields and no others. */
export function object(fields: Fields): Check {
  return {
    problems: (value, at) =>
      isObject(value) ? fieldProblems(value, fields, at) : anyObject.problems(value, at),
  };
}

/** An object whose `kind` says which fields it has. */
export function oneKind(kinds: Readonly<Record<string, Fields>>): Check {
  return {
    problems: (value, at) => {
      if (!isObject(value)) return anyObject.problems(value, at);
      const { kind, ...rest } = value;
      const fields =
        typeof kind === "string" && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
      if (fields !== undefined) return fieldProblems(rest, fields, at);
      const given = kind === undefined ? "nothing" : JSON.stringify(kind);
      return [`${inside(at, "kind")} is ${given}, not one of ${Object.keys(kinds).join(", ")}`];
    },
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

function fieldProblems(value: Record<string, unknown>, fields: Fields, at: string): string[] {
  const problems: string[] = [];
  for (const key of Object.keys(value)) {
    // JavaScript may give an undefined one, which is none.
    if (fields[key] === undefined && value[key] !== undefined) {
      problems.push(`${inside(at, key)} is not known`);
    }
  }
  for (const [key, check] of Object.entries(fields)) {
    const given = value[key];
    if (given !== undefined) problems.push(...check.problems(given, inside(at, key)));
    else if (check.required) problems.push(`${inside(at, key)} is missing`);
  }
  return problems;
}

function inside(at: string, key: string): string {
  return at === "" ? key : `${at}.${key}`;
}

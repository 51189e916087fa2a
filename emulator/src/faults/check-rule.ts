import type { FaultEffect } from "./fault-rule.js";

/** Every reason why something is not a fault rule; none when it is one. It may come from JSON. */
export function checkFaultRule(rule: unknown): string[] {
  if (!isObject(rule)) return ["a rule is an object"];
  const problems = checkFields("", rule, RULE);
  if (rule.match !== undefined && isObject(rule.match)) {
    problems.push(...checkFields("match.", rule.match, MATCH));
  }
  if (!isObject(rule.effect)) return [...problems, "effect is missing"];
  const { kind, ...rest } = rule.effect;
  const fields = typeof kind === "string" && kind in EFFECTS ? EFFECTS[kind as Kind] : undefined;
  if (fields === undefined) {
    const given = kind === undefined ? "nothing" : JSON.stringify(kind);
    return [...problems, `effect.kind is ${given}, not one of ${Object.keys(EFFECTS).join(", ")}`];
  }
  return [...problems, ...checkFields("effect.", rest, fields)];
}

type Kind = FaultEffect["kind"];
type Check = {
  readonly is: (value: unknown) => boolean;
  readonly says: string;
  readonly required?: true;
};
type Fields = Readonly<Record<string, Check>>;

const text: Check = { is: (v) => typeof v === "string", says: "a text" };
const name: Check = { is: (v) => typeof v === "string" && v !== "", says: "a text, not empty" };
const object: Check = { is: isObject, says: "an object" };
const count: Check = { is: (v) => isWhole(v) && v >= 0, says: "a whole number, 0 or more" };
const ordinal: Check = { is: (v) => isWhole(v) && v >= 1, says: "a whole number, 1 or more" };
const offset: Check = { is: isWhole, says: "a whole number of milliseconds" };
const anything: Check = { is: (v) => v !== undefined, says: "a JSON value" };
const share: Check = {
  is: (v) => typeof v === "number" && v >= 0 && v <= 1,
  says: "a number from 0 to 1",
};
const actions: Check = {
  is: (v) => name.is(v) || (Array.isArray(v) && v.length > 0 && v.every(name.is)),
  says: "an action or a list of them",
};
const texts: Check = {
  is: (v) => isObject(v) && Object.values(v).every((each) => typeof each === "string"),
  says: "an object of texts",
};
const moment: Check = {
  is: (v) => v === "before-commit" || v === "after-commit",
  says: '"before-commit" or "after-commit"',
};

const RULE: Fields = { id: name, match: object, effect: required(object), times: ordinal };

const MATCH: Fields = {
  action: actions,
  instanceId: name,
  accountId: name,
  regionId: name,
  params: texts,
  nth: ordinal,
  after: count,
  probability: share,
};

const EFFECTS: Readonly<Record<Kind, Fields>> = {
  error: {
    status: required(between(400, 599)),
    code: required(name),
    message: text,
    retryAfterMs: count,
  },
  http5xx: { status: between(500, 599), moment },
  delay: { delayMs: required(count), moment },
  dropBeforeCommit: {},
  dropAfterCommit: {},
  hang: { moment },
  truncateBody: { bytes: count },
  nonJson: { status: between(200, 599), body: text, moment },
  stale: { staleMs: required(count) },
  emptyPageWithToken: {},
  repeatToken: {},
  omitField: { field: required(name), where: texts },
  setField: { field: required(name), value: required(anything), where: texts },
  clockSkew: { skewMs: required(offset) },
  credentialsExpire: {},
};

function checkFields(at: string, given: Record<string, unknown>, fields: Fields): string[] {
  const problems: string[] = [];
  for (const key of Object.keys(given)) {
    if (fields[key] === undefined) problems.push(`${at}${key} is not known`);
  }
  for (const [key, check] of Object.entries(fields)) {
    const value = given[key];
    if (value === undefined) {
      if (check.required) problems.push(`${at}${key} is missing`);
    } else if (!check.is(value)) {
      problems.push(`${at}${key} must be ${check.says}`);
    }
  }
  return problems;
}

function required(check: Check): Check {
  return { ...check, required: true };
}

function between(low: number, high: number): Check {
  return { is: (v) => isWhole(v) && v >= low && v <= high, says: `${low} to ${high}` };
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import {
  between,
  count,
  is,
  isObject,
  name,
  object,
  oneKind,
  oneOf,
  ordinal,
  required,
  text,
  texts,
  whole,
  type Check,
  type Fields,
} from "../shape.js";
import type { FaultEffect } from "./fault-rule.js";

/** Every reason why something is not a fault rule; none when it is one. It may come from JSON. */
export function checkFaultRule(rule: unknown, at = ""): readonly string[] {
  return isObject(rule)
    ? RULE.problems(rule, at)
    : [`${at === "" ? "" : `${at}: `}a rule is an object`];
}

const anything = is((v) => v !== undefined, "a JSON value");
const share = is((v) => typeof v === "number" && v >= 0 && v <= 1, "a number from 0 to 1");
const actions = is(
  (v) => isName(v) || (Array.isArray(v) && v.length > 0 && v.every(isName)),
  "an action or a list of them",
);
const moment = oneOf("before-commit", "after-commit");

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

const EFFECTS: Readonly<Record<FaultEffect["kind"], Fields>> = {
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
  clockSkew: { skewMs: required(whole("a whole number of milliseconds")) },
  credentialsExpire: {},
};

const RULE: Check = object({
  id: name,
  match: object(MATCH),
  effect: required(oneKind(EFFECTS)),
  times: ordinal,
});

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

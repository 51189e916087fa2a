import {
  anyObject,
  count,
  flag,
  is,
  isObject,
  listOf,
  name,
  object,
  oneOf,
  ordinal,
  required,
  text,
  texts,
  type Check,
  type Fields,
} from "./shape.js";
import type { Change } from "./state/change.js";

/** A record with at least these fields: one that lacks them fails only once the old state is gone. */
function having(fields: Fields): Check {
  const known = object(fields);
  return {
    problems: (value, at) => {
      if (!isObject(value)) return known.problems(value, at);
      const named = Object.entries(value).filter(([key]) => Object.hasOwn(fields, key));
      return known.problems(Object.fromEntries(named), at);
    },
  };
}

function all(fields: Fields): Check {
  const entries = Object.entries(fields);
  return having(Object.fromEntries(entries.map(([key, check]) => [key, required(check)])));
}

const RECORDS: Readonly<Record<Extract<Change, { put: string }>["put"], Check>> = {
  command: all({ id: name, seq: count, name: text, type: text, content: text, tags: texts }),
  invocation: all({
    ...{ id: name, seq: count, commandId: text, content: text, createdAt: count, tags: texts },
    ...{ repeatMode: text, frequency: text, version: count, timeout: count, workingDir: text },
    ...{ username: text, parameters: texts, launcher: text, terminationMode: text },
  }),
  task: all({
    ...{ invokeId: name, instanceId: name, index: count, status: text },
    ...{ createdAt: count, updatedAt: count, run: count, repeats: count },
  }),
  run: all({ invokeId: name, instanceId: name, run: count, status: text }),
  instance: all({
    ...{ id: name, seq: count, name: text, osType: oneOf("linux", "windows") },
    ...{ backend: oneOf("exec", "sim"), managed: flag, tags: texts, timeZone: text },
    power: oneOf("Pending", "Running", "Starting", "Stopping", "Stopped"),
    ...{ bootId: text, bootCount: count, createdAt: count, startedAt: count },
    agent: all({ installed: flag, version: text, mode: text, fault: text }),
  }),
  token: all({ key: name, hash: text, at: count, body: anyObject }),
  day: all({ day: count, count }),
};

const DELETIONS: Readonly<Record<Extract<Change, { del: string }>["del"], Check>> = {
  command: name,
  invocation: name,
  instance: name,
  token: name,
  runs: count,
};

const change: Check = {
  problems: (value, at) => {
    if (!isObject(value)) return anyObject.problems(value, at);
    const { put, del } = value;
    if (isKey(RECORDS, put)) return RECORDS[put].problems(value.value, `${at}.value`);
    if (!isKey(DELETIONS, del)) return [`${at} is no change that is known`];
    const field = del === "runs" ? "count" : "id";
    return DELETIONS[del].problems(value[field], `${at}.${field}`);
  },
};

function isKey<K extends string>(of: Readonly<Record<K, Check>>, key: unknown): key is K {
  return typeof key === "string" && Object.hasOwn(of, key);
}

const realm = is(
  (v) => typeof v === "string" && /^([^/]+\/[^/]+)?$/.test(v),
  "an account and a region such as 1000000000000001/cn-hangzhou",
);

/** What may be loaded: everything is looked at before anything is forgotten for it. */
export const SNAPSHOT: Check = object({
  schema: required(ordinal),
  records: required(
    listOf(
      object({
        ...{ seq: required(count), atMs: required(count), ids: required(count) },
        realm: required(realm),
        changes: required(listOf(change)),
      }),
    ),
  ),
});

import { isRegionId } from "cloud-assistant-api";
import { EmulatorError } from "./errors.js";
import { defaultLimits } from "./limits.js";
import {
  count,
  flag,
  is,
  isObject,
  isWhole,
  listOf,
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
} from "./shape.js";
import { isZoneName } from "./schedule/index.js";
import type { SimOutcome } from "./backends/sim/behaviour.js";
import type { AgentPatch, InstancePatch, InstanceSeed, PublicCommandSeed } from "./service-api.js";

/** What the owner of an emulator may give, however it comes: from a file, over HTTP, from a test. */

/** @throws EmulatorError InvalidOption with every problem, each with its place. */
export function refuseInput(what: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new EmulatorError("InvalidOption", `${what} cannot be taken: ${problems.join("; ")}.`);
}

const region = is((v) => typeof v === "string" && isRegionId(v), "a region such as cn-hangzhou");
const timeZone = is(
  (v) => typeof v === "string" && isZoneName(v),
  "the name of a time zone such as Europe/Berlin",
);
const version = is(
  (v) => typeof v === "string" && /^\d+(\.\d+)*$/.test(v),
  "a version such as 2.2.3.578",
);

const OUTCOMES: Readonly<Record<SimOutcome["kind"], Fields>> = {
  finish: { exitCode: required(whole("a whole number")), output: text },
  timeout: { output: text },
  error: { errorCode: required(name), errorInfo: text },
  invalid: { errorCode: required(name), errorInfo: text },
  aborted: { errorCode: required(name), errorInfo: text },
  machine: { does: required(oneOf("powerOff", "reboot", "restartAgent", "release")) },
  never: {},
};

const outcome = oneKind(OUTCOMES);
const table: Fields = {
  rules: listOf(
    object({
      contains: text,
      content: text,
      attempt: ordinal,
      afterMs: count,
      outcome: required(outcome),
    }),
  ),
  outcome,
  afterMs: count,
};
const behaviour = object(table);

/** How simulated instances behave that do not say. */
export const SIM: Check = object({ ...table, concurrency: ordinal, queue: count });

const agentFields = {
  installed: flag,
  version,
  mode: oneOf("online", "offline", "silent"),
  fault: oneOf("none", "reports-twice", "reports-never", "never-closes"),
} satisfies Fields;

/** Named by the types, so that no field is forgotten here. */
type Of<T> = { readonly [K in keyof Required<T>]: Check };

const agentPatch: Of<AgentPatch> = { ...agentFields, restart: flag };
export const AGENT_PATCH: Check = object(agentPatch);

const instancePatch: Of<InstancePatch> = {
  instanceName: text,
  tags: texts,
  resourceGroupId: text,
  timeZone,
  behaviour,
  power: oneOf("Running", "Stopped"),
  agent: AGENT_PATCH,
};
export const INSTANCE_PATCH: Check = object(instancePatch);

const instance: Of<InstanceSeed> = {
  instanceId: name,
  instanceName: text,
  tags: texts,
  resourceGroupId: text,
  osType: oneOf("linux", "windows"),
  backend: oneOf("exec", "sim"),
  regionId: region,
  zoneId: name,
  accountId: name,
  power: oneOf("Running", "Stopped"),
  agent: object(agentFields),
  timeZone,
  managed: flag,
  behaviour,
};
export const INSTANCE: Check = object(instance);

const publicCommand: Of<PublicCommandSeed> = {
  name: required(name),
  type: required(oneOf("RunShellScript", "RunBatScript", "RunPowerShellScript")),
  content: required(text),
  description: text,
  provider: name,
  category: text,
  version: ordinal,
  latest: flag,
  timeout: count,
  parameters: listOf(
    object({
      name: required(name),
      description: text,
      defaultValue: text,
      required: flag,
      possibleValues: listOf(text),
      patternRegex: text,
    }),
  ),
};
export const PUBLIC_COMMAND: Check = object(publicCommand);

/** Most are counts or durations; what is another thing stands here. */
const otherLimits: Fields = {
  dayOffsetMinutes: whole("a whole number of minutes"),
  oneBadInstance: oneOf("fails-call", "fails-instance"),
  throttle: object({
    perMinute: count,
    byAction: is(
      (v) => isObject(v) && Object.values(v).every((each) => isWhole(each) && each >= 0),
      "an object of whole numbers",
    ),
  }),
};

export const LIMITS: Check = object(
  Object.fromEntries(Object.keys(defaultLimits()).map((key) => [key, otherLimits[key] ?? count])),
);

export const ACCOUNTS: Check = listOf(
  object({
    accountId: required(name),
    accessKeyId: required(name),
    accessKeySecret: required(name),
    securityToken: name,
  }),
);

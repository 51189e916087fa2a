import {
  type CheckContext,
  type Checked,
  checkCommandInvocation,
  formatProblem,
} from "../../../../provider/src/check/index.js";
import type { CommandInvocationInputs } from "../../../../provider/src/inputs.js";

type Raw = Readonly<Record<string, unknown>>;

/** A sentence, what is changed in good inputs, the exact messages, and what is known besides. */
export type Case = [
  name: string,
  change: Raw,
  messages: readonly string[],
  context?: Partial<CheckContext>,
];

/** Inputs that are good as they stand. */
export const base: Raw = {
  resourceUrn:
    "urn:pulumi:dev::site::pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation::sweep",
  script: { content: "uptime\n" },
  targets: { instanceIds: ["i-a1"] },
};

export const bat = { content: "ver\r\n", type: "RunBatScript" };

/** What a `Command` hands over. */
export const command = {
  commandId: "c-hz01",
  name: "tidy",
  type: "RunShellScript",
  contentHash: "00",
  enableParameter: false,
  parameterNames: [],
  timeout: 60,
};

/** Ten placeholders. */
export const ten = "{{a}}{{b}}{{c}}{{d}}{{e}}{{f}}{{g}}{{h}}{{i}}{{j}}";

/** Nothing is left out of this version, so that every rule can be seen. */
export function check(
  change: Raw,
  context: Partial<CheckContext> = {},
): Checked<CommandInvocationInputs> {
  return checkCommandInvocation({ ...base, ...change }, { nowMs: 0, notYet: [], ...context });
}

export function refusals(change: Raw, context: Partial<CheckContext> = {}): readonly string[] {
  return check(change, context).problems.map(formatProblem);
}

export function warnings(change: Raw, context: Partial<CheckContext> = {}): readonly string[] {
  return check(change, context).warnings;
}

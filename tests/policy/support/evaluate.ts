import type { ResourceValidation, ResourceValidationPolicy } from "@pulumi/policy";
// Internal, but it is what the engine's server puts around the properties of a preview.
import * as proxy from "@pulumi/policy/proxy.js";
import { commandInvocationType } from "../../../provider/src/names.js";

const { unknownCheckingProxy, unknownStringValue } = proxy as unknown as {
  readonly unknownCheckingProxy: (props: object) => Record<string, unknown>;
  readonly unknownStringValue: string;
};

/** Stands for a value that is not known yet, as it reaches a policy. */
export const notKnown: string = unknownStringValue;

export type Subject = {
  readonly props: object;
  readonly type?: string;
  readonly name?: string;
  readonly config?: object;
};

export type Outcome = {
  readonly violations: readonly string[];
  /** What the engine would print as advice: a value was needed that is not known yet. */
  readonly undecided: string | undefined;
};

/** What a policy says of one resource, with the arguments that the engine's server would make. */
export function evaluate(policy: ResourceValidationPolicy, subject: Subject): Outcome {
  const violations: string[] = [];
  const { type = commandInvocationType, name = "sweep", props, config = {} } = subject;
  const args: Parameters<ResourceValidation>[0] = {
    type,
    name,
    urn: `urn:pulumi:dev::site::${type}::${name}`,
    props: unknownCheckingProxy(props),
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    },
    stackTags: new Map(),
    isType: () => false,
    asType: () => undefined,
    getConfig: () => config as never,
    notApplicable: () => {
      throw new Error("not applicable");
    },
  };
  const validate = policy.validateResource as ResourceValidation;
  try {
    void validate(args, (message) => violations.push(message));
    return { violations, undecided: undefined };
  } catch (reason) {
    return { violations, undecided: (reason as Error).message };
  }
}

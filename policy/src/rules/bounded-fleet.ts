import type { ResourceValidationPolicy } from "@pulumi/policy";
import { allowSchema, isAllowed } from "../allow.js";
import { isGiven, listAt, mapAt, numberAt, type Props } from "../reading.js";
import { invocationOf } from "../subject.js";

type Config = { readonly allowedSize?: number; readonly largestMax?: number };

/** Machines that a command may run on without saying how many are meant. */
const defaultAllowedSize = 50;

/**
 * Above the allowed size a command says the most machines that it may reach (`targets.expect.max`),
 * so that a tag on one machine too many stops it. Where machines are selected and it is not known how
 * many there are, it has to say so too.
 */
export const boundedFleet: ResourceValidationPolicy = {
  name: "bounded-fleet",
  displayName: "Large fleets have a bound",
  description:
    "A command on more machines than the allowed size says the most that it may reach, in targets.expect.max.",
  enforcementLevel: "mandatory",
  configSchema: {
    properties: {
      allowedSize: {
        type: "integer",
        minimum: 0,
        default: defaultAllowedSize,
        description: "Machines that a command may run on without targets.expect.max.",
      },
      largestMax: {
        type: "integer",
        minimum: 1,
        description: "The largest targets.expect.max that is accepted. Without it, any.",
      },
      ...allowSchema,
    },
  },
  validateResource: (args, reportViolation) => {
    const invocation = invocationOf(args);
    if (invocation === undefined || isAllowed(args)) return;
    const { allowedSize = defaultAllowedSize, largestMax } = args.getConfig<Config>();
    const violation = judge(invocation.props, allowedSize, largestMax);
    if (violation !== undefined) reportViolation(violation);
  },
};

function judge(
  props: Props,
  allowedSize: number,
  largestMax: number | undefined,
): string | undefined {
  const targets = mapAt(props, "targets");
  const max = numberAt(mapAt(targets, "expect"), "max");
  if (max !== undefined) {
    return largestMax !== undefined && max > largestMax
      ? `targets.expect.max is ${String(max)}, and at most ${String(largestMax)} is accepted. ` +
          "Lower it, or divide the machines among several resources."
      : undefined;
  }
  const size = sizeOf(props, targets);
  if (size === undefined) {
    return (
      "targets selects machines, and how many these are is not known here. Set " +
      "targets.expect.max to the most that may be reached."
    );
  }
  return size > allowedSize
    ? `The command runs on ${String(size)} machines, and more than ${String(allowedSize)} need a ` +
        "bound. Set targets.expect.max to the most that may be reached."
    : undefined;
}

/** Members by the plan, which the provider makes in every preview it can; else those that are named. */
function sizeOf(props: Props, targets: Props | undefined): number | undefined {
  const declared = listAt(targets, "instanceIds")?.length ?? 0;
  const selects = ["names", "tags", "resourceGroupId"].some((name) => isGiven(targets, name));
  if (!selects) return declared;
  const planned = numberAt(mapAt(mapAt(props, "plan"), "counts"), "members");
  return planned === undefined ? undefined : Math.max(planned, declared);
}

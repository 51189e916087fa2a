/** Exceptions by the name of the resource, the same for every rule. */
import type { PolicyConfigSchema, ResourceValidationArgs } from "@pulumi/policy";

/** The part of a rule's configuration that names its exceptions. */
export const allowSchema: PolicyConfigSchema["properties"] = {
  allow: {
    type: "array",
    items: { type: "string", minLength: 1 },
    default: [],
    description:
      "Names of resources that this rule leaves alone: exact, or the beginning and one * behind it.",
  },
};

/** Whether the configuration leaves this resource alone. */
export function isAllowed(args: Pick<ResourceValidationArgs, "getConfig" | "name">): boolean {
  const { allow = [] } = args.getConfig<{ readonly allow?: readonly string[] }>();
  return allow.some((pattern) =>
    pattern.endsWith("*") ? args.name.startsWith(pattern.slice(0, -1)) : args.name === pattern,
  );
}

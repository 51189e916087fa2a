import type { ResourceValidationPolicy } from "@pulumi/policy";
import { allowSchema, isAllowed } from "../allow.js";
import { isGiven, textAt } from "../reading.js";
import { invocationOf } from "../subject.js";

/**
 * A command that names no user runs as root, or as System on Windows. In a container the service
 * ignores the user, so that nothing is asked of those.
 */
export const ordinaryUser: ResourceValidationPolicy = {
  name: "ordinary-user",
  displayName: "Commands run as an ordinary user",
  description: "A command runs as an ordinary user, not as root or System.",
  enforcementLevel: "mandatory",
  configSchema: { properties: { ...allowSchema } },
  validateResource: (args, reportViolation) => {
    const invocation = invocationOf(args);
    if (invocation === undefined || isAllowed(args)) return;
    const { props } = invocation;
    if (isGiven(props, "container")) return;
    const username = textAt(props, "username");
    if (username !== undefined && !/^(?:root|system)$/i.test(username.trim())) return;
    reportViolation(
      "The command runs as root (on Windows as System). Set username to an ordinary user of the " +
        "machines; on Windows set windowsPasswordName too. If it needs root, have the owner of the " +
        `policies add ${JSON.stringify(args.name)} to "allow" of ordinary-user.`,
    );
  },
};

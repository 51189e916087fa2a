import type { ResourceValidationPolicy } from "@pulumi/policy";
import { allowSchema, isAllowed } from "../allow.js";
import { isGiven, mapAt, type Props, textAt } from "../reading.js";
import { invocationOf } from "../subject.js";

/**
 * A command that names no user runs as root, or as System on Windows. In a container the service
 * ignores the user, so that nothing is asked of those.
 */
export const ordinaryUser: ResourceValidationPolicy = {
  name: "ordinary-user",
  displayName: "Commands run as an ordinary user",
  description: "A command runs as an ordinary user, not as root, System or Administrator.",
  enforcementLevel: "mandatory",
  configSchema: { properties: { ...allowSchema } },
  validateResource: (args, reportViolation) => {
    const invocation = invocationOf(args);
    if (invocation === undefined || isAllowed(args)) return;
    const { props } = invocation;
    if (isGiven(props, "container")) return;
    const username = textAt(props, "username");
    if (username !== undefined && !isAllPowerful(username, props)) return;
    reportViolation(
      "The command runs as root (on Windows as System). Set username to an ordinary user of the " +
        "machines; on Windows set windowsPasswordName too. If it needs root, have the owner of the " +
        `policies add ${JSON.stringify(args.name)} to "allow" of ordinary-user.`,
    );
  },
};

/** Windows takes a name alone, and behind the machine, the domain or an authority; never by its case. */
function isAllPowerful(username: string, props: Props): boolean {
  const account = username.trim().toLowerCase();
  const name = account.slice(account.lastIndexOf("\\") + 1).replace(/@.*/s, "");
  if (/^(?:root|system|localsystem)$/.test(name)) return true;
  // Linux knows no such user, but one can be made there, and is an ordinary one.
  return name === "administrator" && !runsOnLinux(props);
}

function runsOnLinux(props: Props): boolean {
  const script = mapAt(props, "script");
  const type = isGiven(props, "script")
    ? (textAt(script, "type") ?? "RunShellScript")
    : (textAt(mapAt(props, "command"), "type") ??
      textAt(mapAt(mapAt(props, "plan"), "command"), "type"));
  return type === "RunShellScript";
}

import * as pulumi from "@pulumi/pulumi";
import type { Deadline } from "../inputs.js";

/** What the resource's own options become: a deadline, and the options handed to Pulumi. */
export type PreparedOptions = {
  readonly deadline: Deadline | undefined;
  readonly urn: pulumi.Input<string>;
};

/**
 * Refuses options that cannot do what they say, and reads the ones that become inputs.
 * @throws pulumi.RunError with every problem: the one error that the SDK prints as its message alone
 */
export function prepareOptions(
  name: string,
  type: string,
  opts: pulumi.CustomResourceOptions | undefined,
  connectionGiven: boolean,
): PreparedOptions {
  const problems = [
    ...importProblem(opts),
    ...providerProblem(opts),
    ...parentProblem(opts, connectionGiven),
  ];
  const deadline = readDeadline(opts?.customTimeouts, problems);
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `${name}: ${problem}`).join("\n"));
  }
  return { deadline, urn: urnOf(name, type, opts?.parent) };
}

/** Plain text without a parent, as the SDK has it: an output for each resource would be waited for. */
function urnOf(
  name: string,
  type: string,
  parent: pulumi.Resource | undefined,
): pulumi.Input<string> {
  if (parent !== undefined) return pulumi.createUrn(name, type, parent);
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${type}::${name}`;
}

function importProblem(opts: pulumi.CustomResourceOptions | undefined): readonly string[] {
  if (opts?.import === undefined) return [];
  return [
    "opts.import: a run cannot be imported. Given: an id to import. Allowed: no import. Take it out; " +
      "the input adoptInvocationIds takes over what runs already.",
  ];
}

type WithPackage = { readonly pkg?: unknown };

function packageOf(provider: unknown): string {
  const pkg = (provider as WithPackage | undefined)?.pkg;
  return typeof pkg === "string" ? pkg : "";
}

function providerProblem(opts: pulumi.CustomResourceOptions | undefined): readonly string[] {
  const pkg = packageOf(opts?.provider);
  if (opts?.provider === undefined || pkg === "pulumi-nodejs") return [];
  return [
    `opts.provider: a provider of another package has no effect here. Given: a provider of ` +
      `"${pkg}". Allowed: none. Take it out; region and credentials come from the stack's ` +
      `configuration, or from the input connection.`,
  ];
}

/** A parent hands its providers on, and the command would run in another account than they say. */
function parentProblem(
  opts: pulumi.CustomResourceOptions | undefined,
  connectionGiven: boolean,
): readonly string[] {
  if (connectionGiven || opts?.parent === undefined) return [];
  const providers = (opts.parent as { readonly __providers?: Record<string, unknown> }).__providers;
  if (providers?.alicloud === undefined) return [];
  return [
    "opts.parent: the parent has an alicloud provider of its own, which a command does not use. " +
      "Given: a parent with its own provider. Allowed: a connection that says where to run. Write " +
      "connection: {} to mean the stack's configuration, or name region and profile in it.",
  ];
}

function readDeadline(
  timeouts: pulumi.CustomTimeouts | undefined,
  problems: string[],
): Deadline | undefined {
  if (timeouts === undefined) return undefined;
  const deadline: { create?: number; update?: number; delete?: number } = {};
  for (const operation of ["create", "update", "delete"] as const) {
    const given = timeouts[operation];
    if (given === undefined) continue;
    const seconds = secondsOf(given);
    if (seconds === undefined) {
      problems.push(
        `opts.customTimeouts.${operation}: not a duration. Given: "${given}". Allowed: numbers with ` +
          `h, m or s, such as "1h30m". Write it so.`,
      );
    } else deadline[operation] = seconds;
  }
  return Object.keys(deadline).length === 0 ? undefined : deadline;
}

/** Seconds of a duration as Pulumi writes it: `"90s"`, `"1h30m"`. */
export function secondsOf(duration: string): number | undefined {
  const match = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(duration);
  if (match === null || duration === "") return undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

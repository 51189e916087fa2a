import { CloudAssistantError } from "../errors.js";
import type { Row } from "../inputs.js";
import { mustBeAccount } from "../lifecycle/account.js";
import { readMemberOutput } from "../lifecycle/member-output.js";
import { nameOf } from "../lifecycle/world.js";
import { named } from "../plan/targets.js";
import { harmless, tailText } from "../result/output.js";
import { byteRedactor, secretValues } from "../result/redact.js";
import type { CliDeps } from "./deps.js";
import { findByName, readInvocation } from "./invocation-resource.js";
import type { CommonOptions, Session } from "./session.js";
import { exportStack, hidesSecret, type StackResource, type StackState } from "./stack.js";

export type OutputCommandOptions = CommonOptions & {
  readonly stack?: string;
  readonly raw?: boolean;
  readonly showSecrets?: boolean;
};

/** `output`: all that the service keeps of what a command printed on one machine. */
export async function output(
  name: string,
  instanceId: string,
  options: OutputCommandOptions,
  session: Session,
  deps: CliDeps,
): Promise<void> {
  const { state, whole } = await readState(options, session, deps);
  const resource = findByName(state, name);
  const secrets = options.showSecrets === true ? [] : secretsOf(resource, whole);
  session.secrets.add(secrets);
  const saved = readInvocation(resource);
  const invokeId = invokeIdOf(saved.results, instanceId, name);
  const api = await session.api(saved.region, saved.connection);
  await mustBeAccount(api, saved);
  const { bytes, dropped } = await readMemberOutput(api, invokeId, instanceId, {});
  const kept = redactBytes(bytes, secrets);
  const exact = options.raw === true || (!deps.stdout.isTerminal && !inCi(deps.env));
  deps.stdout.write(exact ? kept : harmless(tailText(kept, kept.length)));
  if (dropped > 0) {
    deps.stderr.write(`${dropped} bytes in front of it were not kept by the service\n`);
  }
}

/** Secret values are needed to take them out; without them the rest may still be shown. */
async function readState(
  options: OutputCommandOptions,
  session: Session,
  deps: CliDeps,
): Promise<{ readonly state: StackState; readonly whole: boolean }> {
  const request = { cwd: session.cwd, stack: options.stack };
  try {
    return {
      state: await exportStack(deps.pulumi, { ...request, showSecrets: true }),
      whole: true,
    };
  } catch {
    const state = await exportStack(deps.pulumi, { ...request, showSecrets: false });
    return { state, whole: false };
  }
}

/**
 * The values that must not be shown.
 * @throws CloudAssistantError `SecretsHidden` when they are not known, or all of it is secret
 */
function secretsOf(resource: StackResource, whole: boolean): readonly string[] {
  const { outputs } = resource;
  const name = nameOf(resource.urn);
  if ((outputs.output as { readonly secret?: boolean } | undefined)?.secret === true) {
    throw new CloudAssistantError(
      "SecretsHidden",
      `The output of ${name} is secret as a whole (output.secret). Given: no --show-secrets. ` +
        `Allowed: --show-secrets, which shows it. Mind where it is shown.`,
    );
  }
  const paths = Array.isArray(outputs.secretInputs) ? outputs.secretInputs.map(String) : [];
  if (paths.length === 0 && !hidesSecret(outputs)) return [];
  const known = whole && !hidesSecret(outputs);
  if (known) return secretValues(outputs, paths);
  throw new CloudAssistantError(
    "SecretsHidden",
    `${name} has secret inputs (${named(paths, 5)}), and Pulumi does not tell their values here, so ` +
      `they cannot be taken out of the output. Given: a state whose secrets cannot be decrypted. ` +
      `Allowed: a state that can be. Set PULUMI_CONFIG_PASSPHRASE, or log in to the stack's secrets ` +
      `provider.`,
  );
}

function invokeIdOf(
  results: Readonly<Record<string, Row>> | undefined,
  instanceId: string,
  name: string,
): string {
  if (results === undefined) {
    throw new CloudAssistantError(
      "SecretsHidden",
      `The results of ${name} are secret, and Pulumi does not tell them here. Given: a state whose ` +
        `secrets cannot be decrypted. Allowed: a state that can be. Set PULUMI_CONFIG_PASSPHRASE, or ` +
        `log in to the stack's secrets provider.`,
    );
  }
  const row = results[instanceId];
  if (row?.invocationId !== undefined) return row.invocationId;
  const what = row === undefined ? "has no such machine" : `never ran on it (${row.status})`;
  throw new CloudAssistantError(
    "NotFound",
    `${name} ${what}. Given: "${instanceId}". Allowed: ` +
      `${named(Object.keys(results).filter((id) => results[id]?.invocationId !== undefined)) || "none"}. ` +
      `Write one of these.`,
  );
}

/** Bytes need not be text, so each is one character while secrets are taken out. */
function redactBytes(bytes: Buffer, secrets: readonly string[]): Buffer {
  const encode = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
  return Buffer.from(byteRedactor(secrets, encode)(bytes.toString("latin1")), "latin1");
}

/** Lines of a log that a CI runner reads may be orders to it. */
function inCi(env: CliDeps["env"]): boolean {
  const said = (name: string): boolean => !["", "0", "false", undefined].includes(env[name]);
  return [
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "TF_BUILD",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "BUILDKITE",
  ].some(said);
}

import type { CommandInvocationInputs, CommandType } from "../inputs.js";
import type { Hash } from "./hash.js";
import { childPath, indexPath, isWithin } from "../paths.js";
import { canonicalJson } from "./canonical-json.js";

/**
 * Who owns what a resource starts. A hash, kept in state for life: an alias, a new parent or a
 * renamed stack change the URN, not the owner.
 */
export function ownerOf(
  identity: {
    readonly accountId: string;
    readonly organization: string;
    readonly salt: string;
    readonly urn: string;
  },
  hash: Hash,
): string {
  return hash
    .sha256(
      canonicalJson([
        "owner",
        identity.accountId,
        identity.organization,
        identity.salt,
        identity.urn,
      ]),
    )
    .slice(0, 32);
}

/** The command as a run sees it: by content and type, never by id. */
export type CommandIdentity = { readonly contentHash: string; readonly type: CommandType };

/**
 * The hash of what a run does to a member. Targets are not in it, nor what is only saved. Secret
 * values enter it by scrypt with the owner as salt, so that a tag does not give them away.
 */
export async function inputHashOf(
  inputs: CommandInvocationInputs,
  command: CommandIdentity,
  owner: string,
  hash: Hash,
): Promise<string> {
  const what = {
    contentHash: hidesContent(inputs)
      ? `scrypt:${await hash.scrypt(command.contentHash, owner)}`
      : command.contentHash,
    type: command.type,
    parameters: inputs.parameters ?? {},
    enableParameter: inputs.enableParameter,
    username: effectiveUsername(inputs.username),
    windowsPasswordName: inputs.windowsPasswordName,
    workingDir: inputs.workingDir,
    launcher: inputs.launcher,
    container: inputs.container,
    triggers: inputs.triggers,
    ...(inputs.schedule === undefined ? {} : armingIdentity(inputs)),
  };
  const veiled = await veilSecrets(what, inputs.secretInputs ?? [], owner, hash);
  return hash.sha256(canonicalJson(veiled)).slice(0, 32);
}

/**
 * Whether the content is secret. Then its plain hash is kept out of what others may read: whoever
 * sees it can try guesses.
 */
export function hidesContent({ secretInputs = [] }: CommandInvocationInputs): boolean {
  return ["script.content", "command.contentHash"].some((content) =>
    secretInputs.some((secret) => isWithin(content, secret)),
  );
}

/** root and System are the defaults and are sent as no name at all. */
export function effectiveUsername(username: string | undefined): string | undefined {
  if (username === undefined || username === "") return undefined;
  return username === "root" || username.toLowerCase() === "system" ? undefined : username;
}

/**
 * What an invocation of a schedule is made with beside: it lives on, so that all of it counts. By
 * this hash a later operation tells whether it still is what is wanted.
 */
function armingIdentity(inputs: CommandInvocationInputs): Record<string, unknown> {
  const { suspend: _suspend, allow: _allow, ...schedule } = inputs.schedule ?? {};
  return {
    schedule,
    commandId: inputs.command?.commandId ?? inputs.commandId,
    timeout: inputs.timeout,
    terminationMode: inputs.terminationMode,
    ossOutputDelivery: inputs.ossOutputDelivery,
    tags: inputs.tags,
  };
}

/** Replaces each value at, or under, a secret path by its scrypt. */
async function veilSecrets(
  value: Record<string, unknown>,
  secretPaths: readonly string[],
  salt: string,
  hash: Hash,
): Promise<unknown> {
  const covers = (path: string): boolean => secretPaths.some((secret) => isWithin(path, secret));
  const veil = async (node: unknown, path: string): Promise<unknown> => {
    if (node === undefined) return undefined;
    if (covers(path)) return `scrypt:${await hash.scrypt(canonicalJson(node), salt)}`;
    if (Array.isArray(node)) {
      return Promise.all(node.map((item, index) => veil(item, indexPath(path, index))));
    }
    if (typeof node === "object" && node !== null) {
      const entries = await Promise.all(
        Object.entries(node).map(
          async ([key, item]) => [key, await veil(item, childPath(path, key))] as const,
        ),
      );
      return Object.fromEntries(entries);
    }
    return node;
  };
  return veil(value, "");
}

/** At create: from owner and input hash. */
export function firstRunId(owner: string, inputHash: string, hash: Hash): string {
  return hash.sha256(canonicalJson(["run", owner, inputHash])).slice(0, 32);
}

/** At every update that makes a new run. */
export function nextRunId(previousRunId: string, inputHash: string, hash: Hash): string {
  return hash.sha256(canonicalJson(["next", previousRunId, inputHash])).slice(0, 32);
}

/** When a token was answered with an invocation that is not current: never a random id. */
export function chainedRunId(runId: string, invokeId: string, hash: Hash): string {
  return hash.sha256(canonicalJson(["chained", runId, invokeId])).slice(0, 32);
}

/**
 * The ClientToken of one call: 64 hex characters, the most that the API takes. The same run,
 * members and attempts give the same token, so a repetition is recognised by the service.
 */
export function clientTokenOf(
  runId: string,
  members: readonly { readonly instanceId: string; readonly attempt: number }[],
  hash: Hash,
): string {
  return hash.sha256(canonicalJson(["call", runId, triesOf(members)]));
}

/** The ClientToken of a change to a living invocation: for newcomers, or for what is changed. */
export function changeTokenOf(
  runId: string,
  invokeId: string,
  what:
    | { readonly edits: readonly string[] }
    | { readonly members: readonly { readonly instanceId: string; readonly attempt: number }[] },
  hash: Hash,
): string {
  const change = "edits" in what ? [...what.edits].sort() : triesOf(what.members);
  return hash.sha256(canonicalJson(["change", runId, invokeId, change]));
}

function triesOf(
  members: readonly { readonly instanceId: string; readonly attempt: number }[],
): readonly string[] {
  return members.map((member) => `${member.instanceId}:${member.attempt}`).sort();
}

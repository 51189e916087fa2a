import { listInvocations, tagOf } from "../../client/invocations.js";
import type { CallOptions, CloudApi } from "../../client/port.js";
import type { CommandInvocationInputs } from "../../inputs.js";
import { tagKeys } from "../../names.js";
import { inputHashOf, ownerOf, type CommandIdentity } from "../../plan/identity.js";
import type { World } from "../world.js";

/**
 * Whether the same thing ran, or is living, under another owner: then this may be a rename, and
 * would run once more. One read by the tag of the input hash.
 *
 * @returns a line for people, or undefined
 */
export async function renameLine(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  command: CommandIdentity,
  accountId: string,
  world: World,
  options: CallOptions,
): Promise<string | undefined> {
  const owner = ownerOf(
    {
      accountId,
      organization: inputs.organization ?? "",
      salt: world.operator.ownerSalt,
      urn: inputs.resourceUrn,
    },
    world.hash,
  );
  const value = await inputHashOf(inputs, command, owner, world.hash);
  const found = await listInvocations(api, { tag: [{ key: tagKeys.hash, value }] }, options);
  const other = found.find(
    (one) => tagOf(one, tagKeys.owner) !== owner && tagOf(one, tagKeys.superseded) === undefined,
  );
  if (other === undefined) return undefined;
  return (
    `warning: the same ran before as another resource (${other.invokeId ?? ""}). If this is a ` +
    `rename, add \`aliases\` so that it does not run again`
  );
}

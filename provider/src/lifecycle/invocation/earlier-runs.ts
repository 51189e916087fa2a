import { listInvocations, tagOf } from "../../client/invocations.js";
import type { CallOptions, CloudApi, InvocationFound } from "../../client/port.js";
import type { CommandInvocationInputs } from "../../inputs.js";
import { tagKeys } from "../../names.js";
import { inputHashOf, ownerOf, type CommandIdentity } from "../../plan/identity.js";
import { isAlive } from "../../plan/schedule-end.js";
import { statusFromService } from "../../result/status.js";
import type { World } from "../world.js";

/** What a preview learns of runs that were made already. */
export type EarlierRuns = {
  /** Machines that the current run of this resource has reached with these very inputs. */
  readonly reached: ReadonlySet<string>;
  /** Says that the same ran on the same machines as another resource: perhaps a rename. */
  readonly rename: string | undefined;
};

/**
 * One read by the tag of the input hash. After an update that failed, or was killed, the engine
 * still holds the old inputs (docs/discoveries/engine.md): they look changed, and yet the run was
 * made. What it has reached is not run again, so the plan leaves it out; and what ran on the same
 * machines under another owner may be a rename. Rings share a script, and no machine.
 *
 * @param members who this resource is on; undefined where that is not known
 */
export async function earlierRuns(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  command: CommandIdentity,
  accountId: string,
  members: readonly string[] | undefined,
  world: World,
  options: CallOptions,
): Promise<EarlierRuns> {
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
  const schedule = inputs.schedule !== undefined;
  const current = found.filter(
    (one) =>
      tagOf(one, tagKeys.superseded) === undefined &&
      (!schedule || membersOf(one, schedule).length > 0),
  );
  const ours = current.filter((one) => tagOf(one, tagKeys.owner) === owner);
  const here = members === undefined ? undefined : new Set(members);
  const other = current.find(
    (one) =>
      tagOf(one, tagKeys.owner) !== owner &&
      membersOf(one, schedule).some((id) => here?.has(id) !== false),
  );
  return {
    reached: new Set(ours.flatMap((one) => membersOf(one, schedule))),
    rename:
      other === undefined || ours.length > 0
        ? undefined
        : `warning: the same ${schedule ? "is armed" : "ran before"} as another resource ` +
          `(${other.invokeId ?? ""}), on machines of this one. If this is a rename, add ` +
          `\`aliases\` so that it ${schedule ? "is not armed a second time" : "does not run again"}`,
  };
}

/** Machines that an invocation was for; of a schedule only those that it is still armed for. */
function membersOf(found: InvocationFound, schedule: boolean): readonly string[] {
  return (found.invokeInstances?.invokeInstance ?? [])
    .filter((seen) => !schedule || isAlive(statusFromService(seen.invocationStatus)))
    .map((seen) => seen.instanceId ?? "");
}

import { COMMAND_TYPE_OS, type CommandType } from "cloud-assistant-api";
import type { TagInput } from "../../validations/rules/fields.js";
import { refuse, type Refused } from "../../validations/rules/refusal.js";
import type { Call } from "./call.js";
import { matchesTags } from "./tagging.js";

export type TargetArgs = {
  readonly InstanceId: readonly string[];
  readonly ResourceTag: readonly TagInput[];
  readonly ResourceGroupId?: string | undefined;
};

/**
 * The instances of a call, resolved once. Whether one that cannot be refuses the call or only gets a
 * row that says so is a dial: the documentation can be read both ways.
 */
export function resolveTargets(
  call: Call,
  args: TargetArgs,
  type: CommandType,
): readonly string[] | Refused {
  if (args.InstanceId.length > 0 && args.ResourceTag.length > 0) {
    return refuse("InvalidResourceTag.ConflictWithInstanceIds");
  }
  const ids = args.ResourceTag.length > 0 ? byTag(call, args.ResourceTag) : args.InstanceId;
  if (ids.length === 0) {
    return refuse(
      args.ResourceTag.length > 0
        ? "InvalidResourceTag.InstanceNotFound"
        : "MissingParam.InstanceId",
    );
  }
  if (ids.length > call.limits.instancesPerCall) return refuse("InstanceIds.ExceedLimit");
  return checkTargets(call, ids, type, args.ResourceGroupId) ?? ids;
}

export function checkTargets(
  call: Call,
  ids: readonly string[],
  type: CommandType,
  resourceGroupId: string | undefined,
): Refused | undefined {
  if (call.limits.oneBadInstance === "fails-instance") return undefined;
  for (const id of ids) {
    const instance = call.realm.instances.get(id);
    if (instance === undefined) return refuse("InvalidInstance.NotFound");
    if (instance.osType !== COMMAND_TYPE_OS[type]) return refuse("InvalidInstance.NotMatch");
    const elsewhere =
      resourceGroupId !== undefined &&
      resourceGroupId !== "" &&
      instance.resourceGroupId !== "" &&
      instance.resourceGroupId !== resourceGroupId;
    if (elsewhere) return refuse("InvalidInstance.NotMatch");
  }
  return undefined;
}

/** ECS and managed instances alike. */
function byTag(call: Call, filter: readonly TagInput[]): string[] {
  const found: string[] = [];
  for (const instance of call.realm.instances.values()) {
    if (matchesTags(instance.tags, filter)) found.push(instance.id);
  }
  return found;
}

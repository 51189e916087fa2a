import type { InvocationRecord } from "../../state/records.js";
import type { TagInput } from "../../validations/rules/fields.js";
import type { Call } from "./call.js";
import { matchesTags } from "./tagging.js";

export type InvocationFilter = {
  readonly InvokeId: string | undefined;
  readonly CommandId: string | undefined;
  readonly InstanceId: string | undefined;
  readonly ResourceGroupId: string | undefined;
  readonly Tag: readonly TagInput[];
};

/**
 * Invocations that a filter's ids, group and tags let through, the newest first. A filter by tags
 * sees no more than a thousand of them. [sdk]
 */
export function candidates(call: Call, filter: InvocationFilter): InvocationRecord[] {
  const { realm } = call;
  const found = [...named(call, filter)].filter((invocation) => {
    if (filter.CommandId && invocation.commandId !== filter.CommandId) return false;
    if (filter.InstanceId && realm.task(invocation.id, filter.InstanceId) === undefined)
      return false;
    if (filter.ResourceGroupId && invocation.resourceGroupId !== filter.ResourceGroupId)
      return false;
    return matchesTags(invocation.tags, filter.Tag);
  });
  found.sort((one, other) => other.seq - one.seq);
  return filter.Tag.length > 0 ? found.slice(0, call.limits.filteredResources) : found;
}

/** By the shortest way: an id, the instance's own, or all. */
function* named(call: Call, filter: InvocationFilter): Generator<InvocationRecord> {
  const { realm } = call;
  if (filter.InvokeId) {
    const one = realm.invocations.get(filter.InvokeId);
    if (one !== undefined) yield one;
  } else if (filter.InstanceId) {
    for (const invokeId of realm.invocationsOf.get(filter.InstanceId) ?? []) {
      const one = realm.invocations.get(invokeId);
      if (one !== undefined) yield one;
    }
  } else {
    yield* realm.invocations.values();
  }
}

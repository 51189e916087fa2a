import { TAGGABLE_RESOURCES, type TaggableResource } from "cloud-assistant-api";
import type { Change } from "../../state/change.js";
import type { CommandRecord, InstanceRecord, InvocationRecord, Tags } from "../../state/records.js";
import type { Realm } from "../../state/realm.js";
import { refuse, type Refused } from "../../validations/rules/refusal.js";

/** Something that carries tags, whatever it is. */
export type Resource = {
  readonly id: string;
  readonly seq: number;
  readonly tags: Tags;
  /** "" is the default group. */
  readonly resourceGroupId: string;
  readonly withTags: (tags: Tags) => Change;
};

/**
 * In the order in which they were made, from one on. One after the other: a page of a large fleet
 * does not make the whole of it.
 */
export function* resourcesFrom(
  realm: Realm,
  type: TaggableResource,
  seq: number,
): Generator<Resource> {
  switch (type) {
    case "command":
      for (const one of realm.commands.values()) if (one.seq >= seq) yield ofCommand(one);
      return;
    case "invocation":
      for (const one of [...realm.invocations.values()].sort(bySeq)) {
        if (one.seq >= seq) yield ofInvocation(one);
      }
      return;
    case "instance":
    case "managedinstance":
      for (const one of realm.instances.values()) {
        if (one.seq >= seq && one.managed === (type === "managedinstance")) yield ofInstance(one);
      }
  }
}

function bySeq(one: InvocationRecord, other: InvocationRecord): number {
  return one.seq - other.seq;
}

/** The resources of a request, in its order. One that does not exist refuses all. */
export function taggedResources(
  realm: Realm,
  type: string,
  ids: readonly string[],
): readonly Resource[] | Refused {
  const known = TAGGABLE_RESOURCES.find((name) => name === type.toLowerCase());
  if (known === undefined) return refuse("InvalidResourceType.NotFound");
  const found = ids.flatMap((id) => oneResource(realm, known, id) ?? []);
  return found.length < ids.length ? refuse("InvalidResourceId.NotFound") : found;
}

function oneResource(realm: Realm, type: TaggableResource, id: string): Resource | undefined {
  switch (type) {
    case "command": {
      const command = realm.commands.get(id);
      return command && ofCommand(command);
    }
    case "invocation": {
      const invocation = realm.invocations.get(id);
      return invocation && ofInvocation(invocation);
    }
    case "instance":
    case "managedinstance": {
      const instance = realm.instances.get(id);
      return instance?.managed === (type === "managedinstance") ? ofInstance(instance) : undefined;
    }
  }
}

function ofCommand(value: CommandRecord): Resource {
  return { ...shown(value), withTags: (tags) => ({ put: "command", value: { ...value, tags } }) };
}

function ofInvocation(value: InvocationRecord): Resource {
  return {
    ...shown(value),
    withTags: (tags) => ({ put: "invocation", value: { ...value, tags } }),
  };
}

function ofInstance(value: InstanceRecord): Resource {
  return { ...shown(value), withTags: (tags) => ({ put: "instance", value: { ...value, tags } }) };
}

function shown({
  id,
  seq,
  tags,
  resourceGroupId,
}: Omit<Resource, "withTags">): Omit<Resource, "withTags"> {
  return { id, seq, tags, resourceGroupId };
}

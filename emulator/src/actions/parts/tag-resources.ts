import { TAGGABLE_RESOURCES, type TaggableResource } from "cloud-assistant-api";
import type { Change } from "../../state/change.js";
import type { Tags } from "../../state/records.js";
import type { Realm } from "../../state/realm.js";
import { refuse, type Refused } from "../../validations/rules/refusal.js";

/** Something that carries tags, whatever it is. */
export type Resource = {
  readonly id: string;
  readonly seq: number;
  readonly tags: Tags;
  readonly withTags: (tags: Tags) => Change;
};

export function allResources(realm: Realm, type: TaggableResource): Resource[] {
  switch (type) {
    case "command":
      return [...realm.commands.values()].map((value) => ({
        ...partsOf(value),
        withTags: (tags) => ({ put: "command", value: { ...value, tags } }),
      }));
    case "invocation":
      return [...realm.invocations.values()]
        .sort((one, other) => one.seq - other.seq)
        .map((value) => ({
          ...partsOf(value),
          withTags: (tags) => ({ put: "invocation", value: { ...value, tags } }),
        }));
    case "instance":
    case "managedinstance":
      return [...realm.instances.values()]
        .filter(({ managed }) => managed === (type === "managedinstance"))
        .map((value) => ({
          ...partsOf(value),
          withTags: (tags) => ({ put: "instance", value: { ...value, tags } }),
        }));
  }
}

/** The resources of a request, in its order. One that does not exist refuses all. */
export function taggedResources(
  realm: Realm,
  type: string,
  ids: readonly string[],
): readonly Resource[] | Refused {
  const known = TAGGABLE_RESOURCES.find((name) => name === type.toLowerCase());
  if (known === undefined) return refuse("InvalidResourceType.NotFound");
  const byId = new Map(allResources(realm, known).map((resource) => [resource.id, resource]));
  const found = ids.flatMap((id) => byId.get(id) ?? []);
  return found.length < ids.length ? refuse("InvalidResourceId.NotFound") : found;
}

function partsOf(value: { readonly id: string; readonly seq: number; readonly tags: Tags }) {
  return { id: value.id, seq: value.seq, tags: value.tags };
}

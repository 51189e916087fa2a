import {
  TAGGABLE_RESOURCES,
  type TagResourceOut,
  type TaggableResource,
} from "cloud-assistant-api";
import type { Tags } from "../state/records.js";
import type { listTagResources as rules } from "../validations/listTagResources.js";
import type { Args, TagFilterInput, TagInput } from "../validations/rules/fields.js";
import { isRefused, refuse, type Refused } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";
import { pageOfMade, type Place } from "./parts/paging.js";
import { resourcesFrom, type Resource } from "./parts/tag-resources.js";
import { matchesTags } from "./parts/tagging.js";
import { matchesWildcard } from "./parts/wildcard.js";

/** A row for each tag of each resource that is named, or that has all the tags asked for. */
export const listTagResources: Handler<typeof rules> = (call, args) => {
  const type = TAGGABLE_RESOURCES.find((name) => name === args.ResourceType.toLowerCase());
  if (type === undefined) return refuse("InvalidResourceType.NotFound");
  const asked = whatIsAsked(args);
  if (isRefused(asked)) return asked;
  const named = args.ResourceId.length > 0 ? new Set(args.ResourceId) : undefined;
  const page = pageOfMade(
    ([seq = 0]) => {
      const resources = resourcesFrom(call.realm, type, seq);
      return rowsOf(resources, type, { ...asked, named });
    },
    ({ place }) => place,
    { size: call.limits.tagPageSize, token: args.NextToken },
  );
  if (isRefused(page)) return page;
  return {
    body: {
      NextToken: page.nextToken,
      TagResources: { TagResource: page.items.map(({ out }) => out) },
    },
  };
};

/** As a key: the resources of that group, which is not the default one. [sdk] */
const RESOURCE_GROUP_TAG_KEY = "acs:rm:rgId";

type Asked = {
  readonly matches: (resource: Resource) => boolean;
  readonly tagsOf: (resource: Resource) => Tags;
};

function* rowsOf(
  resources: Iterable<Resource>,
  type: TaggableResource,
  { matches, tagsOf, named }: Asked & { readonly named: ReadonlySet<string> | undefined },
): Generator<{ readonly place: Place; readonly out: TagResourceOut }> {
  for (const resource of resources) {
    if (named?.has(resource.id) === false || !matches(resource)) continue;
    for (const [index, [key, value]] of Object.entries(tagsOf(resource)).entries()) {
      yield { place: [resource.seq, index], out: row(resource.id, type, key, value) };
    }
  }
}

function whatIsAsked({
  ResourceId,
  Tag,
  TagFilter,
}: Pick<Args<typeof rules>, "ResourceId" | "Tag" | "TagFilter">): Asked | Refused {
  if (Tag.length > 0 && TagFilter.length > 0) return refuse("InvalidTag.Mismatch");
  if (ResourceId.length + Tag.length + TagFilter.length === 0) {
    return refuse("MissingParameter.Tags");
  }
  const tagsOf = ({ tags }: Resource): Tags => tags;
  const group = Tag.find(({ key }) => key === RESOURCE_GROUP_TAG_KEY);
  if (group !== undefined) return groupAsked(group, Tag);
  return {
    matches: ({ tags }) =>
      matchesTags(tags, Tag) && TagFilter.every((filter) => matchesFilter(tags, filter)),
    tagsOf,
  };
}

/** The resources of a group, by a key that no tag can have and that stands alone. */
function groupAsked({ value }: TagInput, all: readonly TagInput[]): Asked | Refused {
  if (all.length > 1) return refuse("InvalidTag.Mismatch");
  if (value === undefined || !/^rg-\w+$/.test(value)) return refuse("InvalidTagValue.Malformed");
  return {
    matches: ({ resourceGroupId }) => resourceGroupId === value,
    tagsOf: ({ tags }) => ({ [RESOURCE_GROUP_TAG_KEY]: value, ...tags }),
  };
}

function matchesFilter(tags: Tags, { key, values }: TagFilterInput): boolean {
  if (values.length === 0) return Object.keys(tags).some((found) => matchesWildcard(key, found));
  const found = Object.hasOwn(tags, key) ? tags[key] : undefined;
  return found !== undefined && values.some((value) => matchesWildcard(value, found));
}

function row(
  ResourceId: string,
  ResourceType: TaggableResource,
  TagKey: string,
  TagValue: string,
): TagResourceOut {
  return { ResourceId, ResourceType, TagKey, TagValue };
}

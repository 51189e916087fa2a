import {
  TAGGABLE_RESOURCES,
  type TagResourceOut,
  type TaggableResource,
} from "cloud-assistant-api";
import type { listTagResources as rules } from "../validations/listTagResources.js";
import { isRefused, refuse } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";
import { pageOf } from "./parts/paging.js";
import { allResources } from "./parts/tag-resources.js";
import { matchesTags } from "./parts/tagging.js";

/** A row for each tag of each resource that is named, or that has all the tags asked for. */
export const listTagResources: Handler<typeof rules> = (call, args) => {
  const type = TAGGABLE_RESOURCES.find((name) => name === args.ResourceType.toLowerCase());
  if (type === undefined) return refuse("InvalidResourceType.NotFound");
  if (args.ResourceId.length === 0 && args.Tag.length === 0) {
    return refuse("MissingParameter.Tags");
  }
  const named = args.ResourceId.length > 0 ? new Set(args.ResourceId) : undefined;
  const rows: { readonly place: readonly number[]; readonly out: TagResourceOut }[] = [];
  for (const resource of allResources(call.realm, type)) {
    if (named?.has(resource.id) === false || !matchesTags(resource.tags, args.Tag)) continue;
    for (const [index, [key, value]] of Object.entries(resource.tags).entries()) {
      rows.push({ place: [resource.seq, index], out: row(resource.id, type, key, value) });
    }
  }
  const page = pageOf(rows, ({ place }) => place, {
    MaxResults: call.limits.tagPageSize,
    NextToken: args.NextToken,
  });
  if (isRefused(page)) return page;
  return {
    body: {
      NextToken: page.paging.NextToken ?? "",
      TagResources: { TagResource: page.items.map(({ out }) => out) },
    },
  };
};

function row(
  ResourceId: string,
  ResourceType: TaggableResource,
  TagKey: string,
  TagValue: string,
): TagResourceOut {
  return { ResourceId, ResourceType, TagKey, TagValue };
}

import { TAG_RULES } from "cloud-assistant-api";
import type { tagResources as rules } from "../validations/tagResources.js";
import { isRefused, refuse } from "../validations/rules/refusal.js";
import type { Change } from "../state/change.js";
import type { Handler } from "./parts/call.js";
import { taggedResources } from "./parts/tag-resources.js";
import { tagsRecord } from "./parts/tagging.js";

/** All resources or none. A key that is there gets the new value. */
export const tagResources: Handler<typeof rules> = (call, args) => {
  if (args.Tag.length === 0) return refuse("MissingParameter.Tags");
  const resources = taggedResources(call.realm, args.ResourceType, args.ResourceId);
  if (isRefused(resources)) return resources;
  const changes: Change[] = [];
  for (const resource of resources) {
    const tags = { ...resource.tags, ...tagsRecord(args.Tag) };
    if (Object.keys(tags).length > TAG_RULES.perResource.value) return refuse("QuotaExceed.Tags");
    changes.push(resource.withTags(tags));
  }
  return { body: {}, changes };
};

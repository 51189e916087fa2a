import type { untagResources as rules } from "../validations/untagResources.js";
import { isRefused } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";
import { taggedResources } from "./parts/tag-resources.js";

/** `All` counts only where no key is named. */
export const untagResources: Handler<typeof rules> = (call, args) => {
  const resources = taggedResources(call.realm, args.ResourceType, args.ResourceId);
  if (isRefused(resources)) return resources;
  const all = args.All === true && args.TagKey.length === 0;
  return {
    body: {},
    changes: resources.map((resource) => {
      const left = Object.entries(resource.tags).filter(
        ([key]) => !all && !args.TagKey.includes(key),
      );
      return resource.withTags(Object.fromEntries(left));
    }),
  };
};

import type { TagsOut } from "cloud-assistant-api";
import type { Tags } from "../../state/records.js";
import type { TagInput } from "../../validations/rules/fields.js";

export function tagsRecord(tags: readonly TagInput[]): Tags {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value ?? ""]));
}

/** All must match; a filter without a value matches any. */
export function matchesTags(tags: Tags, filter: readonly TagInput[]): boolean {
  return filter.every(({ key, value }) => {
    const found = Object.hasOwn(tags, key) ? tags[key] : undefined;
    return found !== undefined && (value === undefined || value === found);
  });
}

export function tagsOut(tags: Tags): TagsOut {
  return {
    Tag: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
  };
}

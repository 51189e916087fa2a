import { DEFAULT_LIMITS, TAG_RULES } from "cloud-assistant-api";
import { boolean, list, text, validation } from "./rules/fields.js";

export const untagResources = validation({
  ResourceType: text({ required: "MissingParameter.ResourceType" }),
  ResourceId: list({
    required: "MissingParameter.ResourceIds",
    max: { count: DEFAULT_LIMITS.tagResourcesPerCall.value, code: "NumberExceed.ResourceIds" },
  }),
  TagKey: list({ max: { count: TAG_RULES.perRequest.value, code: "NumberExceed.Tags" } }),
  All: boolean(),
});

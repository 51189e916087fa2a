import { DEFAULT_LIMITS, TAG_RULES } from "cloud-assistant-api";
import { TAG_CODES } from "./rules/common.js";
import { list, tags, text, validation } from "./rules/fields.js";

export const tagResources = validation({
  ResourceType: text({ required: "MissingParameter.ResourceType" }),
  ResourceId: list({
    required: "MissingParameter.ResourceIds",
    max: { count: DEFAULT_LIMITS.tagResourcesPerCall.value, code: "NumberExceed.ResourceIds" },
  }),
  Tag: tags({
    max: TAG_RULES.perRequest.value,
    codes: { ...TAG_CODES, keyMissing: "InvalidParameter.TagValue" },
    keyLength: TAG_RULES.keyCharactersOfTagResources.value,
  }),
});

import { DEFAULT_LIMITS, TAG_RULES } from "cloud-assistant-api";
import { TAG_CODES } from "./rules/common.js";
import { list, tagFilters, tags, text, validation } from "./rules/fields.js";

/** No MaxResults: the service chooses the size of a page. The numbers of TagFilter are the SDK's. */
export const listTagResources = validation({
  ResourceType: text({ required: "MissingParameter.ResourceType" }),
  ResourceId: list({
    max: { count: DEFAULT_LIMITS.tagResourcesPerCall.value, code: "NumberExceed.ResourceIds" },
  }),
  Tag: tags({
    max: TAG_RULES.perRequest.value,
    codes: { ...TAG_CODES, keyMissing: "InvalidParameter.TagValue" },
    keyLength: TAG_RULES.keyCharactersOfTagResources.value,
    asks: true,
  }),
  TagFilter: tagFilters({
    max: 5,
    maxValues: 5,
    keyLength: TAG_RULES.keyCharactersOfTagResources.value,
    codes: TAG_CODES,
  }),
  NextToken: text(),
});

import { COMMAND_TYPES, DEFAULT_LIMITS } from "cloud-assistant-api";
import { CONTENT_ENCODING, PAGING, TAG } from "./rules/common.js";
import { boolean, text, validation } from "./rules/fields.js";

export const describeCommands = validation({
  CommandId: text(),
  Name: text({
    max: {
      length: DEFAULT_LIMITS.nameCharacters.value,
      unit: "characters",
      code: "InvalidName.LengthLimitExceeded",
    },
  }),
  Description: text({
    max: {
      length: DEFAULT_LIMITS.descriptionCharacters.value,
      unit: "characters",
      code: "InvalidDescription.LengthLimitExceeded",
    },
  }),
  Type: text({ values: { among: COMMAND_TYPES, code: "InvalidCommandType.NotFound" } }),
  Provider: text(),
  Latest: boolean(),
  ContentEncoding: CONTENT_ENCODING,
  ResourceGroupId: text(),
  Tag: TAG,
  ...PAGING,
});

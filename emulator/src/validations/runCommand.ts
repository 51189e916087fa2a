import { COMMAND_TYPES, DEFAULT_LIMITS } from "cloud-assistant-api";
import { CONTENT_ENCODING, DESCRIPTION, NAME, invocationFields } from "./rules/common.js";
import { boolean, text, validation } from "./rules/fields.js";

export const runCommand = validation({
  Type: text({
    required: true,
    values: { among: COMMAND_TYPES, code: "InvalidCmdType.NotFound" },
  }),
  CommandContent: text({ required: true }),
  ContentEncoding: CONTENT_ENCODING,
  Name: NAME,
  Description: DESCRIPTION,
  EnableParameter: boolean(),
  KeepCommand: boolean(),
  ...invocationFields(DEFAULT_LIMITS.resourceTagsPerRun.value),
});

import { DEFAULT_LIMITS } from "cloud-assistant-api";
import { invocationFields } from "./rules/common.js";
import { text, validation } from "./rules/fields.js";

export const invokeCommand = validation({
  CommandId: text({ required: true }),
  ...invocationFields(DEFAULT_LIMITS.resourceTagsPerInvoke.value),
});

import { CONTENT_ENCODING, PAGING, TAG } from "./rules/common.js";
import { boolean, text, validation } from "./rules/fields.js";

export const describeInvocations = validation({
  InvokeId: text(),
  CommandId: text(),
  CommandName: text(),
  CommandType: text(),
  InstanceId: text(),
  InvokeStatus: text(),
  RepeatMode: text(),
  Timed: boolean(),
  IncludeOutput: boolean(),
  ContentEncoding: CONTENT_ENCODING,
  ResourceGroupId: text(),
  Tag: TAG,
  ...PAGING,
});

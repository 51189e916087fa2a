import { CONTENT_ENCODING, PAGING, TAG } from "./rules/common.js";
import { boolean, text, validation } from "./rules/fields.js";

export const describeInvocationResults = validation({
  InvokeId: text(),
  CommandId: text(),
  InstanceId: text(),
  InvokeRecordStatus: text(),
  IncludeHistory: boolean(),
  ContentEncoding: CONTENT_ENCODING,
  ResourceGroupId: text(),
  Tag: TAG,
  ...PAGING,
});

import { CLIENT_TOKEN, CONTENT_ENCODING } from "./rules/common.js";
import { boolean, list, text, validation } from "./rules/fields.js";

export const modifyInvocationAttribute = validation({
  ClientToken: CLIENT_TOKEN,
  InvokeId: text({ required: true }),
  CommandContent: text(),
  ContentEncoding: CONTENT_ENCODING,
  Parameters: text(),
  EnableParameter: boolean(),
  Frequency: text(),
  InstanceId: list({
    max: { count: "instancesPerModify", code: "InvalidInstanceId.CountLimitExceeded" },
  }),
});

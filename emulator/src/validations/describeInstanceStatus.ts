import { DEFAULT_LIMITS } from "cloud-assistant-api";
import { integer, list, text, validation } from "./rules/fields.js";

/** No NextToken here. */
export const describeInstanceStatus = validation({
  InstanceId: list({
    max: { count: DEFAULT_LIMITS.instancesPerDescribe.value, code: "InstanceIds.ExceedLimit" },
  }),
  ZoneId: text(),
  PageNumber: integer({ min: 1, code: "InvalidParam.PageNumber" }),
  PageSize: integer({
    min: 1,
    max: DEFAULT_LIMITS.pageSizeMaximum.value,
    code: "InvalidParam.PageSize",
  }),
});

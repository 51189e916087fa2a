import { DEFAULT_LIMITS } from "cloud-assistant-api";
import { PAGING } from "./rules/common.js";
import { list, text, validation } from "./rules/fields.js";

export const describeCloudAssistantStatus = validation({
  InstanceId: list({
    max: {
      count: DEFAULT_LIMITS.instancesPerStatusRead.value,
      code: "InstanceIds.ExceedLimit",
    },
  }),
  OSType: text(),
  ...PAGING,
});

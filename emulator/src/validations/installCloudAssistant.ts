import { DEFAULT_LIMITS } from "cloud-assistant-api";
import { list, validation } from "./rules/fields.js";

export const installCloudAssistant = validation({
  InstanceId: list({
    required: "MissingParam.InstanceId",
    max: { count: DEFAULT_LIMITS.instancesPerInstall.value, code: "InstanceIds.ExceedLimit" },
  }),
});

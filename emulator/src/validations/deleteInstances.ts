import { DEFAULT_LIMITS } from "cloud-assistant-api";
import { CLIENT_TOKEN } from "./rules/common.js";
import { boolean, list, validation } from "./rules/fields.js";

export const deleteInstances = validation({
  ClientToken: CLIENT_TOKEN,
  InstanceId: list({
    required: "MissingParam.InstanceId",
    max: { count: DEFAULT_LIMITS.instancesPerPowerCall.value, code: "InstanceIds.ExceedLimit" },
  }),
  Force: boolean(),
  DryRun: boolean(),
});

import { DEFAULT_LIMITS } from "cloud-assistant-api";
import { PAGING, TAG } from "./rules/common.js";
import { boolean, list, text, validation } from "./rules/fields.js";

export const describeManagedInstances = validation({
  InstanceId: list({
    max: { count: DEFAULT_LIMITS.managedInstancesPerRead.value, code: "InstanceIds.ExceedLimit" },
  }),
  InstanceName: text(),
  InstanceIp: text(),
  OsType: text(),
  ActivationId: text(),
  MachineId: text(),
  Connected: boolean(),
  ResourceGroupId: text(),
  Tag: TAG,
  ...PAGING,
});

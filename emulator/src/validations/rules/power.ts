import { DEFAULT_LIMITS } from "cloud-assistant-api";
import { boolean, list, text } from "./fields.js";

/** Start-, Stop- and RebootInstances. */
export function severalInstances() {
  return {
    InstanceId: list({
      required: "MissingParam.InstanceId",
      max: { count: DEFAULT_LIMITS.instancesPerPowerCall.value, code: "InstanceIds.ExceedLimit" },
    }),
    BatchOptimization: text({
      values: { among: ["AllTogether", "SuccessFirst"], code: "InvalidParameter" },
    }),
    ForceStop: boolean(),
    ForceReboot: boolean(),
    DryRun: boolean(),
  } as const;
}

import { list, text, validation } from "./rules/fields.js";

export const stopInvocation = validation({
  InvokeId: text({ required: true }),
  InstanceId: list({ max: { count: "instancesPerStop", code: "InstanceIds.ExceedLimit" } }),
});

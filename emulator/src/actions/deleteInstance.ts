import type { deleteInstance as rules } from "../validations/deleteInstance.js";
import { refuse } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";
import { whyNotReleased } from "./parts/release.js";

export const deleteInstance: Handler<typeof rules> = (call, args) => {
  const problem = whyNotReleased(call.find(args.InstanceId)?.instance, args.Force);
  if (problem !== undefined) return problem;
  if (args.DryRun === true) return refuse("DryRunOperation");
  return { body: {}, effects: [{ kind: "release", instanceId: args.InstanceId }] };
};

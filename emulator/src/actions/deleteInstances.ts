import type { deleteInstances as rules } from "../validations/deleteInstances.js";
import { refuse } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";
import { whyNotReleased } from "./parts/release.js";

/** All of them or none. */
export const deleteInstances: Handler<typeof rules> = (call, args) => {
  for (const id of args.InstanceId) {
    const problem = whyNotReleased(call.realm.instances.get(id), args.Force);
    if (problem !== undefined) return problem;
  }
  if (args.DryRun === true) return refuse("DryRunOperation");
  return {
    body: {},
    effects: args.InstanceId.map((instanceId) => ({ kind: "release", instanceId })),
  };
};

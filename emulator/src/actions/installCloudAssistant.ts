import type { installCloudAssistant as rules } from "../validations/installCloudAssistant.js";
import { refuse } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";

/** Takes effect at the next start of each instance, not before. */
export const installCloudAssistant: Handler<typeof rules> = (call, args) => {
  const instances = args.InstanceId.map((id) => call.realm.instances.get(id));
  const known = instances.filter((instance) => instance !== undefined && !instance.managed);
  if (known.length < instances.length) return refuse("InvalidInstance.NotFound");
  return {
    body: {},
    changes: known
      .filter((instance) => instance !== undefined)
      .filter(({ agent }) => !agent.installed)
      .map((instance) => ({
        put: "instance",
        value: { ...instance, agent: { ...instance.agent, installPending: true } },
      })),
  };
};

import type { stopInvocation as rules } from "../validations/stopInvocation.js";
import { refuse } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";

/** Without InstanceId all of the invocation's. One that is finished already is a success. */
export const stopInvocation: Handler<typeof rules> = (call, args) => {
  const invocation = call.realm.invocations.get(args.InvokeId);
  if (invocation === undefined) return refuse("InvalidInvokeId.NotFound");
  const tasks = call.realm.tasksOf(args.InvokeId);
  if (args.InstanceId.some((id) => !tasks.has(id))) return refuse("InvalidInstanceId.NotFound");
  const instanceIds = args.InstanceId.length > 0 ? args.InstanceId : [...tasks.keys()];
  return { body: {}, effects: [{ kind: "stop", invokeId: args.InvokeId, instanceIds }] };
};

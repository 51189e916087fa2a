import type { InstancePower, InstanceResponseOut } from "cloud-assistant-api";
import type { InstanceRecord } from "../../state/records.js";
import { isRefused, refuse, type Refused } from "../../validations/rules/refusal.js";
import type { Call, Done, Effect } from "./call.js";

export type PowerAction = {
  readonly effect: "start" | "stop-machine" | "reboot";
  /** The power that it needs. */
  readonly from: InstancePower;
  /** The power that is shown right after. */
  readonly to: InstancePower;
};

export const START: PowerAction = { effect: "start", from: "Stopped", to: "Starting" };
export const STOP: PowerAction = { effect: "stop-machine", from: "Running", to: "Stopping" };
export const REBOOT: PowerAction = { effect: "reboot", from: "Running", to: "Starting" };

/** StartInstance and its kin: one instance, in whichever region. */
export function powerOne(
  call: Call,
  args: { readonly InstanceId: string; readonly DryRun: boolean | undefined },
  action: PowerAction,
): Done | Refused {
  const found = check(call.find(args.InstanceId)?.instance, action);
  if (isRefused(found)) return found;
  if (args.DryRun === true) return refuse("DryRunOperation");
  return { body: {}, effects: [{ kind: action.effect, instanceId: found.id }] };
}

/** StartInstances and its kin: all together, or each as it can. */
export function powerSeveral(
  call: Call,
  args: {
    readonly InstanceId: readonly string[];
    readonly BatchOptimization: string | undefined;
    readonly DryRun: boolean | undefined;
  },
  action: PowerAction,
): Done | Refused {
  const effects: Effect[] = [];
  const responses: InstanceResponseOut[] = [];
  for (const id of args.InstanceId) {
    const instance = call.realm.instances.get(id);
    const found = check(instance, action);
    if (isRefused(found)) {
      if (args.BatchOptimization !== "SuccessFirst") return found;
      const { code, message } = found.refused;
      const power = instance?.power ?? "";
      responses.push(response(id, code, message, power, power));
      continue;
    }
    effects.push({ kind: action.effect, instanceId: id });
    responses.push(response(id, "200", "success", found.power, action.to));
  }
  if (args.DryRun === true) return refuse("DRYRUN.SUCCESS");
  return { body: { InstanceResponses: { InstanceResponse: responses } }, effects };
}

function check(
  instance: InstanceRecord | undefined,
  action: PowerAction,
): InstanceRecord | Refused {
  // A machine outside the cloud has no power that the cloud could switch.
  if (instance === undefined || instance.managed) return refuse("InvalidInstanceId.NotFound");
  return instance.power === action.from ? instance : refuse("IncorrectInstanceStatus");
}

function response(
  InstanceId: string,
  Code: string,
  Message: string,
  PreviousStatus: string,
  CurrentStatus: string,
): InstanceResponseOut {
  return { InstanceId, Code, Message, PreviousStatus, CurrentStatus };
}

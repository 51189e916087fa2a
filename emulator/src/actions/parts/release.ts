import type { InstanceRecord } from "../../state/records.js";
import { refuse, type Refused } from "../../validations/rules/refusal.js";

/** A running instance is released only by force. */
export function whyNotReleased(
  instance: InstanceRecord | undefined,
  force: boolean | undefined,
): Refused | undefined {
  if (instance === undefined || instance.managed) return refuse("InvalidInstanceId.NotFound");
  const may = instance.power === "Stopped" || force === true;
  return may ? undefined : refuse("IncorrectInstanceStatus");
}

import { safeName } from "../layout.js";
import type { Instance } from "./isolation.js";

/** Rung from inside when a program wants the instance to reboot or to power off. */
export function powerDoorbell(instance: Pick<Instance, "machine">): string {
  return `power,${safeName(instance.machine.instanceId)}`;
}

/** Rung by an instance that has come up. */
export function readyDoorbell(instance: Pick<Instance, "machine">): string {
  return `ready,${safeName(instance.machine.instanceId)}`;
}

export function isPowerDoorbell(name: string): boolean {
  return name.startsWith("power,") && name.split(",").length === 2;
}

import type { Machine } from "../backends/backend.js";
import type { InstanceRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { ControlContext } from "./context.js";

/** An instance as its backend knows it. */
export function machineOf(realm: Realm, instance: InstanceRecord): Machine {
  return {
    instanceId: instance.id,
    instanceName: instance.name,
    osType: instance.osType,
    regionId: realm.regionId,
    timeZone: instance.timeZone,
    behaviour: instance.behaviour,
  };
}

/** Whether the agent's process ought to run on this machine. */
export function runsAgent({ power, agent }: InstanceRecord): boolean {
  return power === "Running" && agent.installed && agent.mode !== "offline" && agent.dead !== true;
}

export function putInstance(context: ControlContext, realm: Realm, value: InstanceRecord): void {
  context.store.commit(realm, context.clock.now(), [{ put: "instance", value }]);
}

/** The record as it is by now. */
export function currentInstance(realm: Realm, instance: InstanceRecord): InstanceRecord {
  return realm.instances.get(instance.id) ?? instance;
}

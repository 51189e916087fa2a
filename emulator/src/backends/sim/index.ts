import type { Backend, BackendDeps } from "../backend.js";
import type { SimDefaults } from "./behaviour.js";
import { SimMachine } from "./sim-machine.js";

export type { SimBehaviour, SimDefaults, SimOutcome, SimRule } from "./behaviour.js";

/**
 * Machines without processes: a table says how long a task takes, which exit code it ends with and
 * what it prints. Ten thousand of them are ten thousand small objects.
 */
export function createSimBackend(defaults: SimDefaults, deps: BackendDeps): Backend {
  const machines = new Map<string, SimMachine>();
  return {
    name: "sim",
    // Everything here runs on the emulator's clock: an advance has nothing to wait for.
    busy: () => false,
    settled: () => Promise.resolve(),
    start: (machine, boot) => {
      const known = machines.get(machine.instanceId);
      if (known === undefined) {
        machines.set(machine.instanceId, new SimMachine(machine, defaults, deps));
        return;
      }
      known.update(machine);
      if (boot.cold) known.kill();
    },
    update: (machine) => machines.get(machine.instanceId)?.update(machine),
    stop: (instanceId) => {
      machines.get(instanceId)?.kill();
      return Promise.resolve();
    },
    remove: (instanceId) => {
      machines.get(instanceId)?.kill();
      machines.delete(instanceId);
      return Promise.resolve();
    },
    deliver: (task) => machines.get(task.instanceId)?.deliver(task),
    cancel: (key) => machines.get(key.instanceId)?.cancel(key),
    // Timers do not outlive the process: what ran begins anew, with the time it takes.
    recover: (tasks) => {
      for (const task of tasks) machines.get(task.instanceId)?.deliver(task);
      return Promise.resolve();
    },
    close: () => {
      for (const machine of machines.values()) machine.kill();
      machines.clear();
      return Promise.resolve();
    },
  };
}

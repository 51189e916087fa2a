import type { InstanceRecord, InvocationRecord, TaskRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { ControlContext } from "./context.js";
import { undeliverable, whyNotDelivered } from "./deliverable.js";
import { errorOf } from "./run-outcome.js";
import type { Runner } from "./runner.js";
import type { Schedules } from "./schedules.js";
import { isFinal, statusOfError } from "./status.js";
import type { Tasks } from "./tasks.js";

/**
 * The first contact after a boot, after the agent alone was restarted, or one in between; "resume" is
 * the emulator's own restart, of which the machine knows nothing.
 */
export type Contact = "cold" | "warm" | "kick" | "resume";

/** Brings tasks to agents that can take them, and gives up on the others after the window. */
export class Delivery {
  constructor(
    private readonly context: ControlContext,
    private readonly tasks: Tasks,
    private readonly runner: Runner,
    private readonly schedules: Schedules,
    private readonly isReachable: (instance: InstanceRecord) => boolean,
  ) {}

  /** A call was accepted: the first try, and the end of the window. */
  accepted(realm: Realm, invokeId: string): void {
    const { clock, limits } = this.context;
    const nowMs = clock.now();
    clock.setTimer(nowMs + limits().deliveryDelayMs, () => {
      this.tryAll(realm, invokeId);
    });
    this.giveUpAt(realm, invokeId, nowMs + limits().deliveryWindowMs);
  }

  giveUpAt(realm: Realm, invokeId: string, atMs: number): void {
    this.context.clock.setTimer(atMs, () => {
      this.giveUp(realm, invokeId);
    });
  }

  /** Hands an agent what is due for it as it asks for work. */
  contact(realm: Realm, instanceId: string, kind: Contact): void {
    for (const task of realm.livingTasksOf(instanceId, ({ status }) => isFinal(status))) {
      const invocation = realm.invocations.get(task.invokeId);
      const instance = realm.instances.get(instanceId);
      if (invocation === undefined || instance === undefined) continue;
      if (kind !== "resume" && !this.isReachable(instance)) return;
      this.hand(realm, invocation, task, instance, kind);
    }
  }

  private hand(
    realm: Realm,
    invocation: InvocationRecord,
    task: TaskRecord,
    instance: InstanceRecord,
    kind: Contact,
  ): void {
    if (task.status === "Stopping") return;
    switch (invocation.repeatMode) {
      case "Once":
      case "DryRun":
        this.attempt(realm, invocation, task);
        return;
      case "Period": {
        const known = kind === "kick" && task.armed === invocation.version;
        if (task.status === "Pending") this.attempt(realm, invocation, task);
        else if (!known) {
          this.schedules.deliver(realm, invocation, task, instance, kind === "resume");
        }
        return;
      }
      case "NextRebootOnly":
      case "EveryReboot":
        if (kind === "cold" && task.inFlight !== true) {
          this.runner.start(realm, invocation, task, instance);
        }
    }
  }

  private tryAll(realm: Realm, invokeId: string): void {
    const invocation = realm.invocations.get(invokeId);
    if (invocation === undefined) return;
    for (const { instanceId } of [...realm.tasksOf(invokeId).values()]) {
      const task = realm.task(invokeId, instanceId);
      if (task !== undefined) this.attempt(realm, invocation, task);
    }
  }

  /** One try at one pending task. What can't be delivered now waits for the end of the window. */
  private attempt(realm: Realm, invocation: InvocationRecord, task: TaskRecord): void {
    if (task.status !== "Pending" || task.inFlight === true) return;
    const instance = realm.instances.get(task.instanceId);
    const problem = undeliverable(realm, invocation, instance);
    if (problem !== undefined) {
      this.tasks.close(realm, task, statusOfError(problem.errorCode), problem);
      return;
    }
    if (instance === undefined || !this.isReachable(instance)) return;
    switch (invocation.repeatMode) {
      case "Once":
        this.runner.start(realm, invocation, task, instance);
        return;
      case "DryRun":
        // The agent's pre-check ("verified") runs nothing.
        this.tasks.close(realm, task, "Success");
        return;
      case "Period":
        this.schedules.deliver(realm, invocation, task, instance);
        return;
      case "NextRebootOnly":
      case "EveryReboot":
        // Waits as Scheduled from the start; a boot delivers it.
        return;
    }
  }

  private giveUp(realm: Realm, invokeId: string): void {
    const { clock, limits } = this.context;
    for (const { instanceId } of [...realm.tasksOf(invokeId).values()]) {
      const task = realm.task(invokeId, instanceId);
      if (task?.status !== "Pending" || task.inFlight === true) continue;
      // Instances that were added later have a window of their own.
      if (clock.now() < task.createdAt + limits().deliveryWindowMs) continue;
      const instance = realm.instances.get(instanceId);
      const errorCode = whyNotDelivered(instance, clock.now(), limits());
      this.tasks.close(realm, task, statusOfError(errorCode), errorOf(errorCode));
    }
  }
}

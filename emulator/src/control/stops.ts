import type { TaskRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { Agents } from "./agents.js";
import type { ControlContext } from "./context.js";
import type { Runner } from "./runner.js";
import type { Schedules } from "./schedules.js";
import { isFinal } from "./status.js";
import type { Tasks } from "./tasks.js";

/** StopInvocation: what has not begun is cancelled, what runs is ended, a schedule gets no next run. */
export class Stops {
  constructor(
    private readonly context: ControlContext,
    private readonly tasks: Tasks,
    private readonly runner: Runner,
    private readonly schedules: Schedules,
    private readonly agents: Agents,
  ) {}

  /** Marks at once; what the machines have to do comes after the answer. */
  stop(realm: Realm, invokeId: string, instanceIds: readonly string[]): void {
    const stopAt = this.context.clock.now();
    const marked: string[] = [];
    for (const instanceId of instanceIds) {
      const task = realm.task(invokeId, instanceId);
      if (task === undefined || isFinal(task.status) || task.status === "Stopping") continue;
      if (task.status === "Pending" && task.inFlight !== true) {
        this.tasks.close(realm, { ...task, stopAt }, "Cancelled");
        continue;
      }
      this.tasks.put(realm, { ...task, status: "Stopping", stopAt });
      marked.push(instanceId);
    }
    if (marked.length === 0) return;
    this.context.clock.setTimer(stopAt, () => {
      for (const instanceId of marked) this.carryOut(realm, invokeId, instanceId);
    });
    this.giveUpAt(realm, invokeId, stopAt + this.context.limits().deliveryWindowMs);
  }

  /** A stop that could not reach its agent until now. */
  retry(realm: Realm, instanceId: string): void {
    for (const task of realm.livingTasksOf(instanceId, ({ status }) => isFinal(status))) {
      if (task.status === "Stopping") this.carryOut(realm, task.invokeId, instanceId);
    }
  }

  /** An agent that never hears of the stop must not keep the task in Stopping. */
  giveUpAt(realm: Realm, invokeId: string, atMs: number): void {
    this.context.clock.setTimer(atMs, () => {
      for (const { instanceId } of [...realm.tasksOf(invokeId).values()]) {
        const task = this.stopping(realm, invokeId, instanceId);
        if (task === undefined) continue;
        const instance = realm.instances.get(instanceId);
        if (instance !== undefined && this.agents.isReachable(instance)) continue;
        if (instance?.agent.fault !== "never-closes") this.runner.closeStopped(realm, task);
      }
    });
  }

  private carryOut(realm: Realm, invokeId: string, instanceId: string): void {
    const task = this.stopping(realm, invokeId, instanceId);
    const invocation = realm.invocations.get(invokeId);
    if (task === undefined || invocation === undefined) return;
    const instance = realm.instances.get(instanceId);
    // What is gone or switched off has nothing to end, and a boot plan is in no agent's memory.
    if (instance === undefined || instance.power === "Stopped") {
      this.runner.closeStopped(realm, task);
      return;
    }
    const idle = task.inFlight !== true || !this.runner.isInFlight(invokeId, instanceId);
    if (idle && invocation.repeatMode !== "Period") {
      this.runner.closeStopped(realm, task);
      return;
    }
    if (!this.agents.isReachable(instance)) return;
    this.schedules.disarm(instanceId, invokeId);
    if (idle) {
      this.runner.closeStopped(realm, task);
      return;
    }
    this.context
      .backend(instance)
      .cancel({ invokeId, instanceId, run: task.run }, invocation.terminationMode);
  }

  private stopping(realm: Realm, invokeId: string, instanceId: string): TaskRecord | undefined {
    const task = realm.task(invokeId, instanceId);
    return task?.status === "Stopping" ? task : undefined;
  }
}

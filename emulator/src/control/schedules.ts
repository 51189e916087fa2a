import type { Arm, Next, Timetable } from "../schedule/index.js";
import type { Timer } from "../clock/clock.js";
import type { InstanceRecord, InvocationRecord, TaskRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { ControlContext } from "./context.js";
import { errorOf } from "./run-outcome.js";
import { isFinal } from "./status.js";
import type { Tasks } from "./tasks.js";

export type ScheduleHooks = {
  readonly run: (
    realm: Realm,
    invocation: InvocationRecord,
    task: TaskRecord,
    instance: InstanceRecord,
  ) => void;
  /** The agent's process dies of the expression. */
  readonly crash: (realm: Realm, instanceId: string) => void;
};

/** A schedule in an agent's memory. */
type Armed = {
  readonly realm: Realm;
  readonly timetable: Timetable;
  timer: Timer | undefined;
  /** The run before has not ended: the next tick is skipped. */
  busy: boolean;
  /** No run is left. */
  finished: boolean;
};

/**
 * The schedules that the agents keep in memory, each with its timer. An agent that ends forgets its
 * own; the service hands them out again when it is back.
 */
export class Schedules {
  /** By instance, then by invocation. */
  private readonly agents = new Map<string, Map<string, Armed>>();

  constructor(
    private readonly context: ControlContext,
    private readonly tasks: Tasks,
    private readonly arm: Arm,
    private readonly hooks: ScheduleHooks,
  ) {}

  /**
   * What happens when the agent is handed a schedule. `resumed` is after a restart of the emulator,
   * where the machine may still be busy with a run.
   */
  deliver(
    realm: Realm,
    invocation: InvocationRecord,
    task: TaskRecord,
    instance: InstanceRecord,
    resumed = false,
  ): void {
    const { schedule } = invocation;
    if (schedule === undefined) return;
    const before = this.armed(instance.id, invocation.id);
    const busy = before?.busy ?? (resumed && task.inFlight === true);
    this.disarm(instance.id, invocation.id);
    const result = this.arm(schedule.repeat, schedule.expr, {
      nowMs: this.context.clock.now(),
      instanceZone: instance.timeZone,
      creationTimeMs: invocation.createdAt,
    });
    switch (result.kind) {
      case "armed":
        this.scheduled(realm, invocation, task);
        this.remember(realm, invocation.id, instance.id, result.timetable, busy, result.first);
        return;
      case "refused":
        this.close(realm, task, result.refusal.errorCode);
        return;
      case "expired-unreported":
        // The agent drops it without a word: the service has to notice.
        if (busy) this.remember(realm, invocation.id, instance.id, NEVER, busy, NEVER.next(0));
        else if (task.repeats === 0) this.close(realm, task, "AtExpressionExpired");
        else this.complete(realm, task);
        return;
      case "crash":
        this.scheduled(realm, invocation, task);
        this.hooks.crash(realm, instance.id);
    }
  }

  disarm(instanceId: string, invokeId: string): void {
    const of = this.agents.get(instanceId);
    of?.get(invokeId)?.timer?.cancel();
    of?.delete(invokeId);
  }

  /** The agent's process is gone, and its memory with it. */
  forgetAll(instanceId: string): void {
    for (const armed of this.agents.get(instanceId)?.values() ?? []) armed.timer?.cancel();
    this.agents.delete(instanceId);
  }

  clear(): void {
    for (const instanceId of [...this.agents.keys()]) this.forgetAll(instanceId);
  }

  machineDone(instanceId: string, invokeId: string): void {
    const armed = this.armed(instanceId, invokeId);
    if (armed !== undefined) armed.busy = false;
  }

  isLastRun(task: TaskRecord): boolean {
    return this.armed(task.instanceId, task.invokeId)?.finished ?? false;
  }

  private armed(instanceId: string, invokeId: string): Armed | undefined {
    return this.agents.get(instanceId)?.get(invokeId);
  }

  private remember(
    realm: Realm,
    invokeId: string,
    instanceId: string,
    timetable: Timetable,
    busy: boolean,
    first: Next,
  ): void {
    const armed: Armed = { realm, timetable, timer: undefined, busy, finished: false };
    let of = this.agents.get(instanceId);
    if (of === undefined) {
      of = new Map();
      this.agents.set(instanceId, of);
    }
    of.set(invokeId, armed);
    this.follow(armed, invokeId, instanceId, first);
  }

  private follow(armed: Armed, invokeId: string, instanceId: string, next: Next): void {
    armed.timer = undefined;
    switch (next.kind) {
      case "at":
        armed.timer = this.context.clock.setTimer(next.atMs, () => {
          this.tick(armed, invokeId, instanceId, next.atMs);
        });
        return;
      case "finished":
        armed.finished = true;
        return;
      case "crash":
        this.hooks.crash(armed.realm, instanceId);
        return;
      case "dead":
      // The agent's timer ended without a word. Nothing follows until the task is delivered again.
    }
  }

  private tick(armed: Armed, invokeId: string, instanceId: string, atMs: number): void {
    const { realm } = armed;
    const { clock, events } = this.context;
    const task = realm.task(invokeId, instanceId);
    const invocation = realm.invocations.get(invokeId);
    const instance = realm.instances.get(instanceId);
    if (task === undefined || invocation === undefined || instance === undefined) return;
    if (isFinal(task.status)) return;
    if (armed.busy) {
      events.add(realm, clock.now(), { kind: "skipped", invokeId, instanceId });
    } else {
      armed.busy = true;
      this.hooks.run(realm, invocation, task, instance);
    }
    // A run may have ended the agent, and the schedule with it.
    if (this.armed(instanceId, invokeId) !== armed) return;
    this.follow(armed, invokeId, instanceId, armed.timetable.next(Math.max(atMs, clock.now())));
    this.completeIfOver(armed, invokeId, instanceId);
  }

  /** The last tick found nothing to wait for. */
  private completeIfOver(armed: Armed, invokeId: string, instanceId: string): void {
    if (!armed.finished || armed.busy) return;
    const task = armed.realm.task(invokeId, instanceId);
    if (task !== undefined && !isFinal(task.status) && task.inFlight !== true) {
      this.complete(armed.realm, task);
    }
  }

  private scheduled(realm: Realm, invocation: InvocationRecord, task: TaskRecord): void {
    const status = task.status === "Pending" ? "Scheduled" : task.status;
    if (status === task.status && task.armed === invocation.version) return;
    this.tasks.put(realm, { ...task, status, armed: invocation.version });
  }

  private close(realm: Realm, task: TaskRecord, errorCode: string): void {
    this.tasks.close(realm, task, "Invalid", errorOf(errorCode));
  }

  /** The last run is over: its exit code decides. */
  private complete(realm: Realm, task: TaskRecord): void {
    this.disarm(task.instanceId, task.invokeId);
    this.tasks.put(realm, { ...task, status: task.exitCode === 0 ? "Success" : "Failed" });
  }
}

/** For a run that is under way and the last one. */
const NEVER: Timetable = { next: () => ({ kind: "finished" }) };

import type { PowerRequest, Report, Task, TaskKey } from "../backends/backend.js";
import type { Clock } from "../clock/clock.js";
import type { AgentPatch } from "../service-api.js";
import { createArm } from "../schedule/index.js";
import type { Realm } from "../state/realm.js";
import { Agents } from "./agents.js";
import type { ControlContext, Placed } from "./context.js";
import { Delivery } from "./delivery.js";
import type { EventLog } from "./event-log.js";
import type { InstanceRecord } from "../state/records.js";
import { Power } from "./power.js";
import { expired } from "./retention.js";
import { errorOf } from "./run-outcome.js";
import { Runner } from "./runner.js";
import { Schedules } from "./schedules.js";
import { isFinal } from "./status.js";
import { Stops } from "./stops.js";
import { Tasks } from "./tasks.js";

/**
 * The control plane: what the service does of itself after a call was accepted. Decisions of the API
 * are committed before they come here.
 */
export class Control {
  readonly power: Power;
  readonly agents: Agents;
  private readonly tasks: Tasks;
  private readonly runner: Runner;
  private readonly schedules: Schedules;
  private readonly delivery: Delivery;
  private readonly stops: Stops;

  private readonly context: ControlContext;
  /** Raised when the state is replaced: timers that were set before it do nothing. */
  private era = 0;

  constructor(given: ControlContext) {
    const context = { ...given, clock: this.ownClock(given.clock) };
    this.context = context;
    this.tasks = new Tasks(context);
    this.runner = new Runner(context, this.tasks, {
      agentUp: (instanceId) => this.agents.isUp(instanceId),
      machineDone: ({ instanceId, invokeId }) => {
        this.schedules.machineDone(instanceId, invokeId);
      },
      isLastRun: (task) => this.schedules.isLastRun(task),
      over: ({ instanceId, invokeId }) => {
        this.schedules.disarm(instanceId, invokeId);
      },
    });
    this.schedules = new Schedules(context, this.tasks, createArm(), {
      run: (realm, invocation, task, instance) => {
        this.runner.start(realm, invocation, task, instance);
      },
      crash: (realm, instanceId) => {
        this.agents.crash(realm, instanceId);
      },
    });
    const lost = (realm: Realm, instanceId: string, errorCode: string): void => {
      this.runner.closeAll(realm, instanceId, errorCode);
    };
    this.agents = new Agents(context, {
      lost,
      forgotten: (instanceId) => {
        this.schedules.forgetAll(instanceId);
      },
      contact: (realm, instanceId, kind) => {
        this.stops.retry(realm, instanceId);
        this.delivery.contact(realm, instanceId, kind);
      },
    });
    this.power = new Power(context, this.agents, {
      lost,
      released: (realm, instanceId) => {
        this.closeReleased(realm, instanceId);
      },
    });
    this.delivery = new Delivery(context, this.tasks, this.runner, this.schedules, (instance) =>
      this.agents.isReachable(instance),
    );
    this.stops = new Stops(context, this.tasks, this.runner, this.schedules, this.agents);
  }

  get events(): EventLog {
    return this.context.events;
  }

  /** Throws where the emulator was started without the backend that an instance needs. */
  backendExists(instance: Pick<InstanceRecord, "backend">): void {
    this.context.backend(instance);
  }

  /** An invocation with its tasks was committed. */
  accepted(realm: Realm, invokeId: string): void {
    const { events, clock } = this.context;
    const repeatMode = realm.invocations.get(invokeId)?.repeatMode ?? "Once";
    events.add(realm, clock.now(), { kind: "invocation", invokeId, repeatMode });
    this.delivery.accepted(realm, invokeId);
  }

  /** A living invocation has another content, frequency or more instances. */
  modified(realm: Realm, invokeId: string): void {
    this.delivery.accepted(realm, invokeId);
    this.context.clock.setTimer(this.context.clock.now(), () => {
      for (const { instanceId } of [...realm.tasksOf(invokeId).values()]) {
        this.delivery.contact(realm, instanceId, "kick");
      }
    });
  }

  stopInvocation(realm: Realm, invokeId: string, instanceIds: readonly string[]): void {
    this.stops.stop(realm, invokeId, instanceIds);
  }

  patchAgent(placed: Placed, patch: AgentPatch): void {
    this.agents.patch(placed.realm, placed.instance, patch);
  }

  report(key: TaskKey, report: Report): void {
    this.runner.report(key, report);
  }

  /** A machine asks its host for something. One that is not running any more is too late. */
  powerRequest(request: PowerRequest): void {
    const placed = this.find(request.instanceId);
    if (placed?.instance.power !== "Running") return;
    switch (request.action) {
      case "powerOff":
        this.power.stop(placed.realm, placed.instance);
        return;
      case "reboot":
        this.power.reboot(placed.realm, placed.instance);
        return;
      case "restartAgent":
        this.agents.restart(placed.realm, request.instanceId);
        return;
      case "release":
        this.power.release(placed.realm, placed.instance);
    }
  }

  find(instanceId: string): Placed | undefined {
    for (const realm of this.context.store.all()) {
      const instance = realm.instances.get(instanceId);
      if (instance !== undefined) return { realm, instance };
    }
    return undefined;
  }

  liveOutput(
    invokeId: string,
    instanceId: string,
  ): { output: Buffer; dropped: number } | undefined {
    return this.runner.live(invokeId, instanceId);
  }

  /** Drops what is too old to be shown. */
  forgetOld(realm: Realm): void {
    const { store, clock, limits } = this.context;
    const changes = expired(realm, clock.now(), limits());
    store.commit(realm, clock.now(), changes);
  }

  /** After the state was read from a journal: the machines that are on. */
  switchOn(): void {
    for (const realm of this.context.store.all()) {
      for (const instance of realm.instances.values()) this.power.known(realm, instance);
    }
  }

  /** After that: the tasks that machines had. They go to `Backend.recover`; then call `resume`. */
  inFlight(): { readonly backend: "exec" | "sim"; readonly task: Task }[] {
    const found: { readonly backend: "exec" | "sim"; readonly task: Task }[] = [];
    for (const realm of this.context.store.all()) {
      for (const instance of realm.instances.values()) {
        for (const record of realm.livingTasksOf(instance.id, (task) => isFinal(task.status))) {
          if (record.inFlight !== true) continue;
          const task = this.runner.resume(realm, record, instance);
          if (task !== undefined) found.push({ backend: instance.backend, task });
        }
      }
    }
    return found;
  }

  /** Goes on where the journal ends: machines, schedules, windows, stops. */
  resume(): void {
    const { clock, limits } = this.context;
    for (const realm of this.context.store.all()) {
      for (const invocation of realm.invocations.values()) {
        if (invocation.finishedAt !== undefined) continue;
        const until = Math.max(clock.now(), invocation.createdAt + limits().deliveryWindowMs);
        this.delivery.giveUpAt(realm, invocation.id, until);
        this.stops.giveUpAt(realm, invocation.id, clock.now() + limits().deliveryWindowMs);
      }
      for (const instance of realm.instances.values()) this.power.resume(realm, instance);
    }
  }

  /** Forgets everything that is only in memory, before another state is loaded. */
  clear(): void {
    this.era += 1;
    this.runner.clear();
    this.schedules.clear();
    this.agents.clear();
  }

  private ownClock(clock: Clock): Clock {
    return {
      mode: clock.mode,
      now: () => clock.now(),
      advanceTo: (atMs) => clock.advanceTo(atMs),
      attach: (work) => {
        clock.attach(work);
      },
      close: () => {
        clock.close();
      },
      setTimer: (atMs, run) => {
        const { era } = this;
        return clock.setTimer(atMs, () => {
          if (era === this.era) run();
        });
      },
    };
  }

  /** What waited for a machine that is gone for good ends with it. */
  private closeReleased(realm: Realm, instanceId: string): void {
    const instance = realm.instances.get(instanceId);
    if (instance?.agent.fault === "never-closes") return;
    for (const task of realm.livingTasksOf(instanceId, ({ status }) => isFinal(status))) {
      if (task.status === "Stopping") this.runner.closeStopped(realm, task);
      else this.tasks.close(realm, task, "Error", errorOf("InstanceReleased"));
    }
  }
}

import type { Work } from "../clock/clock.js";
import type { InstanceRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { Agents } from "./agents.js";
import type { ControlContext } from "./context.js";
import { currentInstance, machineOf, putInstance } from "./machine.js";

export type PowerHooks = {
  /** Whatever the machine was doing is lost to the service. */
  readonly lost: (realm: Realm, instanceId: string, errorCode: string) => void;
  /** The machine is about to be gone for good. */
  readonly released: (realm: Realm, instanceId: string) => void;
};

/** The machines' power: what is switched on and off, how long that takes, and what a boot is. */
export class Power implements Work {
  /** Machines that their backend is ending, one step after the other for each. */
  private readonly ending = new Map<string, Promise<void>>();

  constructor(
    private readonly context: ControlContext,
    private readonly agents: Agents,
    private readonly hooks: PowerHooks,
  ) {}

  busy(): boolean {
    return this.ending.size > 0;
  }

  async settled(): Promise<void> {
    while (this.ending.size > 0) await Promise.all(this.ending.values());
  }

  /** A new record was committed: switch it on if it runs. */
  added(realm: Realm, instance: InstanceRecord): void {
    switch (instance.power) {
      case "Running":
        this.switchOn(realm, instance, true);
        this.agents.up(realm, instance.id, "cold");
        return;
      case "Pending":
      case "Starting":
        this.goOn(realm, instance.id, Promise.resolve());
        return;
      case "Stopping":
      case "Stopped":
    }
  }

  /** The record has another name, zone or behaviour. */
  changed(realm: Realm, instance: InstanceRecord): void {
    this.context.backend(instance).update?.(machineOf(realm, instance));
  }

  /** After a restart of the emulator: tells the backend of a machine that was on. */
  known(realm: Realm, instance: InstanceRecord): void {
    if (instance.power !== "Running") return;
    // Before the backend speaks: what it reports goes through the agent.
    this.agents.known(instance);
    this.switchOn(realm, instance, false);
  }

  /** After that: goes on where the journal ends. */
  resume(realm: Realm, instance: InstanceRecord): void {
    switch (instance.power) {
      case "Running":
        this.agents.resume(realm, instance);
        return;
      case "Pending":
      case "Starting":
      case "Stopping":
        this.goOn(realm, instance.id, this.end(instance));
        return;
      case "Stopped":
    }
  }

  start(realm: Realm, instance: InstanceRecord): void {
    this.turn(realm, instance, "Starting", this.context.limits().startingMs);
    this.goOn(realm, instance.id, Promise.resolve());
  }

  stop(realm: Realm, instance: InstanceRecord): void {
    this.goDown(realm, instance.id, "ExecutionInterrupted");
    const now = currentInstance(realm, instance);
    this.turn(realm, now, "Stopping", this.context.limits().stoppingMs);
    this.goOn(realm, instance.id, this.end(instance));
  }

  /** A reboot shows itself as Starting. */
  reboot(realm: Realm, instance: InstanceRecord): void {
    const { startingMs, stoppingMs } = this.context.limits();
    this.goDown(realm, instance.id, "InstanceRestarted");
    this.turn(realm, currentInstance(realm, instance), "Starting", stoppingMs + startingMs);
    this.goOn(realm, instance.id, this.end(instance));
  }

  /** The instance is gone for good. */
  release(realm: Realm, instance: InstanceRecord): void {
    const { store, clock, backend } = this.context;
    this.goDown(realm, instance.id, "InstanceReleased");
    this.hooks.released(realm, instance.id);
    this.agents.forgetCrashes(instance.id);
    store.commit(realm, clock.now(), [{ del: "instance", id: instance.id }]);
    this.tell(realm, instance.id, "Deleted");
    void this.inTurn(instance.id, () => backend(instance).remove(instance.id));
  }

  private goDown(realm: Realm, instanceId: string, errorCode: string): void {
    this.agents.down(realm, instanceId);
    this.hooks.lost(realm, instanceId, errorCode);
  }

  private turn(
    realm: Realm,
    instance: InstanceRecord,
    power: "Starting" | "Stopping",
    forMs: number,
  ): void {
    const powerUntil = this.context.clock.now() + forMs;
    putInstance(this.context, realm, { ...instance, power, powerUntil });
    this.tell(realm, instance.id, power);
  }

  /** When the time is over and the backend has ended what it had, the next state comes. */
  private goOn(realm: Realm, instanceId: string, ended: Promise<void>): void {
    const { clock } = this.context;
    const dueAt = realm.instances.get(instanceId)?.powerUntil;
    clock.setTimer(dueAt ?? clock.now(), () => {
      void this.inTurn(instanceId, async () => {
        await ended;
        const now = realm.instances.get(instanceId);
        // Meanwhile it was released, or something else was asked of it.
        if (now === undefined || now.powerUntil !== dueAt) return;
        if (now.power === "Stopping") this.stopped(realm, now);
        else if (now.power === "Starting" || now.power === "Pending") this.booted(realm, now);
      });
    });
  }

  private stopped(realm: Realm, instance: InstanceRecord): void {
    const { powerUntil: _until, ...rest } = instance;
    putInstance(this.context, realm, { ...rest, power: "Stopped" });
    this.tell(realm, instance.id, "Stopped");
  }

  private booted(realm: Realm, instance: InstanceRecord): void {
    const { store, clock, limits } = this.context;
    const { powerUntil: _until, ...rest } = instance;
    const { dead: _dead, installPending, ...agent } = instance.agent;
    const next: InstanceRecord = {
      ...rest,
      power: "Running",
      bootId: store.nextId("boot", realm.regionId),
      bootCount: instance.bootCount + 1,
      coldStart: true,
      startedAt: clock.now(),
      agent: { ...agent, installed: agent.installed || installPending === true },
    };
    putInstance(this.context, realm, next);
    this.tell(realm, instance.id, "Running");
    this.agents.forgetCrashes(instance.id);
    this.switchOn(realm, next, true);
    this.agents.upLater(realm, instance.id, "cold", limits().agentStartMs);
  }

  private switchOn(realm: Realm, instance: InstanceRecord, cold: boolean): void {
    const { bootId } = instance;
    this.context.backend(instance).start(machineOf(realm, instance), { bootId, cold });
  }

  private end(instance: InstanceRecord): Promise<void> {
    return this.inTurn(instance.id, () => this.context.backend(instance).stop(instance.id));
  }

  /** An advance of the clock waits for all of it. */
  private inTurn(instanceId: string, work: () => Promise<void>): Promise<void> {
    const before = this.ending.get(instanceId) ?? Promise.resolve();
    const step = before.then(work).catch((reason: unknown) => {
      this.context.log?.error({ instanceId, err: reason }, "a machine could not be ended");
    });
    this.ending.set(instanceId, step);
    void step.finally(() => {
      if (this.ending.get(instanceId) === step) this.ending.delete(instanceId);
    });
    return step;
  }

  private tell(
    realm: Realm,
    instanceId: string,
    power: "Starting" | "Stopping" | "Running" | "Stopped" | "Deleted",
  ): void {
    this.context.events.add(realm, this.context.clock.now(), { kind: "power", instanceId, power });
  }
}

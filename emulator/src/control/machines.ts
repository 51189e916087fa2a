import type { Machine } from "../backends/backend.js";
import type { Work } from "../clock/clock.js";
import type { AgentPatch } from "../service-api.js";
import type { Change } from "../state/change.js";
import type { AgentRecord, InstanceRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { ControlContext } from "./context.js";
import type { Contact } from "./delivery.js";

export type MachineHooks = {
  /** Whatever the machine or its agent was doing is lost to the service. */
  readonly lost: (realm: Realm, instanceId: string, errorCode: string) => void;
  /** The agent's memory is gone. */
  readonly forgotten: (instanceId: string) => void;
  /** The agent asks for work. */
  readonly contact: (realm: Realm, instanceId: string, kind: Contact) => void;
  /** The machine was released. */
  readonly released: (realm: Realm, instanceId: string) => void;
};

/** Power and agents: what an instance is doing as a machine. */
export class Machines implements Work {
  /** Agents whose process runs. */
  private readonly up = new Set<string>();
  /** Agents that have not asked for work since their process began. */
  private readonly fresh = new Set<string>();
  private readonly crashes = new Map<string, number[]>();
  /** Machines that their backend is ending. */
  private readonly ending = new Map<string, Promise<void>>();

  constructor(
    private readonly context: ControlContext,
    private readonly hooks: MachineHooks,
  ) {}

  busy(): boolean {
    return this.ending.size > 0;
  }

  async settled(): Promise<void> {
    while (this.ending.size > 0) await Promise.all(this.ending.values());
  }

  /** Whether the agent takes work now. */
  isReachable(instance: InstanceRecord): boolean {
    return (
      instance.power === "Running" && instance.agent.mode === "online" && this.up.has(instance.id)
    );
  }

  /** Whether the agent's process is there. */
  isUp(instanceId: string): boolean {
    return this.up.has(instanceId);
  }

  /** A new record was committed: switch it on if it runs. */
  added(realm: Realm, instance: InstanceRecord): void {
    switch (instance.power) {
      case "Running":
        this.switchOn(realm, instance, true);
        this.agentUp(realm, instance.id, "cold");
        return;
      case "Pending":
      case "Starting":
        this.continuePower(realm, instance.id, Promise.resolve());
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
    if (runsAgent(instance)) this.up.add(instance.id);
    this.switchOn(realm, instance, false);
  }

  /** After that: goes on where the journal ends. */
  resume(realm: Realm, instance: InstanceRecord): void {
    switch (instance.power) {
      case "Running":
        if (!this.up.has(instance.id)) return;
        if (instance.coldStart === true) this.ask(realm, instance.id);
        else this.hooks.contact(realm, instance.id, "resume");
        return;
      case "Pending":
      case "Starting":
      case "Stopping":
        this.continuePower(realm, instance.id, this.end(instance));
        return;
      case "Stopped":
    }
  }

  start(realm: Realm, instance: InstanceRecord): void {
    const { startingMs } = this.context.limits();
    this.power(realm, instance, "Starting", startingMs);
    this.continuePower(realm, instance.id, Promise.resolve());
  }

  stop(realm: Realm, instance: InstanceRecord): void {
    this.agentDown(realm, instance.id);
    this.hooks.lost(realm, instance.id, "ExecutionInterrupted");
    this.power(realm, this.current(realm, instance), "Stopping", this.context.limits().stoppingMs);
    this.continuePower(realm, instance.id, this.end(instance));
  }

  /** A reboot shows itself as Starting. */
  reboot(realm: Realm, instance: InstanceRecord): void {
    const { startingMs, stoppingMs } = this.context.limits();
    this.agentDown(realm, instance.id);
    this.hooks.lost(realm, instance.id, "InstanceRestarted");
    this.power(realm, this.current(realm, instance), "Starting", stoppingMs + startingMs);
    this.continuePower(realm, instance.id, this.end(instance));
  }

  /** The instance is gone for good. */
  release(realm: Realm, instance: InstanceRecord): void {
    this.agentDown(realm, instance.id);
    this.hooks.lost(realm, instance.id, "InstanceReleased");
    this.hooks.released(realm, instance.id);
    const { store, clock, events, backend } = this.context;
    store.commit(realm, clock.now(), [{ del: "instance", id: instance.id }]);
    this.crashes.delete(instance.id);
    events.add(realm, clock.now(), {
      kind: "power",
      instanceId: instance.id,
      power: "Deleted",
    });
    void this.await(instance.id, () => backend(instance).remove(instance.id));
  }

  patchAgent(realm: Realm, instance: InstanceRecord, patch: AgentPatch): void {
    const { restart, ...wanted } = patch;
    const before = instance.agent;
    const agent: AgentRecord = { ...before, ...wanted };
    this.putAgent(realm, instance, agent, "changed");
    const ran = this.up.has(instance.id);
    const runs = runsAgent(this.current(realm, instance));
    if (ran && (!runs || restart === true)) this.agentDown(realm, instance.id);
    if (restart === true && runs) this.agentUpLater(realm, instance.id, "warm");
    else if (!ran && runs) this.agentUp(realm, instance.id, "warm");
    else if (before.mode === "silent" && agent.mode === "online") this.ask(realm, instance.id);
  }

  /** The agent's process died of a task. Its supervisor gives up after five deaths in ten seconds. */
  crash(realm: Realm, instanceId: string): void {
    const instance = realm.instances.get(instanceId);
    if (instance === undefined || !this.up.has(instanceId)) return;
    const { clock, events } = this.context;
    const nowMs = clock.now();
    this.agentDown(realm, instanceId);
    events.add(realm, nowMs, { kind: "agent", instanceId, what: "crashed" });
    const recent = (this.crashes.get(instanceId) ?? []).filter(
      (at) => at > nowMs - CRASH_WINDOW_MS,
    );
    recent.push(nowMs);
    this.crashes.set(instanceId, recent);
    if (recent.length < CRASH_LIMIT) {
      this.agentUpLater(realm, instanceId, "warm");
      return;
    }
    const now = this.current(realm, instance);
    this.putAgent(realm, now, { ...now.agent, dead: true }, "changed");
  }

  /** Ends the agent's process; its supervisor starts it again. */
  restartAgent(realm: Realm, instance: InstanceRecord): void {
    if (!this.up.has(instance.id)) return;
    this.agentDown(realm, instance.id);
    this.agentUpLater(realm, instance.id, "warm");
  }

  clear(): void {
    this.up.clear();
    this.fresh.clear();
    this.crashes.clear();
  }

  private power(
    realm: Realm,
    instance: InstanceRecord,
    power: "Starting" | "Stopping",
    forMs: number,
  ): void {
    const nowMs = this.context.clock.now();
    this.put(realm, { ...instance, power, powerUntil: nowMs + forMs });
    this.context.events.add(realm, nowMs, { kind: "power", instanceId: instance.id, power });
  }

  /** When the time is over and the backend has ended what it had, the next state comes. */
  private continuePower(realm: Realm, instanceId: string, ended: Promise<void>): void {
    const instance = realm.instances.get(instanceId);
    if (instance === undefined) return;
    const { clock } = this.context;
    const dueAt = instance.powerUntil;
    clock.setTimer(dueAt ?? clock.now(), () => {
      void this.await(instanceId, async () => {
        await ended;
        const now = realm.instances.get(instanceId);
        // Meanwhile it was released, or something else was asked of it.
        if (now?.powerUntil !== dueAt) return;
        if (now?.power === "Stopping") this.stopped(realm, now);
        else if (now?.power === "Starting" || now?.power === "Pending") this.booted(realm, now);
      });
    });
  }

  private stopped(realm: Realm, instance: InstanceRecord): void {
    const { powerUntil: _until, ...rest } = instance;
    this.put(realm, { ...rest, power: "Stopped" });
    this.context.events.add(realm, this.context.clock.now(), {
      kind: "power",
      instanceId: instance.id,
      power: "Stopped",
    });
  }

  private booted(realm: Realm, instance: InstanceRecord): void {
    const nowMs = this.context.clock.now();
    const { powerUntil: _until, ...rest } = instance;
    const { dead: _dead, installPending, ...agent } = instance.agent;
    const next: InstanceRecord = {
      ...rest,
      power: "Running",
      bootId: this.context.store.nextId("boot", realm.regionId),
      bootCount: instance.bootCount + 1,
      coldStart: true,
      startedAt: nowMs,
      agent: { ...agent, installed: agent.installed || installPending === true },
    };
    this.put(realm, next);
    this.context.events.add(realm, nowMs, {
      kind: "power",
      instanceId: instance.id,
      power: "Running",
    });
    this.crashes.delete(instance.id);
    this.switchOn(realm, next, true);
    if (!runsAgent(next)) return;
    this.context.clock.setTimer(nowMs + this.context.limits().agentStartMs, () => {
      const now = realm.instances.get(instance.id);
      if (now?.bootId === next.bootId) this.agentUp(realm, instance.id, "cold");
    });
  }

  private agentUpLater(realm: Realm, instanceId: string, kind: "cold" | "warm"): void {
    const { clock, limits } = this.context;
    const bootId = realm.instances.get(instanceId)?.bootId;
    clock.setTimer(clock.now() + limits().agentRestartMs, () => {
      if (realm.instances.get(instanceId)?.bootId === bootId) this.agentUp(realm, instanceId, kind);
    });
  }

  /** The agent's process is there: it beats, and asks for work. */
  private agentUp(realm: Realm, instanceId: string, kind: "cold" | "warm"): void {
    const instance = realm.instances.get(instanceId);
    if (instance === undefined || this.up.has(instanceId) || !runsAgent(instance)) return;
    const { clock, backend, events } = this.context;
    const nowMs = clock.now();
    this.up.add(instanceId);
    // Nobody reports on what a former agent process had started.
    if (kind === "warm") {
      this.hooks.lost(realm, instanceId, "ClientRestarted");
      backend(instance).start(machineOf(realm, instance), { bootId: instance.bootId, cold: false });
    }
    this.put(realm, { ...instance, agent: { ...instance.agent, beat: { since: nowMs } } });
    events.add(realm, nowMs, { kind: "agent", instanceId, what: "up" });
    this.fresh.add(instanceId);
    this.ask(realm, instanceId);
  }

  /** The agent asks for work, unless it is silent. The first time it says that it has just begun. */
  private ask(realm: Realm, instanceId: string): void {
    const instance = realm.instances.get(instanceId);
    if (instance === undefined || !this.isReachable(instance)) return;
    const fresh = this.fresh.delete(instanceId);
    const { coldStart, ...rest } = instance;
    if (coldStart === true) this.put(realm, rest);
    this.hooks.contact(realm, instanceId, coldStart === true ? "cold" : fresh ? "warm" : "kick");
  }

  private agentDown(realm: Realm, instanceId: string): void {
    if (!this.up.delete(instanceId)) return;
    this.fresh.delete(instanceId);
    const instance = realm.instances.get(instanceId);
    this.hooks.forgotten(instanceId);
    if (instance === undefined) return;
    const { clock, events } = this.context;
    const nowMs = clock.now();
    const { beat } = instance.agent;
    if (beat !== undefined) {
      this.put(realm, {
        ...instance,
        agent: { ...instance.agent, beat: { ...beat, until: nowMs } },
      });
    }
    events.add(realm, nowMs, { kind: "agent", instanceId, what: "down" });
  }

  private switchOn(realm: Realm, instance: InstanceRecord, cold: boolean): void {
    this.context
      .backend(instance)
      .start(machineOf(realm, instance), { bootId: instance.bootId, cold });
  }

  private end(instance: InstanceRecord): Promise<void> {
    return this.await(instance.id, () => this.context.backend(instance).stop(instance.id));
  }

  /** One after the other for each machine; an advance of the clock waits for all. */
  private await(instanceId: string, work: () => Promise<void>): Promise<void> {
    const before = this.ending.get(instanceId) ?? Promise.resolve();
    const run = before.then(work).catch((reason: unknown) => {
      this.context.log?.error({ instanceId, err: reason }, "a machine could not be ended");
    });
    this.ending.set(instanceId, run);
    void run.finally(() => {
      if (this.ending.get(instanceId) === run) this.ending.delete(instanceId);
    });
    return run;
  }

  private putAgent(
    realm: Realm,
    instance: InstanceRecord,
    agent: AgentRecord,
    what: "changed" | "installed",
  ): void {
    this.put(realm, { ...instance, agent });
    this.context.events.add(realm, this.context.clock.now(), {
      kind: "agent",
      instanceId: instance.id,
      what,
    });
  }

  private put(realm: Realm, value: InstanceRecord): void {
    const change: Change = { put: "instance", value };
    this.context.store.commit(realm, this.context.clock.now(), [change]);
  }

  private current(realm: Realm, instance: InstanceRecord): InstanceRecord {
    return realm.instances.get(instance.id) ?? instance;
  }
}

const CRASH_LIMIT = 5;
const CRASH_WINDOW_MS = 10_000;

/** Whether the agent's process ought to run on this machine. */
function runsAgent(instance: InstanceRecord): boolean {
  const { agent } = instance;
  return (
    instance.power === "Running" &&
    agent.installed &&
    agent.mode !== "offline" &&
    agent.dead !== true
  );
}

function machineOf(realm: Realm, instance: InstanceRecord): Machine {
  return {
    instanceId: instance.id,
    instanceName: instance.name,
    osType: instance.osType,
    regionId: realm.regionId,
    behaviour: instance.behaviour,
  };
}

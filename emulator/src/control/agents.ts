import type { AgentPatch } from "../service-api.js";
import type { AgentRecord, InstanceRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { ControlContext } from "./context.js";
import type { Contact } from "./delivery.js";
import { currentInstance, machineOf, putInstance, runsAgent } from "./machine.js";

export type AgentHooks = {
  /** Whatever the agent was doing is lost to the service. */
  readonly lost: (realm: Realm, instanceId: string, errorCode: string) => void;
  /** The agent's memory is gone. */
  readonly forgotten: (instanceId: string) => void;
  /** The agent asks for work. */
  readonly contact: (realm: Realm, instanceId: string, kind: Contact) => void;
};

/** The agents' processes: which run, which beat, which have asked for work. */
export class Agents {
  private readonly running = new Set<string>();
  /** Agents that have not asked for work since their process began. */
  private readonly fresh = new Set<string>();
  private readonly crashes = new Map<string, number[]>();

  constructor(
    private readonly context: ControlContext,
    private readonly hooks: AgentHooks,
  ) {}

  /** Whether the agent's process is there. */
  isUp(instanceId: string): boolean {
    return this.running.has(instanceId);
  }

  /** Whether the agent takes work now. */
  isReachable(instance: InstanceRecord): boolean {
    return (
      instance.power === "Running" && instance.agent.mode === "online" && this.isUp(instance.id)
    );
  }

  /** After a restart of the emulator: it was there all the time. */
  known(instance: InstanceRecord): void {
    if (runsAgent(instance)) this.running.add(instance.id);
  }

  resume(realm: Realm, instance: InstanceRecord): void {
    if (!this.isUp(instance.id)) return;
    const { beat } = instance.agent;
    if (beat === undefined || beat.until !== undefined) this.beat(realm, instance);
    if (instance.coldStart === true) this.ask(realm, instance.id);
    else this.hooks.contact(realm, instance.id, "resume");
  }

  /** The process begins: it beats, and asks for work. */
  up(realm: Realm, instanceId: string, kind: "cold" | "warm"): void {
    const instance = realm.instances.get(instanceId);
    if (instance === undefined || this.isUp(instanceId) || !runsAgent(instance)) return;
    const { clock, backend, events } = this.context;
    this.running.add(instanceId);
    this.fresh.add(instanceId);
    if (kind === "warm") {
      // Nobody reports on what a former process had started.
      this.hooks.lost(realm, instanceId, "ClientRestarted");
      backend(instance).start(machineOf(realm, instance), { bootId: instance.bootId, cold: false });
    }
    this.beat(realm, instance);
    events.add(realm, clock.now(), { kind: "agent", instanceId, what: "up" });
    this.ask(realm, instanceId);
  }

  /** The same after `afterMs`, unless the machine was booted anew by then. */
  upLater(realm: Realm, instanceId: string, kind: "cold" | "warm", afterMs: number): void {
    const bootId = realm.instances.get(instanceId)?.bootId;
    const { clock } = this.context;
    clock.setTimer(clock.now() + afterMs, () => {
      if (realm.instances.get(instanceId)?.bootId === bootId) this.up(realm, instanceId, kind);
    });
  }

  down(realm: Realm, instanceId: string): void {
    if (!this.running.delete(instanceId)) return;
    this.fresh.delete(instanceId);
    this.hooks.forgotten(instanceId);
    const instance = realm.instances.get(instanceId);
    if (instance === undefined) return;
    const { clock, events } = this.context;
    const { agent } = instance;
    if (agent.beat !== undefined) {
      const beat = { ...agent.beat, until: clock.now() };
      putInstance(this.context, realm, { ...instance, agent: { ...agent, beat } });
    }
    events.add(realm, clock.now(), { kind: "agent", instanceId, what: "down" });
  }

  patch(realm: Realm, instance: InstanceRecord, patch: AgentPatch): void {
    const { restart, ...wanted } = patch;
    const before = instance.agent;
    this.put(realm, instance, { ...before, ...wanted });
    const ran = this.isUp(instance.id);
    const runs = runsAgent(currentInstance(realm, instance));
    if (ran && !runs) this.down(realm, instance.id);
    else if (ran && restart === true) this.restart(realm, instance.id);
    else if (!ran && runs) this.up(realm, instance.id, "warm");
    else if (before.mode === "silent") this.ask(realm, instance.id);
  }

  /** Ends the process; its supervisor starts it again. */
  restart(realm: Realm, instanceId: string): void {
    if (!this.isUp(instanceId)) return;
    this.down(realm, instanceId);
    this.upLater(realm, instanceId, "warm", this.context.limits().agentRestartMs);
  }

  /** The process died of a task. Its supervisor gives up after five deaths in ten seconds. */
  crash(realm: Realm, instanceId: string): void {
    const instance = realm.instances.get(instanceId);
    if (instance === undefined || !this.isUp(instanceId)) return;
    const { clock, events } = this.context;
    const nowMs = clock.now();
    const before = this.crashes.get(instanceId) ?? [];
    const recent = [...before.filter((at) => at > nowMs - CRASH_WINDOW_MS), nowMs];
    this.crashes.set(instanceId, recent);
    events.add(realm, nowMs, { kind: "agent", instanceId, what: "crashed" });
    if (recent.length < CRASH_LIMIT) {
      this.restart(realm, instanceId);
      return;
    }
    this.down(realm, instanceId);
    const now = currentInstance(realm, instance);
    this.put(realm, now, { ...now.agent, dead: true });
  }

  /** A boot: what came before does not count. */
  forgetCrashes(instanceId: string): void {
    this.crashes.delete(instanceId);
  }

  clear(): void {
    this.running.clear();
    this.fresh.clear();
    this.crashes.clear();
  }

  /** The agent asks for work, unless it is silent. The first time it says that it has just begun. */
  private ask(realm: Realm, instanceId: string): void {
    const instance = realm.instances.get(instanceId);
    if (instance === undefined || !this.isReachable(instance)) return;
    const fresh = this.fresh.delete(instanceId);
    const isCold = instance.coldStart === true;
    this.hooks.contact(realm, instanceId, isCold ? "cold" : fresh ? "warm" : "kick");
    if (isCold) this.bootTasksBegun(realm, instanceId);
  }

  /**
   * Noted only now: killed in between, the emulator begins those that had not begun, and those that
   * had are in flight.
   */
  private bootTasksBegun(realm: Realm, instanceId: string): void {
    const instance = realm.instances.get(instanceId);
    if (instance === undefined) return;
    const { coldStart, ...rest } = instance;
    if (coldStart === true) putInstance(this.context, realm, rest);
  }

  private beat(realm: Realm, instance: InstanceRecord): void {
    const beat = { since: this.context.clock.now() };
    putInstance(this.context, realm, { ...instance, agent: { ...instance.agent, beat } });
  }

  private put(realm: Realm, instance: InstanceRecord, agent: AgentRecord): void {
    const { clock, events } = this.context;
    putInstance(this.context, realm, { ...instance, agent });
    events.add(realm, clock.now(), { kind: "agent", instanceId: instance.id, what: "changed" });
  }
}

const CRASH_LIMIT = 5;
const CRASH_WINDOW_MS = 10_000;

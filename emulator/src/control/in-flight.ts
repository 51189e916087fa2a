import type { TaskKey } from "../backends/backend.js";
import type { Clock, Timer } from "../clock/clock.js";
import type { InvocationRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";

/** A run that a machine has and whose end is not known. */
export type InFlight = {
  readonly realm: Realm;
  /** As it was when the run was handed over. */
  readonly invocation: InvocationRecord;
  readonly instanceId: string;
  readonly run: number;
  /** When the service stops waiting for a report. */
  dueAt: number;
  started: boolean;
  /** What it has printed so far. */
  live: { output: Buffer; dropped: number } | undefined;
};

/** All runs that are out, and a timer for those on which nobody reports. */
export class InFlightRuns {
  /** By instance, then by invocation. */
  private readonly machines = new Map<string, Map<string, InFlight>>();
  private sweep: { readonly atMs: number; readonly timer: Timer } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly overdue: (run: InFlight) => void,
  ) {}

  add(run: InFlight): void {
    let of = this.machines.get(run.instanceId);
    if (of === undefined) {
      of = new Map();
      this.machines.set(run.instanceId, of);
    }
    of.set(run.invocation.id, run);
    this.sweepBy(run.dueAt);
  }

  of(invokeId: string, instanceId: string): InFlight | undefined {
    return this.machines.get(instanceId)?.get(invokeId);
  }

  /** Undefined also when another run of that task is out by now. */
  find(key: TaskKey): InFlight | undefined {
    const run = this.of(key.invokeId, key.instanceId);
    return run?.run === key.run ? run : undefined;
  }

  onMachine(instanceId: string): InFlight[] {
    return [...(this.machines.get(instanceId)?.values() ?? [])];
  }

  remove(invokeId: string, instanceId: string): void {
    const of = this.machines.get(instanceId);
    if (of?.delete(invokeId) === true && of.size === 0) this.machines.delete(instanceId);
  }

  clear(): void {
    this.machines.clear();
    this.sweep?.timer.cancel();
    this.sweep = undefined;
  }

  /** One timer for all: most runs are long over when it comes. */
  private sweepBy(atMs: number): void {
    if (this.sweep !== undefined) {
      if (this.sweep.atMs <= atMs) return;
      this.sweep.timer.cancel();
    }
    const timer = this.clock.setTimer(atMs, () => {
      this.sweep = undefined;
      this.sweepAll();
    });
    this.sweep = { atMs, timer };
  }

  private sweepAll(): void {
    const nowMs = this.clock.now();
    const runs = [...this.machines.values()].flatMap((of) => [...of.values()]);
    for (const run of runs) if (run.dueAt <= nowMs) this.overdue(run);
    let next = Infinity;
    for (const of of this.machines.values()) {
      for (const run of of.values()) next = Math.min(next, run.dueAt);
    }
    if (next !== Infinity) this.sweepBy(Math.max(next, nowMs + 1_000));
  }
}

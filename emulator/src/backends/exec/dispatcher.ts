import { availableParallelism } from "node:os";
import { EmulatorError } from "../../errors.js";
import { FairQueue } from "./fair-queue.js";
import type { MachineHost } from "./machine-host.js";
import type { ExecLimits } from "./options.js";
import type { TaskRun } from "./task-run.js";

export type DispatcherDeps = {
  readonly limits: Pick<ExecLimits, "running" | "runningPerInstance">;
  readonly hostOf: (instanceId: string) => MachineHost | undefined;
  readonly start: (run: TaskRun, host: MachineHost) => void;
};

/** Decides when a task that waits may start: so many at once, so many an instance, all in turn. */
export class Dispatcher {
  readonly #queue = new FairQueue<TaskRun>();
  readonly #active = new Map<TaskRun, string>();
  #opening = 0;
  #pumping = false;
  #closed = false;

  constructor(private readonly deps: DispatcherDeps) {}

  /** Tasks of an instance that run or wait. */
  countOf(instanceId: string): number {
    return this.#activeOf(instanceId) + this.#queue.lengthOf(instanceId);
  }

  add(run: TaskRun): void {
    this.#queue.push(run.task.instanceId, run);
    this.pump();
  }

  /** Counts a task that runs already. */
  occupy(run: TaskRun): void {
    this.#active.set(run, run.task.instanceId);
  }

  /** The task neither runs nor waits any more. */
  release(run: TaskRun): void {
    this.#active.delete(run);
    this.#queue.remove(run.task.instanceId, run);
    this.pump();
  }

  /** Starts what may start, one a turn of the event loop, so that requests are answered between. */
  pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      if (this.#startNext()) this.pump();
    });
  }

  close(): void {
    this.#closed = true;
  }

  #startNext(): boolean {
    if (this.#closed || this.#active.size >= this.deps.limits.running) return false;
    const run = this.#queue.take((instanceId) => this.#mayStart(instanceId));
    const host = run === undefined ? undefined : this.deps.hostOf(run.task.instanceId);
    if (run === undefined || host === undefined) return false;
    this.occupy(run);
    this.deps.start(run, host);
    return true;
  }

  /** Whether an instance has room for one more; makes its place when it has none yet. */
  #mayStart(instanceId: string): boolean {
    const host = this.deps.hostOf(instanceId);
    if (host?.isOn !== true) return false;
    if (this.#activeOf(instanceId) >= this.deps.limits.runningPerInstance) return false;
    if (host.place !== undefined) return true;
    if (host.isOpening || this.#opening >= OPENING_AT_ONCE) return false;
    this.#opening += 1;
    host.open((failure) => {
      this.#opening -= 1;
      if (failure !== undefined) this.#giveUp(instanceId, EmulatorError.from(failure).message);
      this.pump();
    });
    return false;
  }

  /** The machine cannot run anything: says so of all that waits for it. */
  #giveUp(instanceId: string, reason: string): void {
    for (const run of this.#queue.drop(instanceId)) {
      run.giveUp(`The emulator could not make the instance ready: ${reason}`);
    }
  }

  #activeOf(instanceId: string): number {
    let count = 0;
    for (const id of this.#active.values()) if (id === instanceId) count += 1;
    return count;
  }
}

/** More at once would only keep the processor, and with it all answers, longer from each. */
const OPENING_AT_ONCE = 2 * availableParallelism();

import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Backend, BackendDeps, Machine, Task, TaskKey } from "../backend.js";
import { Dispatcher } from "./dispatcher.js";
import type { Doorbells } from "./doorbells.js";
import { powerDoorbell } from "./isolation/doorbell-names.js";
import type { Isolation } from "./isolation/isolation.js";
import { killMarked, type TerminationMode } from "./kill.js";
import { homeOf, taskName, type Layout } from "./layout.js";
import { MachineHost } from "./machine-host.js";
import type { ExecLimits, Isolation as IsolationName } from "./options.js";
import { PowerButtons } from "./power-buttons.js";
import type { ProcessCount } from "./process-count.js";
import { recoverTask } from "./recover.js";
import { TaskFolder } from "./task-folder.js";
import { TaskRun, type RunDeps } from "./task-run.js";

/** What `createExecBackend` gives: a backend that also tells how it keeps instances apart. */
export interface ExecBackend extends Backend {
  readonly name: "exec";
  readonly isolation: IsolationName;
  /** The folder that an instance has as its home: $HOME of its commands, whatever it is there. */
  root(instanceId: string): string;
}

export type ExecParts = {
  readonly layout: Layout;
  readonly limits: ExecLimits;
  readonly path: string;
  readonly isolation: Isolation;
  readonly doorbells: Doorbells;
  readonly count: ProcessCount;
};

/** Instances as folders and process trees of this machine. */
export class HostBackend implements ExecBackend {
  readonly name = "exec";
  readonly #machines = new Map<string, MachineHost>();
  /** Tasks that wait or run, by name. */
  readonly #runs = new Map<string, TaskRun>();
  readonly #dispatcher: Dispatcher;
  readonly #doorbells: Doorbells;
  readonly #buttons: PowerButtons;
  #answersDue = 0;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(
    private readonly parts: ExecParts,
    private readonly deps: BackendDeps,
  ) {
    this.#doorbells = parts.doorbells;
    this.#buttons = new PowerButtons(deps);
    this.#dispatcher = new Dispatcher({
      limits: parts.limits,
      hostOf: (instanceId) => this.#machines.get(instanceId),
      start: (run, host) => {
        this.#start(run, host);
      },
    });
  }

  get isolation(): IsolationName {
    return this.parts.isolation.name;
  }

  root(instanceId: string): string {
    return homeOf(this.parts.layout, instanceId).root;
  }

  busy(): boolean {
    return this.#runs.size > 0 || this.#answersDue > 0;
  }

  settled(): Promise<void> {
    if (!this.busy()) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  start(machine: Machine, boot: { readonly bootId: string; readonly cold: boolean }): void {
    const { instanceId } = machine;
    const host = this.#machines.get(instanceId) ?? this.#newHost(machine);
    this.#machines.set(instanceId, host);
    if (host.isOn) {
      // A power cut ends everything. An agent that dies only forgets what it had.
      this.#forgetRuns(instanceId, boot.cold ? "killed" : "orphaned");
      if (boot.cold) host.stop().catch(() => undefined);
    }
    host.start(machine, boot);
    const name = powerDoorbell({ machine });
    const look = (): void => {
      this.#buttons.look(instanceId, join(this.parts.layout.doorbells, name));
    };
    this.#doorbells.on(name, look);
    look();
    this.#dispatcher.pump();
  }

  update(machine: Machine): void {
    this.#machines.get(machine.instanceId)?.describe(machine);
  }

  async stop(instanceId: string): Promise<void> {
    this.#forgetRuns(instanceId, "killed");
    this.#buttons.release(instanceId);
    await this.#machines.get(instanceId)?.stop();
  }

  async remove(instanceId: string): Promise<void> {
    await this.stop(instanceId);
    const host = this.#machines.get(instanceId);
    this.#machines.delete(instanceId);
    if (host !== undefined) this.#doorbells.off(powerDoorbell(host));
    const { folder } = homeOf(this.parts.layout, instanceId);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  deliver(task: Task): void {
    // The agent ignores a task that it knows already.
    if (this.#closed || this.#runs.has(taskName(task))) return;
    const run = this.#newRun(task);
    const { runningPerInstance, waitingPerInstance } = this.parts.limits;
    const known = this.#dispatcher.countOf(task.instanceId);
    if (known < runningPerInstance + waitingPerInstance) {
      this.#dispatcher.add(run);
      return;
    }
    this.#answer(() => {
      const detail = `${known} tasks run or wait on this instance`;
      run.refuse({ errorCode: "TaskConcurrencyLimit", detail });
    });
  }

  cancel(key: TaskKey, terminationMode: TerminationMode): void {
    const run = this.#runs.get(taskName(key));
    this.#answer(() => {
      if (run?.isOver === false) {
        if (run.isWaiting) this.#dispatcher.release(run);
        void run.cancel(terminationMode);
        return;
      }
      const nothing = { startedAt: 0, finishedAt: 0, output: Buffer.alloc(0), dropped: 0 };
      this.deps.report(key, { kind: "stopped", ...nothing });
    });
  }

  async recover(tasks: readonly Task[]): Promise<void> {
    const known = new Set(tasks.map(taskName));
    for (const name of readdirSync(this.parts.layout.tasks)) {
      if (!known.has(name)) new TaskFolder(join(this.parts.layout.tasks, name)).remove();
    }
    const found = await Promise.all(
      tasks
        .filter((task) => !this.#runs.has(taskName(task)))
        .map(async (task) => {
          const run = this.#newRun(task, true);
          return { run, what: await recoverTask(run.folder) };
        }),
    );
    for (const { run, what } of found) {
      if (what.kind === "never-started") {
        this.#dispatcher.add(run);
        continue;
      }
      this.#dispatcher.occupy(run);
      if (what.kind === "adopt") run.adopt(what.record);
      else run.interrupted(what.record);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#dispatcher.close();
    for (const run of this.#runs.values()) run.interrupt();
    this.#runs.clear();
    this.#buttons.close();
    this.#doorbells.close();
    await Promise.all([...this.#machines.values()].map((host) => host.rest()));
    // All at once, and also what was left behind by instances that are no longer known.
    await killMarked((mark) => mark.startsWith(`${this.parts.layout.instances}/`));
    await this.parts.isolation.close();
    this.parts.count.close();
    this.#settle();
  }

  #newHost(machine: Machine): MachineHost {
    const home = homeOf(this.parts.layout, machine.instanceId);
    return new MachineHost(home, machine, this.parts.isolation, this.parts.count);
  }

  #newRun(task: Task, isAgain = false): TaskRun {
    const deps: RunDeps = {
      layout: this.parts.layout,
      limits: this.parts.limits,
      doorbells: this.#doorbells,
      now: this.deps.now,
      report: this.deps.report,
      ended: (ended, exitCode) => {
        this.#ended(ended, exitCode);
      },
    };
    const run = new TaskRun(task, deps, isAgain);
    this.#runs.set(run.name, run);
    return run;
  }

  #start(run: TaskRun, host: MachineHost): void {
    const { machine, place, home, group } = host;
    if (place === undefined) return;
    const { path, limits } = this.parts;
    run.start({ machine, place, path, limits, group, mark: home.folder });
  }

  #ended(run: TaskRun, exitCode: number | undefined): void {
    this.#drop(run);
    const { instanceId } = run.task;
    if (exitCode === POWER_OFF) this.deps.power({ instanceId, action: "powerOff" });
    if (exitCode === REBOOT) this.deps.power({ instanceId, action: "reboot" });
  }

  #drop(run: TaskRun): void {
    if (this.#runs.get(run.name) === run) this.#runs.delete(run.name);
    this.#dispatcher.release(run);
    this.#settle();
  }

  #forgetRuns(instanceId: string, processes: "killed" | "orphaned"): void {
    for (const run of this.#runs.values()) {
      if (run.task.instanceId !== instanceId) continue;
      run.forget(processes);
      this.#drop(run);
    }
  }

  /** Never within the caller's own call: it has not yet written down what it asked for. */
  #answer(act: () => void): void {
    this.#answersDue += 1;
    setImmediate(() => {
      this.#answersDue -= 1;
      if (!this.#closed) act();
      this.#settle();
    });
  }

  #settle(): void {
    if (this.busy()) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}

/** Exit codes after which the agent powers its machine off or reboots it. */
const POWER_OFF = 193;
const REBOOT = 194;

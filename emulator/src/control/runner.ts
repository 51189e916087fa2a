import type { InstanceStatus } from "cloud-assistant-api";
import type { Report, Task, TaskKey } from "../backends/backend.js";
import type {
  InstanceRecord,
  InvocationRecord,
  Outcome,
  RunRecord,
  TaskRecord,
} from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { ControlContext } from "./context.js";
import { errorOf, isFinalReport, printed, runOutcome, type FinalReport } from "./run-outcome.js";
import { isFinal, stoppedStatus } from "./status.js";
import { substitute } from "./substitute.js";
import { begun, handedOver } from "./task-steps.js";
import type { Tasks } from "./tasks.js";

export type RunnerHooks = {
  /** Whether the agent that would report is there at all. */
  readonly agentUp: (instanceId: string) => boolean;
  /** The machine is done with the run, whether or not the service hears of it. */
  readonly machineDone: (key: TaskKey) => void;
  /** Whether a schedule has no run left after this one. */
  readonly isLastRun: (task: TaskRecord) => boolean;
  /** The schedule is over for this task. */
  readonly over: (task: TaskRecord) => void;
};

/** A run that a machine has and whose end is not known. */
type InFlight = {
  readonly realm: Realm;
  readonly invocation: InvocationRecord;
  readonly instanceId: string;
  readonly run: number;
  /** When the service gives up waiting for a report. */
  dueAt: number;
  started: boolean;
  live: { output: Buffer; dropped: number } | undefined;
};

/** Hands runs to machines and takes what they report. Each report counts once. */
export class Runner {
  /** By instance, then by invocation. */
  private readonly machines = new Map<string, Map<string, InFlight>>();
  private sweepAt: number | undefined;

  constructor(
    private readonly context: ControlContext,
    private readonly tasks: Tasks,
    private readonly hooks: RunnerHooks,
  ) {}

  /** Starts the next run. It is in the journal before the machine knows of it. */
  start(
    realm: Realm,
    invocation: InvocationRecord,
    task: TaskRecord,
    instance: InstanceRecord,
  ): void {
    const next = handedOver(task, invocation.version);
    this.tasks.put(realm, next);
    this.watch(realm, invocation, next);
    this.context.backend(instance).deliver(this.taskFor(realm, invocation, next, instance));
  }

  /** After a restart: what the machines were given before it, in the backend's terms. */
  resume(realm: Realm, task: TaskRecord, instance: InstanceRecord): Task | undefined {
    const invocation = realm.invocations.get(task.invokeId);
    if (invocation === undefined) return undefined;
    this.watch(realm, invocation, task);
    return this.taskFor(realm, invocation, task, instance);
  }

  isInFlight(invokeId: string, instanceId: string): boolean {
    return this.of(invokeId, instanceId) !== undefined;
  }

  live(invokeId: string, instanceId: string): { output: Buffer; dropped: number } | undefined {
    return this.of(invokeId, instanceId)?.live;
  }

  /** From a backend, through the machine's agent and whatever is wrong with it. */
  report(key: TaskKey, report: Report, attempt = 0): void {
    const entry = this.entry(key);
    if (entry === undefined) return;
    const instance = entry.realm.instances.get(entry.instanceId);
    if (isFinalReport(report) && attempt === 0) this.hooks.machineDone(key);
    if (instance === undefined || !this.hooks.agentUp(instance.id)) return;
    if (instance.agent.mode === "silent") {
      this.reportLater(key, report, attempt);
      return;
    }
    switch (instance.agent.fault) {
      case "reports-never":
        return;
      case "never-closes":
        if (!isFinalReport(report)) this.take(entry, report);
        return;
      case "reports-twice":
        this.take(entry, report);
        if (this.entry(key) !== undefined) this.take(entry, report);
        return;
      case "none":
        this.take(entry, report);
    }
  }

  /** Ends whatever an instance was running, because nobody will report on it. */
  closeAll(realm: Realm, instanceId: string, errorCode: string): void {
    for (const entry of [...(this.machines.get(instanceId)?.values() ?? [])]) {
      if (entry.realm === realm) this.closeUnreported(entry, errorCode);
    }
  }

  /** A stopped task on whose end nobody reports. */
  closeStopped(realm: Realm, task: TaskRecord): void {
    const entry = this.of(task.invokeId, task.instanceId);
    const outcome = entry === undefined ? outcomeOf(task) : kept(entry, this.context.clock.now());
    this.forget(task.invokeId, task.instanceId);
    this.tasks.close(realm, task, stoppedStatus(task.repeats), outcome);
    this.hooks.over(task);
  }

  forget(invokeId: string, instanceId: string): void {
    const of = this.machines.get(instanceId);
    if (of?.delete(invokeId) === true && of.size === 0) this.machines.delete(instanceId);
  }

  clear(): void {
    this.machines.clear();
    this.sweepAt = undefined;
  }

  /** Final reports are tried four times, two seconds apart. [agent] */
  private reportLater(key: TaskKey, report: Report, attempt: number): void {
    if (!isFinalReport(report) || attempt >= 3) return;
    const { clock } = this.context;
    clock.setTimer(clock.now() + 2_000, () => {
      this.report(key, report, attempt + 1);
    });
  }

  private entry(key: TaskKey): InFlight | undefined {
    const entry = this.of(key.invokeId, key.instanceId);
    return entry?.run === key.run ? entry : undefined;
  }

  private of(invokeId: string, instanceId: string): InFlight | undefined {
    return this.machines.get(instanceId)?.get(invokeId);
  }

  private *all(): Generator<InFlight> {
    for (const of of this.machines.values()) yield* of.values();
  }

  private take(entry: InFlight, report: Report): void {
    const { realm, instanceId } = entry;
    const task = realm.task(entry.invocation.id, instanceId);
    if (task === undefined || task.inFlight !== true || task.run !== entry.run) return;
    if (report.kind === "output") {
      entry.live = { output: report.output, dropped: report.dropped };
      return;
    }
    if (report.kind === "running") {
      if (entry.started) return;
      entry.started = true;
      entry.dueAt = dueAt(report.startedAt, entry.invocation, this.context.limits().unreportedMs);
      this.tasks.put(realm, begun(task, report.startedAt, this.context.clock.now()));
      return;
    }
    this.finish(entry, task, report);
  }

  private finish(entry: InFlight, task: TaskRecord, report: FinalReport): void {
    const { realm, invocation } = entry;
    const { status, outcome } = runOutcome(report, invocation.timeout);
    this.forget(task.invokeId, task.instanceId);
    // A run may end before its start was told.
    const counted =
      entry.started || report.kind === "invalid" || outcome.startedAt === undefined
        ? task
        : begun(task, outcome.startedAt, this.context.clock.now());
    const scheduled = repeats(invocation);
    const run =
      scheduled && report.kind !== "invalid" ? pastRun(counted, status, outcome) : undefined;
    const next = scheduled
      ? statusOfSchedule(counted, status, report, () => this.hooks.isLastRun(task))
      : report.kind === "stopped"
        ? stoppedStatus(counted.repeats)
        : status;
    this.tasks.close(realm, counted, next, outcome, run);
    if (isFinal(next)) this.hooks.over(task);
  }

  /** The service closes a run by itself. A schedule lives on. */
  private closeUnreported(entry: InFlight, errorCode: string): void {
    const { realm, invocation, instanceId } = entry;
    const instance = realm.instances.get(instanceId);
    this.hooks.machineDone({ invokeId: invocation.id, instanceId, run: entry.run });
    this.forget(invocation.id, instanceId);
    const task = realm.task(invocation.id, instanceId);
    if (task?.inFlight !== true || instance?.agent.fault === "never-closes") return;
    const outcome = { ...kept(entry, this.context.clock.now()), ...errorOf(errorCode) };
    const status: InstanceStatus =
      task.status === "Stopping"
        ? stoppedStatus(task.repeats)
        : entry.started
          ? "Error"
          : "Aborted";
    const lives =
      repeats(invocation) &&
      task.status !== "Stopping" &&
      errorCode !== "InstanceReleased" &&
      !this.hooks.isLastRun(task);
    const run = repeats(invocation) && entry.started ? pastRun(task, status, outcome) : undefined;
    this.tasks.close(realm, task, lives ? "Scheduled" : status, outcome, run);
    if (!lives) this.hooks.over(task);
  }

  private watch(realm: Realm, invocation: InvocationRecord, task: TaskRecord): void {
    const { clock, limits } = this.context;
    const started = task.status === "Running" || task.status === "Stopping";
    const from = started ? (task.startedAt ?? clock.now()) : clock.now();
    let of = this.machines.get(task.instanceId);
    if (of === undefined) {
      of = new Map();
      this.machines.set(task.instanceId, of);
    }
    of.set(invocation.id, {
      realm,
      invocation,
      instanceId: task.instanceId,
      run: task.run,
      dueAt: dueAt(from, invocation, limits().unreportedMs),
      started,
      live: undefined,
    });
    this.sweepLater();
  }

  /** One timer for all: most runs are long over when it comes. */
  private sweepLater(): void {
    if (this.sweepAt !== undefined || this.machines.size === 0) return;
    const { clock } = this.context;
    let next = Infinity;
    for (const entry of this.all()) next = Math.min(next, entry.dueAt);
    this.sweepAt = Math.max(next, clock.now() + 1_000);
    clock.setTimer(this.sweepAt, () => {
      this.sweepAt = undefined;
      this.sweep();
      this.sweepLater();
    });
  }

  private sweep(): void {
    const { clock, limits } = this.context;
    const nowMs = clock.now();
    for (const entry of [...this.all()]) {
      if (entry.dueAt > nowMs) continue;
      const instance = entry.realm.instances.get(entry.instanceId);
      if (instance?.agent.fault === "never-closes" || this.waitsBehindOthers(entry)) {
        entry.dueAt = nowMs + Math.max(1_000, limits().unreportedMs);
        continue;
      }
      this.closeUnreported(entry, "ClientNotResponse");
    }
  }

  /** A task that waits in the agent's queue reports nothing, and is not lost. */
  private waitsBehindOthers(entry: InFlight): boolean {
    if (entry.started) return false;
    const others = this.machines.get(entry.instanceId)?.values() ?? [];
    return [...others].some((other) => other.started);
  }

  private taskFor(
    realm: Realm,
    invocation: InvocationRecord,
    task: TaskRecord,
    instance: InstanceRecord,
  ): Task {
    const content = Buffer.from(invocation.content, "base64");
    const { enableParameter } = invocation;
    return {
      invokeId: invocation.id,
      instanceId: instance.id,
      commandId: invocation.commandId,
      run: task.run,
      type: invocation.commandType,
      content: enableParameter ? substitute(content, invocation.parameters) : content,
      enableParameter,
      builtIns: {
        RegionId: realm.regionId,
        AccountId: realm.accountId,
        InstanceId: instance.id,
        InstanceName: instance.name,
        InvokeId: invocation.id,
        CommandId: invocation.commandId,
      },
      timeoutSeconds: invocation.timeout,
      workingDir: invocation.workingDir,
      username: invocation.username,
      launcher: invocation.launcher,
      terminationMode: invocation.terminationMode,
    };
  }
}

/** Without a time-out of its own the agent takes an hour. [agent] */
const DEFAULT_TIMEOUT_SECONDS = 3_600;

function dueAt(fromMs: number, invocation: InvocationRecord, graceMs: number): number {
  const seconds = invocation.timeout > 0 ? invocation.timeout : DEFAULT_TIMEOUT_SECONDS;
  return fromMs + seconds * 1_000 + graceMs;
}

/** Schedules and every-boot plans: after a run there may be another. */
function repeats(invocation: InvocationRecord): boolean {
  return invocation.repeatMode === "Period" || invocation.repeatMode === "EveryReboot";
}

/** What becomes of a schedule after one of its runs. */
function statusOfSchedule(
  task: TaskRecord,
  status: InstanceStatus,
  report: FinalReport,
  isLastRun: () => boolean,
): InstanceStatus {
  if (report.kind === "stopped") return stoppedStatus(task.repeats);
  // The agent drops a schedule whose run it refused. [agent]
  if (report.kind === "invalid") return status;
  if (task.status === "Stopping") return "Terminated";
  if (!isLastRun()) return "Scheduled";
  // A schedule that is over shows success or failure of its last run, nothing finer.
  return status === "Success" ? "Success" : "Failed";
}

function pastRun(task: TaskRecord, status: InstanceStatus, outcome: Outcome): RunRecord {
  return {
    invokeId: task.invokeId,
    instanceId: task.instanceId,
    run: task.run,
    status,
    startedAt: outcome.startedAt ?? task.startedAt,
    finishedAt: outcome.finishedAt,
    exitCode: outcome.exitCode,
    output: outcome.output,
    dropped: outcome.dropped,
    errorCode: outcome.errorCode,
    errorInfo: outcome.errorInfo,
    stopAt: task.stopAt,
  };
}

/** What is known of a run that was cut short. */
function kept(entry: InFlight, nowMs: number): Outcome {
  const output = entry.live === undefined ? {} : printed(entry.live);
  return entry.started ? { ...output, finishedAt: nowMs } : output;
}

/** The latest run's outcome, for a task that ends without another one. */
function outcomeOf(task: TaskRecord): Outcome {
  const { startedAt, finishedAt, exitCode, output, dropped, errorCode, errorInfo } = task;
  return { startedAt, finishedAt, exitCode, output, dropped, errorCode, errorInfo };
}

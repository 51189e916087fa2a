import type { InstanceStatus } from "cloud-assistant-api";
import type { Report, Task, TaskKey } from "../backends/backend.js";
import type { InstanceRecord, InvocationRecord, Outcome, TaskRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { ControlContext } from "./context.js";
import { InFlightRuns, type InFlight } from "./in-flight.js";
import { machineTask } from "./machine-task.js";
import { errorOf, isFinalReport, printed, runOutcome, type FinalReport } from "./run-outcome.js";
import { pastRun, repeats, statusOfSchedule } from "./schedule-outcome.js";
import { isFinal, stoppedStatus } from "./status.js";
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

/** Hands runs to machines and takes what they report. Each report counts once. */
export class Runner {
  private readonly runs: InFlightRuns;

  constructor(
    private readonly context: ControlContext,
    private readonly tasks: Tasks,
    private readonly hooks: RunnerHooks,
  ) {
    this.runs = new InFlightRuns(context.clock, (run) => {
      this.overdue(run);
    });
  }

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
    this.context.backend(instance).deliver(machineTask(realm, invocation, next, instance));
  }

  /** After a restart: what the machines were given before it, in the backend's terms. */
  resume(realm: Realm, task: TaskRecord, instance: InstanceRecord): Task | undefined {
    const invocation = realm.invocations.get(task.invokeId);
    if (invocation === undefined) return undefined;
    this.watch(realm, invocation, task);
    return machineTask(realm, invocation, task, instance);
  }

  isInFlight(invokeId: string, instanceId: string): boolean {
    return this.runs.of(invokeId, instanceId) !== undefined;
  }

  live(invokeId: string, instanceId: string): { output: Buffer; dropped: number } | undefined {
    return this.runs.of(invokeId, instanceId)?.live;
  }

  /** From a backend, through the machine's agent and whatever is wrong with it. */
  report(key: TaskKey, report: Report, attempt = 0): void {
    const run = this.runs.find(key);
    if (run === undefined) return;
    const instance = run.realm.instances.get(run.instanceId);
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
        if (!isFinalReport(report)) this.take(run, report);
        return;
      case "reports-twice":
        this.take(run, report);
        if (this.runs.find(key) !== undefined) this.take(run, report);
        return;
      case "none":
        this.take(run, report);
    }
  }

  /** Ends whatever an instance was running, because nobody will report on it. */
  closeAll(realm: Realm, instanceId: string, errorCode: string): void {
    for (const run of this.runs.onMachine(instanceId)) {
      if (run.realm === realm) this.closeUnreported(run, errorCode);
    }
  }

  /** A stopped task on whose end nobody reports. */
  closeStopped(realm: Realm, task: TaskRecord): void {
    const run = this.runs.of(task.invokeId, task.instanceId);
    const outcome = run === undefined ? outcomeOf(task) : kept(run, this.context.clock.now());
    this.runs.remove(task.invokeId, task.instanceId);
    this.tasks.close(realm, task, stoppedStatus(task.repeats), outcome);
    this.hooks.over(task);
  }

  clear(): void {
    this.runs.clear();
  }

  /** Final reports are tried four times, two seconds apart. [agent] */
  private reportLater(key: TaskKey, report: Report, attempt: number): void {
    if (!isFinalReport(report) || attempt >= 3) return;
    const { clock } = this.context;
    clock.setTimer(clock.now() + 2_000, () => {
      this.report(key, report, attempt + 1);
    });
  }

  private take(run: InFlight, report: Report): void {
    const { realm, instanceId } = run;
    const task = realm.task(run.invocation.id, instanceId);
    if (task?.inFlight !== true || task.run !== run.run) return;
    if (report.kind === "output") {
      run.live = { output: report.output, dropped: report.dropped };
      return;
    }
    if (report.kind === "running") {
      if (run.started) return;
      run.started = true;
      run.dueAt = this.dueAt(report.startedAt, run.invocation);
      this.tasks.put(realm, begun(task, report.startedAt, this.context.clock.now()));
      return;
    }
    this.finish(run, task, report);
  }

  private finish(
    { realm, invocation, started }: InFlight,
    task: TaskRecord,
    report: FinalReport,
  ): void {
    const { status, outcome } = runOutcome(report, invocation.timeout);
    if ("detail" in report) {
      const { invokeId, instanceId } = task;
      const { errorCode, detail } = report;
      this.context.log?.info({ invokeId, instanceId, errorCode, detail }, "an instance's account");
    }
    this.runs.remove(task.invokeId, task.instanceId);
    // A run may end before its start was told.
    const counted =
      started || report.kind === "invalid" || outcome.startedAt === undefined
        ? task
        : begun(task, outcome.startedAt, this.context.clock.now());
    const scheduled = repeats(invocation);
    const past =
      scheduled && report.kind !== "invalid" ? pastRun(counted, status, outcome) : undefined;
    const next = scheduled
      ? statusOfSchedule(counted, status, report, () => this.hooks.isLastRun(task))
      : report.kind === "stopped"
        ? stoppedStatus(counted.repeats)
        : status;
    this.tasks.close(realm, counted, next, outcome, past);
    if (isFinal(next)) this.hooks.over(task);
  }

  private overdue(run: InFlight): void {
    const { clock, limits } = this.context;
    const fault = run.realm.instances.get(run.instanceId)?.agent.fault;
    if (fault === "never-closes" || this.waitsBehindOthers(run)) {
      run.dueAt = clock.now() + Math.max(1_000, limits().unreportedMs);
    } else {
      this.closeUnreported(run, "ClientNotResponse");
    }
  }

  /** A task that waits in the agent's queue reports nothing, and is not lost. */
  private waitsBehindOthers(run: InFlight): boolean {
    return !run.started && this.runs.onMachine(run.instanceId).some((other) => other.started);
  }

  /** The service closes a run by itself. A schedule lives on. */
  private closeUnreported(run: InFlight, errorCode: string): void {
    const { realm, invocation, instanceId, started } = run;
    this.hooks.machineDone({ invokeId: invocation.id, instanceId, run: run.run });
    this.runs.remove(invocation.id, instanceId);
    const task = realm.task(invocation.id, instanceId);
    const fault = realm.instances.get(instanceId)?.agent.fault;
    if (task?.inFlight !== true || fault === "never-closes") return;
    const stopping = task.status === "Stopping";
    const outcome = { ...kept(run, this.context.clock.now()), ...errorOf(errorCode) };
    const unfinished: InstanceStatus = started ? "Error" : "Aborted";
    const status = stopping ? stoppedStatus(task.repeats) : unfinished;
    const scheduled = repeats(invocation);
    const ends = stopping || errorCode === "InstanceReleased" || this.hooks.isLastRun(task);
    const lives = scheduled && !ends;
    const past = scheduled && started ? pastRun(task, status, outcome) : undefined;
    this.tasks.close(realm, task, lives ? "Scheduled" : status, outcome, past);
    if (!lives) this.hooks.over(task);
  }

  private watch(realm: Realm, invocation: InvocationRecord, task: TaskRecord): void {
    const nowMs = this.context.clock.now();
    const started = task.status === "Running" || task.status === "Stopping";
    this.runs.add({
      realm,
      invocation,
      instanceId: task.instanceId,
      run: task.run,
      dueAt: this.dueAt(started ? (task.startedAt ?? nowMs) : nowMs, invocation),
      started,
      live: undefined,
    });
  }

  private dueAt(fromMs: number, invocation: InvocationRecord): number {
    const seconds = invocation.timeout > 0 ? invocation.timeout : DEFAULT_TIMEOUT_SECONDS;
    return fromMs + seconds * 1_000 + this.context.limits().unreportedMs;
  }
}

/** Without a time-out of its own the agent takes an hour. [agent] */
const DEFAULT_TIMEOUT_SECONDS = 3_600;

/** What is known of a run that was cut short. */
function kept(run: InFlight, nowMs: number): Outcome {
  const output = run.live === undefined ? {} : printed(run.live);
  return run.started ? { ...output, finishedAt: nowMs } : output;
}

/** The latest run's outcome, for a task that ends without another one. */
function outcomeOf(task: TaskRecord): Outcome {
  const { startedAt, finishedAt, exitCode, output, dropped, errorCode, errorInfo } = task;
  return { startedAt, finishedAt, exitCode, output, dropped, errorCode, errorInfo };
}

import type { BackendDeps, Machine, Report, Task, TaskKey } from "../backend.js";
import type { SimBehaviour, SimDefaults, SimOutcome } from "./behaviour.js";
import { chooseOutcome } from "./choose.js";

type Run = {
  readonly task: Task;
  readonly startedAt: number;
  readonly output: Buffer;
  readonly dropped: number;
  timer: { cancel(): void } | undefined;
};

/** Outcomes of a task that was started. */
type Running = Exclude<SimOutcome, { kind: "invalid" | "aborted" }>;

/** One simulated machine with its agent: ten tasks run, the next ones wait. */
export class SimMachine {
  private running: Run[] = [];
  private readonly waiting: Task[] = [];
  /** How often each text was delivered; made when a rule could ask. */
  private readonly attempts = new Map<string, number>();

  constructor(
    private machine: Machine,
    private readonly defaults: SimDefaults,
    private readonly deps: BackendDeps,
  ) {}

  update(machine: Machine): void {
    this.machine = machine;
  }

  deliver(task: Task): void {
    if (this.running.length < (this.defaults.concurrency ?? 10)) this.begin(task);
    else if (this.waiting.length < (this.defaults.queue ?? 50)) this.waiting.push(task);
    else {
      const errorCode = "TaskConcurrencyLimit";
      this.deps.report(keyOf(task), { kind: "invalid", errorCode });
    }
  }

  cancel(key: TaskKey): void {
    const run = this.running.find(({ task }) => isSame(task, key));
    if (run !== undefined) {
      this.end(run, { kind: "stopped", ...this.facts(run) });
      return;
    }
    const index = this.waiting.findIndex((task) => isSame(task, key));
    if (index >= 0) this.waiting.splice(index, 1);
    this.deps.report(key, {
      kind: "stopped",
      startedAt: 0,
      finishedAt: 0,
      output: EMPTY,
      dropped: 0,
    });
  }

  /** Everything inside dies and reports nothing. */
  kill(): void {
    for (const run of this.running) run.timer?.cancel();
    this.running = [];
    this.waiting.length = 0;
  }

  private begin(task: Task): void {
    const { report, now } = this.deps;
    const behaviour = this.machine.behaviour as SimBehaviour | undefined;
    const attempt = this.attemptOf(task, behaviour);
    const { outcome, afterMs } = chooseOutcome(task, attempt, behaviour, this.defaults);
    if (outcome.kind === "invalid" || outcome.kind === "aborted") {
      const { errorCode, errorInfo } = outcome;
      report(keyOf(task), { kind: "invalid", errorCode, errorInfo });
      return;
    }
    const run: Run = { task, startedAt: now(), ...keepTail(outputOf(outcome)), timer: undefined };
    this.running.push(run);
    this.endLater(run, outcome, afterMs);
    report(keyOf(task), { kind: "running", startedAt: run.startedAt });
  }

  private endLater(run: Run, outcome: Running, afterMs: number): void {
    if (outcome.kind === "never") return;
    const { timeoutSeconds } = run.task;
    const timeoutMs = (timeoutSeconds > 0 ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS) * 1_000;
    const inTime = outcome.kind !== "timeout" && afterMs <= timeoutMs;
    run.timer = this.deps.setTimer(run.startedAt + (inTime ? afterMs : timeoutMs), () => {
      if (inTime) this.come(run, outcome);
      else this.end(run, { kind: "timeout", ...this.facts(run) });
    });
  }

  /** What the table says happens at the end of the time it gives. */
  private come(run: Run, outcome: Running): void {
    switch (outcome.kind) {
      case "finish":
        this.end(run, { kind: "finish", exitCode: outcome.exitCode, ...this.facts(run) });
        this.afterExit(outcome.exitCode);
        return;
      case "error": {
        const { errorCode, errorInfo } = outcome;
        this.end(run, { kind: "error", errorCode, errorInfo, ...this.facts(run) });
        return;
      }
      case "machine":
        this.drop(run);
        this.deps.power({ instanceId: this.machine.instanceId, action: outcome.does });
        return;
      case "timeout":
      case "never":
    }
  }

  private drop(run: Run): void {
    this.running = this.running.filter((other) => other !== run);
  }

  private facts(run: Run) {
    const { startedAt, output, dropped } = run;
    return { startedAt, finishedAt: this.deps.now(), output, dropped };
  }

  private end(run: Run, report: Report): void {
    run.timer?.cancel();
    this.drop(run);
    this.deps.report(keyOf(run.task), report);
    const next = this.waiting.shift();
    if (next !== undefined) this.begin(next);
  }

  /** The agent acts on these after it has reported. [agent] */
  private afterExit(exitCode: number): void {
    const { instanceId, osType } = this.machine;
    const [off, again] = osType === "windows" ? [3_009, 3_010] : [193, 194];
    if (exitCode === off) this.deps.power({ instanceId, action: "powerOff" });
    else if (exitCode === again) this.deps.power({ instanceId, action: "reboot" });
  }

  private attemptOf(task: Task, behaviour: SimBehaviour | undefined): number {
    const asks = (table: SimBehaviour | undefined): boolean =>
      table?.rules?.some((rule) => rule.attempt !== undefined) ?? false;
    if (!asks(behaviour) && !asks(this.defaults)) return 1;
    const text = task.content.toString("latin1");
    const attempt = (this.attempts.get(text) ?? 0) + 1;
    this.attempts.set(text, attempt);
    return attempt;
  }
}

const EMPTY = Buffer.alloc(0);
const KEPT_BYTES = 24_576;

const DEFAULT_TIMEOUT_SECONDS = 3_600;

function outputOf(outcome: Running): Buffer {
  if (outcome.kind !== "finish" && outcome.kind !== "timeout") return EMPTY;
  return outcome.output === undefined ? EMPTY : Buffer.from(outcome.output, "utf8");
}

/** As the agent keeps it: the end of what was printed. */
function keepTail(output: Buffer): { readonly output: Buffer; readonly dropped: number } {
  const dropped = Math.max(0, output.length - KEPT_BYTES);
  return { output: output.subarray(dropped), dropped };
}

function isSame(task: Task, key: TaskKey): boolean {
  return task.invokeId === key.invokeId && task.run === key.run;
}

function keyOf(task: TaskKey): TaskKey {
  return { invokeId: task.invokeId, instanceId: task.instanceId, run: task.run };
}

import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { EmulatorError } from "../../errors.js";
import type { Report, Task, TaskKey } from "../backend.js";
import type { Doorbells } from "./doorbells.js";
import { drained } from "./drained.js";
import { killCommand, pause, type TerminationMode } from "./kill.js";
import { taskName, type Layout } from "./layout.js";
import type { ExecLimits } from "./options.js";
import { keptOutput, nextStreamed, OutputFiles } from "./output.js";
import { prepare, type Where } from "./prepare.js";
import { hostBootId, isAlive } from "./proc.js";
import type { Refusal } from "./refusal.js";
import { startWrapper } from "./spawn.js";
import { TaskFolder, type TaskRecord } from "./task-folder.js";

export type RunDeps = {
  readonly layout: Layout;
  readonly limits: ExecLimits;
  readonly doorbells: Doorbells;
  readonly now: () => number;
  readonly report: (key: TaskKey, report: Report) => void;
  /** The command has ended, was reported and makes room for another. */
  readonly ended: (run: TaskRun, exitCode: number | undefined) => void;
};

/** One task on its way: waits, runs, settles, and ends with exactly one final report. */
export class TaskRun {
  readonly name: string;
  readonly folder: TaskFolder;
  #state: "waiting" | "running" | "settling" | "closing" | "ended" = "waiting";
  #record: TaskRecord | undefined;
  #adopted = false;
  #isOrphan = false;
  #streamed = 0;
  #tick: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(
    readonly task: Task,
    private readonly deps: RunDeps,
    /** An earlier emulator had it and may have got as far as its script file. */
    private readonly isAgain = false,
  ) {
    this.name = taskName(task);
    this.folder = new TaskFolder(join(deps.layout.tasks, this.name));
  }

  get isWaiting(): boolean {
    return this.#state === "waiting";
  }

  /** Whether it was reported, or is about to be. */
  get isOver(): boolean {
    return this.#state === "closing" || this.#state === "ended";
  }

  /** Ends the run before it began. */
  refuse(refusal: Refusal): void {
    if (this.#state !== "waiting") return;
    this.#close();
    this.#report({ kind: "invalid", ...refusal });
    this.#end(undefined);
  }

  /** Ends a run whose command never began, through no fault of its own. */
  giveUp(errorInfo: string): void {
    this.#fail("ExecutionException", errorInfo);
  }

  /** Starts the command. What keeps it from starting is reported and ends the run. */
  start(where: Omit<Where, "replacesScript">): void {
    try {
      this.#start(where);
    } catch (reason) {
      this.#fail("ExecutionException", EmulatorError.from(reason).message);
    }
  }

  /** Takes over a command that an earlier emulator started. */
  adopt(record: TaskRecord): void {
    this.#record = record;
    this.#adopted = true;
    const output = new OutputFiles(this.folder.path);
    if (isStreamed(this.task)) this.#streamed = streamedBefore(output.headSize());
    this.#watch();
    this.#look();
  }

  /** What is known to have begun, but whose end nobody saw. */
  interrupted(record: TaskRecord | undefined): void {
    this.#record = record;
    this.#fail("ExecutionInterrupted", "The command was running when the emulator was ended");
  }

  /** Reports the run as stopped and then kills it, in this order, as the agent does. */
  async cancel(mode: TerminationMode): Promise<void> {
    if (this.isOver) return;
    const started = this.#state !== "waiting";
    const output = started ? new OutputFiles(this.folder.path).head(this.#streamed) : EMPTY;
    const finishedAt = started ? this.deps.now() : 0;
    this.#close();
    this.#report({ kind: "stopped", startedAt: this.#startedAt, finishedAt, output, dropped: 0 });
    if (started) await killCommand(this.folder, this.#record?.guarded ?? false, mode);
    this.#end(undefined);
  }

  /** Ends the run without a report. The files of an orphan stay for its wrapper to find. */
  forget(processes: "killed" | "orphaned"): void {
    if (this.#state === "ended") return;
    this.#close();
    this.#state = "ended";
    this.#isOrphan = processes === "orphaned";
    if (!this.#isOrphan) this.folder.remove();
  }

  /** The same for an emulator that closes: a later one shall know that it was not the command's end. */
  interrupt(): void {
    if (this.#state === "ended" || this.isWaiting) return;
    this.#close();
    this.#state = "ended";
    if (this.folder.exitCode() === undefined) this.folder.markInterrupted();
  }

  #start(where: Omit<Where, "replacesScript">): void {
    const prepared = prepare(this.task, { ...where, replacesScript: this.isAgain });
    if (prepared.kind === "invalid") {
      this.refuse(prepared.refusal);
      return;
    }
    if (prepared.kind === "error" && !prepared.started) {
      this.#fail(prepared.refusal.errorCode, prepared.refusal.errorInfo);
      return;
    }
    const record: TaskRecord = {
      schema: 1,
      startedAt: this.deps.now(),
      startedWall: Date.now(),
      hostBootId: hostBootId(),
      guarded: where.place.guarded,
    };
    this.#record = record;
    if (prepared.kind === "error") {
      this.#report({ kind: "running", startedAt: record.startedAt });
      this.#fail(prepared.refusal.errorCode, prepared.refusal.errorInfo);
      return;
    }
    this.folder.create(record);
    this.#watch();
    startWrapper({
      run: join(this.deps.layout.tools, "run.sh"),
      folder: this.folder.path,
      doorbell: this.#doorbell,
      segmentBytes: this.deps.limits.segmentBytes,
      group: where.group,
      argv: prepared.argv,
      environment: prepared.environment,
      failed: (reason) => {
        this.#fail("ExecutionException", EmulatorError.from(reason).message);
      },
      gone: () => {
        if (this.#isOrphan) this.folder.remove();
        else this.#look();
      },
    });
    this.#report({ kind: "running", startedAt: record.startedAt });
  }

  #watch(): void {
    this.#state = "running";
    this.deps.doorbells.on(this.name, () => {
      this.#look();
    });
    this.#tick = setInterval(() => {
      this.#look();
      this.#stream();
    }, TICK_MS);
    this.#setDeadline();
  }

  /** What goes wrong on the way to the end of a run is the end of the run. */
  #await(way: Promise<void>): void {
    way.catch((reason: unknown) => {
      this.#fail("ExecutionException", EmulatorError.from(reason).message);
    });
  }

  #setDeadline(): void {
    const left = this.#deadlineWall - Date.now();
    // A timer holds no more than 31 bits; a longer one is set again when it fires.
    this.#deadline = setTimeout(
      () => {
        if (this.#deadlineWall > Date.now()) this.#setDeadline();
        else this.#await(this.#timeOut());
      },
      Math.min(Math.max(left, 0), LONGEST_TIMER_MS),
    );
  }

  /** Has it ended? */
  #look(): void {
    if (this.#state !== "running") return;
    const exitCode = this.folder.exitCode();
    if (exitCode !== undefined) this.#await(this.#conclude(exitCode));
    else if (this.#isLost()) this.interrupted(this.#record);
  }

  /** An end that came after the time limit, and was seen before the timer fired, is none. */
  #conclude(exitCode: number): Promise<void> {
    // Of a command that ended while no emulator was there to stop it, the truth is how it ended.
    const isLate = !this.#adopted && this.#endedWall() > this.#deadlineWall;
    return isLate ? this.#timeOut() : this.#settle(exitCode);
  }

  /** Nobody is there any more who could write the exit status. */
  #isLost(): boolean {
    const wrapper = this.folder.wrapper();
    if (wrapper === undefined) return false;
    if (isAlive(wrapper)) return false;
    const command = this.folder.command();
    if (command !== undefined && isAlive(command)) return false;
    return this.folder.exitCode() === undefined;
  }

  #stream(): void {
    if (this.#state !== "running" || !isStreamed(this.task)) return;
    const files = new OutputFiles(this.folder.path);
    const streamed = nextStreamed(this.#streamed, files.headSize());
    if (streamed === this.#streamed) return;
    this.#streamed = streamed;
    this.#report({ kind: "output", output: files.head(streamed), dropped: 0 });
  }

  /** Asked anew after every wait: a stop may have come in between. */
  #isSettling(): boolean {
    return this.#state === "settling";
  }

  /** The agent waits a moment after the shell's end for what is still in the pipe. */
  async #settle(exitCode: number): Promise<void> {
    this.#state = "settling";
    clearTimeout(this.#deadline);
    const endedWall = this.#endedWall();
    await pause(Math.max(endedWall + SETTLE_MS - Date.now(), 0));
    await drained(this.folder);
    if (!this.#isSettling()) return;
    if (this.folder.isInterrupted()) {
      this.interrupted(this.#record);
      return;
    }
    const kept = this.#kept();
    const finishedAt = this.#adopted ? this.#byOurClock(endedWall) : this.deps.now();
    this.#close();
    this.#report({ kind: "finish", startedAt: this.#startedAt, finishedAt, exitCode, ...kept });
    this.#end(exitCode);
  }

  async #timeOut(): Promise<void> {
    if (this.#state !== "running") return;
    const exitCode = this.folder.exitCode();
    if (exitCode !== undefined && this.#endedWall() <= this.#deadlineWall) {
      await this.#settle(exitCode);
      return;
    }
    this.#close();
    // What is printed once the time is over is lost: with Process the script itself goes on.
    const kept = this.#kept();
    const finishedAt = this.deps.now();
    await killCommand(this.folder, this.#record?.guarded ?? false, this.task.terminationMode);
    this.#report({ kind: "timeout", startedAt: this.#startedAt, finishedAt, ...kept });
    this.#end(undefined);
  }

  #fail(errorCode: string, errorInfo: string): void {
    if (this.isOver) return;
    const startedAt = this.#startedAt;
    const finishedAt = this.#record === undefined ? 0 : this.deps.now();
    const kept = this.#kept();
    this.#close();
    this.#report({ kind: "error", startedAt, finishedAt, errorCode, errorInfo, ...kept });
    this.#end(undefined);
  }

  #kept(): ReturnType<typeof keptOutput> {
    const files = new OutputFiles(this.folder.path);
    return keptOutput(files, this.#streamed, this.deps.limits.outputBytes);
  }

  /** From now on nothing is reported but what the caller is about to. */
  #close(): void {
    this.#state = "closing";
    clearInterval(this.#tick);
    clearTimeout(this.#deadline);
    this.deps.doorbells.off(this.name);
  }

  #end(exitCode: number | undefined): void {
    this.#state = "ended";
    this.folder.remove();
    rmSync(this.#doorbell, { force: true });
    this.deps.ended(this, exitCode);
  }

  #report(report: Report): void {
    const { invokeId, instanceId, run } = this.task;
    this.deps.report({ invokeId, instanceId, run }, report);
  }

  get #doorbell(): string {
    return join(this.deps.layout.doorbells, this.name);
  }

  get #startedAt(): number {
    return this.#record?.startedAt ?? 0;
  }

  get #deadlineWall(): number {
    const { timeoutSeconds } = this.task;
    const seconds = timeoutSeconds > 0 ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS;
    return (this.#record?.startedWall ?? 0) + seconds * 1_000;
  }

  /** When the exit status was written. */
  #endedWall(): number {
    try {
      return statSync(join(this.folder.path, "exit")).mtimeMs;
    } catch {
      return Date.now();
    }
  }

  /** An instant of the host's clock, told by the emulator's, which may be another one. */
  #byOurClock(wall: number): number {
    const elapsed = wall + SETTLE_MS - (this.#record?.startedWall ?? wall);
    return Math.min(Math.round(this.#startedAt + Math.max(elapsed, 0)), this.deps.now());
  }
}

const EMPTY = Buffer.alloc(0);
const TICK_MS = 1_000;
const SETTLE_MS = 200;
/** What the agent takes when it cannot read the number. */
const DEFAULT_TIMEOUT_SECONDS = 3_600;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Runs of a schedule send their output at the end only. */
function isStreamed(task: Task): boolean {
  const { repeat = "Once" } = task;
  return repeat !== "Period" && repeat !== "Rate" && repeat !== "At";
}

/** What an emulator that was killed may have sent of so much output: as much as it could. */
function streamedBefore(available: number): number {
  let streamed = 0;
  for (
    let next = nextStreamed(0, available);
    next > streamed;
    next = nextStreamed(next, available)
  ) {
    streamed = next;
  }
  return streamed;
}

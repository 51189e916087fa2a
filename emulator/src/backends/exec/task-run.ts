import { join } from "node:path";
import { EmulatorError } from "../../errors.js";
import type { Report, Task, TaskKey } from "../backend.js";
import type { Doorbells } from "./doorbells.js";
import { drained } from "./drained.js";
import { killCommand, pause, type TerminationMode } from "./kill.js";
import { taskName, type Layout } from "./layout.js";
import { LiveOutput } from "./live-output.js";
import type { ExecLimits } from "./options.js";
import { prepare, type Prepared } from "./prepare.js";
import { hostBootId } from "./proc.js";
import type { Refusal } from "./refusal.js";
import { discard } from "./regular-file.js";
import { RunTimers } from "./run-timers.js";
import { startWrapper } from "./spawn.js";
import { TaskFolder, type TaskRecord } from "./task-folder.js";
import type { Where } from "./where.js";

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
  readonly #output: LiveOutput;
  readonly #timers = new RunTimers();
  #state: "waiting" | "running" | "settling" | "closing" | "ended" = "waiting";
  #record: TaskRecord | undefined;
  #isAdopted = false;
  #isOrphan = false;

  constructor(
    readonly task: Task,
    private readonly deps: RunDeps,
    /** An earlier emulator had it and may have got as far as its script file. */
    private readonly isAgain = false,
  ) {
    this.name = taskName(task);
    this.folder = new TaskFolder(join(deps.layout.tasks, this.name));
    this.#output = new LiveOutput(this.folder.path, task, deps.limits.outputBytes);
  }

  get isWaiting(): boolean {
    return this.#state === "waiting";
  }

  /** Whether it was reported, or is about to be. */
  get isOver(): boolean {
    return this.#state === "closing" || this.#state === "ended";
  }

  /** Starts the command. What keeps it from starting is reported and ends the run. */
  start(where: Omit<Where, "replacesScript">): void {
    this.#guard(() => {
      const prepared = prepare(this.task, { ...where, replacesScript: this.isAgain });
      if (prepared.kind === "invalid") this.refuse(prepared.refusal);
      else if (prepared.kind === "error" && !prepared.started) this.#fail(prepared.refusal);
      else this.#begin(prepared, where);
    });
  }

  /** Takes over a command that an earlier emulator started. */
  adopt(record: TaskRecord): void {
    this.#record = record;
    this.#isAdopted = true;
    this.#output.sendAll();
    this.#watch();
    this.#look();
  }

  /** Ends the run before it began. */
  refuse(refusal: Refusal): void {
    if (!this.isWaiting) return;
    this.#close();
    this.#report({ kind: "invalid", ...refusal });
    this.#end(undefined);
  }

  /** Ends a run whose command never began, through no fault of its own. */
  giveUp(detail: string): void {
    this.#fail({ errorCode: "ExecutionException", detail });
  }

  /** Ends a run that is known to have begun, but whose end nobody saw. */
  interrupted(record: TaskRecord | undefined): void {
    this.#record = record;
    const detail = "The command was running when the emulator was ended";
    this.#fail({ errorCode: "ExecutionInterrupted", detail });
  }

  /** Reports the run as stopped and then kills it, in this order, as the agent does. */
  async cancel(mode: TerminationMode): Promise<void> {
    if (this.isOver) return;
    const isStarted = !this.isWaiting;
    const output = this.#output.sent();
    const finishedAt = isStarted ? this.deps.now() : 0;
    this.#close();
    this.#report({ kind: "stopped", startedAt: this.#startedAt, finishedAt, output, dropped: 0 });
    if (isStarted) await this.#kill(mode);
    this.#end(undefined);
  }

  /** Ends the run without a report. The files of an orphan stay for its wrapper to find. */
  forget(processes: "killed" | "orphaned"): void {
    this.#close();
    this.#state = "ended";
    this.#isOrphan = processes === "orphaned";
    if (!this.#isOrphan) this.folder.remove();
  }

  /** The same for an emulator that closes: a later one shall know that it was not the command's end. */
  interrupt(): void {
    if (this.isWaiting || this.isOver) return;
    this.#close();
    this.#state = "ended";
    if (this.folder.exitCode() === undefined) this.folder.markInterrupted();
  }

  #begin(
    prepared: Exclude<Prepared, { kind: "invalid" }>,
    where: Pick<Where, "place" | "group">,
  ): void {
    const record: TaskRecord = {
      schema: 1,
      startedAt: this.deps.now(),
      startedWall: Date.now(),
      hostBootId: hostBootId(),
      guarded: where.place.guarded,
    };
    this.#record = record;
    if (prepared.kind === "ready") {
      this.folder.create(record);
      this.#watch();
      this.#spawn(prepared, where.group);
    }
    this.#report({ kind: "running", startedAt: record.startedAt });
    if (prepared.kind === "error") this.#fail(prepared.refusal);
  }

  #spawn(prepared: Extract<Prepared, { kind: "ready" }>, group: string | undefined): void {
    startWrapper({
      run: join(this.deps.layout.tools, "run.sh"),
      folder: this.folder.path,
      doorbell: this.#doorbell,
      segmentBytes: this.deps.limits.segmentBytes,
      group,
      argv: prepared.argv,
      environment: prepared.environment,
      failed: (reason) => {
        this.giveUp(EmulatorError.from(reason).message);
      },
      gone: () => {
        if (this.#isOrphan) this.folder.remove();
        else this.#look(true);
      },
    });
  }

  #watch(): void {
    this.#state = "running";
    this.deps.doorbells.on(this.name, () => {
      this.#look();
    });
    const tick = (): void => {
      this.#look();
      this.#send();
    };
    this.#timers.start(tick, this.#limitWall, () => {
      this.#guard(() => this.#timeOut());
    });
  }

  #send(): void {
    if (this.#state !== "running" || !this.#output.sendNext()) return;
    this.#report({ kind: "output", output: this.#output.sent(), dropped: 0 });
  }

  /** Has it ended? */
  #look(isWrapperGone = false): void {
    if (this.#state !== "running") return;
    this.#guard(() => {
      const exitCode = this.folder.exitCode();
      if (exitCode !== undefined) return this.#conclude(exitCode);
      if (this.folder.isLost(isWrapperGone)) this.interrupted(this.#record);
      return undefined;
    });
  }

  /** An end that came after the time limit, and was seen before the timer fired, is none. */
  #conclude(exitCode: number): Promise<void> {
    // Of a command that ended while no emulator was there to stop it, the truth is how it ended.
    const isLate = !this.#isAdopted && this.folder.endedWall() > this.#limitWall;
    return isLate ? this.#timeOut() : this.#settle(exitCode);
  }

  /** The agent waits a moment after the shell's end for what is still in the pipe. */
  async #settle(exitCode: number): Promise<void> {
    this.#state = "settling";
    this.#timers.dropLimit();
    const endedWall = this.folder.endedWall();
    await pause(Math.max(endedWall + SETTLE_MS - Date.now(), 0));
    await drained(this.folder);
    // A stop or a power cut may have come in between.
    if (this.isOver) return;
    if (this.folder.isInterrupted()) {
      this.interrupted(this.#record);
      return;
    }
    const kept = this.#output.kept();
    const finishedAt = this.#isAdopted ? this.#byOurClock(endedWall) : this.deps.now();
    this.#close();
    this.#report({ kind: "finish", startedAt: this.#startedAt, finishedAt, exitCode, ...kept });
    this.#end(exitCode);
  }

  async #timeOut(): Promise<void> {
    if (this.#state !== "running") return;
    const exitCode = this.folder.exitCode();
    if (exitCode !== undefined && this.folder.endedWall() <= this.#limitWall) {
      await this.#settle(exitCode);
      return;
    }
    // What is printed once the time is over is lost: with Process the script itself goes on.
    const kept = this.#output.kept();
    const finishedAt = this.deps.now();
    this.#close();
    await this.#kill(this.task.terminationMode);
    if (this.#hasEnded()) return;
    this.#report({ kind: "timeout", startedAt: this.#startedAt, finishedAt, ...kept });
    this.#end(undefined);
  }

  /** What could not be killed is left behind; it must not keep the run from its end. */
  async #kill(mode: TerminationMode): Promise<void> {
    await killCommand(this.folder, this.#record?.guarded ?? false, mode).catch(() => undefined);
  }

  /** Asked anew after a wait: a power cut may have come in between. */
  #hasEnded(): boolean {
    return this.#state === "ended";
  }

  #fail(refusal: Refusal): void {
    if (this.isOver) return;
    const startedAt = this.#startedAt;
    const finishedAt = this.#record === undefined ? 0 : this.deps.now();
    const kept = this.#output.kept();
    this.#close();
    this.#report({ kind: "error", startedAt, finishedAt, ...refusal, ...kept });
    this.#end(undefined);
  }

  /** What goes wrong on the way to the end of a run is the end of the run. */
  #guard(act: () => unknown): void {
    const fail = (reason: unknown): void => {
      this.giveUp(EmulatorError.from(reason).message);
    };
    try {
      const way = act();
      if (way instanceof Promise) way.catch(fail);
    } catch (reason) {
      fail(reason);
    }
  }

  /** From now on nothing is reported but what the caller is about to. */
  #close(): void {
    this.#state = "closing";
    this.#timers.stop();
    this.deps.doorbells.off(this.name);
  }

  #end(exitCode: number | undefined): void {
    if (this.#hasEnded()) return;
    this.#state = "ended";
    this.folder.remove();
    discard(this.#doorbell);
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

  /** Until when it may run, by the host's clock. */
  get #limitWall(): number {
    const { timeoutSeconds } = this.task;
    const seconds = timeoutSeconds > 0 ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS;
    return (this.#record?.startedWall ?? 0) + seconds * 1_000;
  }

  /** An instant of the host's clock, told by the emulator's, which may be another one. */
  #byOurClock(wall: number): number {
    const elapsed = wall + SETTLE_MS - (this.#record?.startedWall ?? wall);
    return Math.min(Math.round(this.#startedAt + Math.max(elapsed, 0)), this.deps.now());
  }
}

const SETTLE_MS = 200;
/** What the agent takes when it cannot read the number. */
const DEFAULT_TIMEOUT_SECONDS = 3_600;

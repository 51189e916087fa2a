/**
 * The seam between the control plane and the machines. A backend runs tasks and reports what
 * happened; it never sees the API, HTTP or the store. The words are the genuine agent's: a task is
 * delivered, and comes back as running, finish, timeout, stopped, invalid or error.
 */

/** One execution of a command on one instance: what the genuine agent gets in a task list. */
export type Task = {
  readonly invokeId: string;
  readonly instanceId: string;
  readonly commandId: string;
  /** Counts the executions of this invocation on this instance, from 1: a schedule has many. */
  readonly run: number;
  readonly type: "RunShellScript" | "RunBatScript" | "RunPowerShellScript";
  /** The script with `{{name}}` parameters already filled in, as text bytes. */
  readonly content: Buffer;
  readonly enableParameter: boolean;
  /** Values of `{{ACS::…}}`, resolved by the machine, only when `enableParameter` is true. */
  readonly builtIns: Readonly<Record<string, string>>;
  /** Seconds. 0 or not a number: the agent's own default of 3,600. */
  readonly timeoutSeconds: number;
  readonly workingDir: string;
  readonly username: string;
  readonly launcher: string;
  readonly terminationMode: "Process" | "ProcessTree";
  /**
   * How the task repeats. Runs of a schedule are not streamed: their output comes at their end, and
   * a stopped one has none.
   * @default "Once"
   */
  readonly repeat?: TaskRepeat;
  /** Part of the script file's name in the agent, when the service sends one. @default "" */
  readonly commandName?: string;
};

export type TaskRepeat = "Once" | "Period" | "Rate" | "At" | "NextRebootOnly" | "EveryReboot";

export type TaskKey = Pick<Task, "invokeId" | "instanceId" | "run">;

/** What a machine says of a task. Times are milliseconds of the emulator's clock. */
export type Report =
  | { readonly kind: "running"; readonly startedAt: number }
  /** Output so far, for live views and for what is kept when a run is cut short. */
  | { readonly kind: "output"; readonly output: Buffer; readonly dropped: number }
  | {
      readonly kind: "finish";
      readonly startedAt: number;
      readonly finishedAt: number;
      readonly exitCode: number;
      readonly output: Buffer;
      /** Bytes of output that were not kept. */
      readonly dropped: number;
    }
  | {
      readonly kind: "timeout" | "stopped";
      readonly startedAt: number;
      readonly finishedAt: number;
      readonly output: Buffer;
      readonly dropped: number;
    }
  /** Refused before start. */
  | ({ readonly kind: "invalid" } & ReportedError)
  /** Started, or should have, and could not go on. */
  | ({
      readonly kind: "error";
      readonly startedAt: number;
      readonly finishedAt: number;
      readonly output: Buffer;
      readonly dropped: number;
    } & ReportedError);

export type ReportedError = {
  /** The API's per-instance ErrorCode. */
  readonly errorCode: string;
  /** What ErrorInfo is to say. @default the service's words for that code */
  readonly errorInfo?: string | undefined;
  /** The machine's own account of it, which the service does not show. */
  readonly detail?: string;
};

export type ReportListener = (task: TaskKey, report: Report) => void;

/**
 * What a machine asks of its host: after exit code 193/194 (Windows 3009/3010) to be switched off or
 * booted again; when a command ends the agent, to have it back; and that it is gone for good.
 */
export type PowerRequest = {
  readonly instanceId: string;
  readonly action: "powerOff" | "reboot" | "restartAgent" | "release";
};

/** A machine as the backend must know it. */
export type Machine = {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly osType: "linux" | "windows";
  readonly regionId: string;
  /** What its clock shows, as an IANA name. @default the host's */
  readonly timeZone?: string;
  /** Free for the backend: how `sim` machines behave, for instance. */
  readonly behaviour?: unknown;
};

export interface Backend {
  readonly name: "exec" | "sim";
  /** Whether an advance of virtual time must wait: true while real processes run. */
  busy(): boolean;
  /** Resolves when nothing runs any more. */
  settled(): Promise<void>;
  /**
   * Powers a machine on. `cold` is false when only the agent restarts: it forgets what it had and
   * nothing is reported for that, but commands live on. After a restart of the emulator itself the
   * same `bootId` finds the machine as it was; call this before `recover`.
   */
  start(machine: Machine, boot: { readonly bootId: string; readonly cold: boolean }): void;
  /** The machine's name or behaviour changed while it runs. */
  update?(machine: Machine): void;
  /** Powers it off: everything inside dies at once and nothing is reported for it. */
  stop(instanceId: string): Promise<void>;
  /** Forgets a machine for good and removes its files. */
  remove(instanceId: string): Promise<void>;
  deliver(task: Task): void;
  /** Asks to end a task. A task that waits or is unknown is reported as stopped with zero times. */
  cancel(task: TaskKey, terminationMode: "Process" | "ProcessTree"): void;
  /**
   * Finds, after the emulator itself was killed, what it had started. Called once, before anything
   * is delivered. Each task given is reported through the listener as it ends, or at once.
   */
  recover(tasks: readonly Task[]): Promise<void>;
  /** Ends every process that this backend started, and waits for it. */
  close(): Promise<void>;
}

export type BackendDeps = {
  readonly report: ReportListener;
  readonly power: (request: PowerRequest) => void;
  readonly now: () => number;
  readonly setTimer: (atMs: number, run: () => void) => { cancel(): void };
};

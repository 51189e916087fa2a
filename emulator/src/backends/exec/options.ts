import type { Logger } from "pino";

/** How instances are kept apart from the host and from each other. */
export type Isolation = "namespaces" | "plain";

export type ExecOptions = {
  /** Keeps everything of this backend. What is in it is found again after a crash. */
  readonly folder: string;
  /** @default "auto": namespaces where they work, else plain */
  readonly isolation?: "auto" | Isolation;
  readonly limits?: Partial<ExecLimits>;
  /** @default nowhere */
  readonly logger?: Logger;
  /** Where the instances' programs are. @default the usual folders of a Linux system */
  readonly path?: string;
  /**
   * An instance in namespaces ends by itself when its emulator was killed this long ago, none has
   * come back, and nothing runs in it.
   * @default 600
   */
  readonly abandonedAfterSeconds?: number;
};

/** What one command may take of the host, and how many there may be. */
export type ExecLimits = {
  /** Tasks of one instance that run at once. The agent's own number. */
  readonly runningPerInstance: number;
  /** Tasks of one instance that wait; one more is refused with TaskConcurrencyLimit. */
  readonly waitingPerInstance: number;
  /** Tasks of all instances that run at once; the others wait, each instance in turn. */
  readonly running: number;
  /** Bytes of output that are kept of a task. The service asks its agents for this many. */
  readonly outputBytes: number;
  /** Output on disk is kept in pieces of about this size, three at most. */
  readonly segmentBytes: number;
  /** Largest file that a command may write (RLIMIT_FSIZE). */
  readonly fileBytes: number;
  /** Processor seconds of one process (RLIMIT_CPU): what survives a time-out ends some day. */
  readonly cpuSeconds: number;
  /** Open files of one process (RLIMIT_NOFILE). */
  readonly openFiles: number;
  /** Processes of one instance, where the host lets them be counted. */
  readonly processes: number;
  /** Processes of the user altogether (RLIMIT_NPROC; root is exempt). */
  readonly userProcesses: number;
};

export const DEFAULT_EXEC_LIMITS: ExecLimits = {
  runningPerInstance: 10,
  waitingPerInstance: 50,
  running: 200,
  outputBytes: 24_576,
  segmentBytes: 1_048_576,
  fileBytes: 8 * 1_073_741_824,
  cpuSeconds: 7_200,
  openFiles: 65_535,
  processes: 1_024,
  userProcesses: 8_192,
};

/** The folders that a service manager gives a daemon such as the agent. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

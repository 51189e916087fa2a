/**
 * The shapes that cross every border: inputs, plan, ledger, outputs. Plain data, JSON-safe, with no
 * Pulumi in them. Names follow the API's own, in camelCase; durations are seconds, as in the API.
 */

export type CommandType = "RunShellScript" | "RunBatScript" | "RunPowerShellScript";
export type TerminationMode = "Process" | "ProcessTree";

/** A script that is run without being saved (RunCommand). `content` is plain text. */
export type Script = { readonly content: string; readonly type?: CommandType };

/** What a `Command` of the same program hands to its invocations; known in every preview but the id. */
export type CommandReference = {
  /** Unknown in the preview that creates the command. */
  readonly commandId: string;
  readonly name: string;
  readonly type: CommandType;
  readonly contentHash: string;
  readonly enableParameter: boolean;
  /** Names of the custom parameters in the content, lower-cased, sorted. */
  readonly parameterNames: readonly string[];
  /** Seconds; the command's own default. */
  readonly timeout: number;
};

export type Targets = {
  readonly instanceIds?: readonly string[];
  readonly names?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly resourceGroupId?: string;
  readonly clientStatus?: "online";
  readonly exclude?: {
    readonly instanceIds?: readonly string[];
    readonly tags?: Readonly<Record<string, string>>;
  };
  readonly membership?: "pinned" | "track";
  readonly expect?: { readonly min?: number; readonly max?: number };
};

export type ScheduleHazard = "dies-at-clock-change" | "crashes-agent" | "never-fires";

export type Schedule = {
  readonly cron?: string;
  /** An IANA name, or `"instance"`: each machine's own clock. With `cron` only. */
  readonly timezone?: string;
  /** `"30m"`: every thirty minutes, on a grid from the creation of the invocation. */
  readonly rate?: string;
  /** ISO 8601 with an offset: once, at that moment. */
  readonly at?: string;
  readonly boot?: "next" | "every";
  readonly suspend?: boolean;
  readonly allow?: readonly ScheduleHazard[];
};

/** A count, or a percentage of the members such as `"10%"`. */
export type CountOrPercent = number | string;

export type Rollout = {
  readonly batchSize?: CountOrPercent;
  readonly canary?: {
    readonly size?: CountOrPercent;
    readonly tags?: Readonly<Record<string, string>>;
    readonly maxFailures?: CountOrPercent;
    /** Seconds between the end of the canary and the first batch behind it. */
    readonly soak?: number;
  };
  readonly maxFailures?: CountOrPercent;
  /** Seconds. */
  readonly pauseBetweenBatches?: number;
};

export type Readiness = {
  /** Seconds to wait for what is starting. Default 300. */
  readonly wait?: number;
  readonly start?: boolean;
  readonly install?: "with-reboot";
  readonly maxUnready?: CountOrPercent;
};

export type Retry = {
  /** Tries in all. Default 1. */
  readonly attempts?: number;
  readonly exitCodes?: readonly number[];
  readonly errorCodes?: readonly string[];
  /** Whether the next `up` runs what failed. Default true. */
  readonly onNextUp?: boolean;
};

export type Wait = { readonly for?: "completion" | "acceptance"; readonly timeout?: number };

export type OutputOptions = {
  readonly capture?: "all" | "failed" | "none";
  /** Bytes kept of each target's output, the tail. Default 1,024. */
  readonly maxBytesPerTarget?: number;
  readonly secret?: boolean;
};

export type Connection = {
  readonly region?: string;
  readonly accountId?: string;
  readonly profile?: string;
  readonly assumeRole?: {
    readonly roleArn: string;
    readonly sessionName?: string;
    readonly externalId?: string;
  };
};

export type Container = { readonly id?: string; readonly name?: string };

/** `opts.customTimeouts`, in seconds. */
export type Deadline = {
  readonly create?: number;
  readonly update?: number;
  readonly delete?: number;
};

/** The inputs of a `CommandInvocation`, as they reach `check`. */
export type CommandInvocationInputs = {
  readonly command?: CommandReference;
  readonly commandId?: string;
  readonly script?: Script;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly enableParameter?: boolean;
  readonly targets: Targets;
  readonly schedule?: Schedule;
  readonly username?: string;
  readonly windowsPasswordName?: string;
  readonly workingDir?: string;
  readonly launcher?: string;
  readonly container?: Container;
  readonly triggers?: unknown;
  readonly timeout?: number;
  readonly terminationMode?: TerminationMode;
  readonly ossOutputDelivery?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly successExitCodes?: readonly number[];
  readonly rollout?: Rollout;
  readonly readiness?: Readiness;
  readonly retry?: Retry;
  readonly wait?: Wait;
  readonly quota?: { readonly onExceed?: "fail" | "warn" };
  readonly output?: OutputOptions;
  readonly connection?: Connection;
  readonly adoptInvocationIds?: readonly string[];
  readonly ownership?: "tags" | "none";
  // Hidden: made by the class or by check.
  /** Its own URN. Not called `urn`: Pulumi keeps that key to itself and drops it. */
  readonly resourceUrn: string;
  readonly organization?: string;
  /** Property paths of the inputs that the program marked as secret. */
  readonly secretInputs?: readonly string[];
  readonly deadline?: Deadline;
  readonly plan?: Plan;
  /** The desired state of a schedule; `read` returns it as found. */
  readonly armed?: boolean;
};

/** The inputs of a `Command`. */
export type CommandInputs = {
  readonly name: string;
  readonly content: string;
  readonly type?: CommandType;
  readonly description?: string;
  readonly workingDir?: string;
  readonly timeout?: number;
  readonly enableParameter?: boolean;
  readonly launcher?: string;
  readonly resourceGroupId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Its own URN. Not called `urn`: Pulumi keeps that key to itself and drops it. */
  readonly resourceUrn: string;
  readonly organization?: string;
  readonly secretInputs?: readonly string[];
  readonly deadline?: Deadline;
  // Made by check.
  readonly contentHash?: string;
  readonly parameterNames?: readonly string[];
};

export type PlanAction = "run" | "nothing" | "arm" | "adopt";

/** What a preview shows. The stable part only: what moves with time is printed. */
export type Plan = {
  readonly action: PlanAction;
  readonly command: {
    readonly id?: string;
    readonly name?: string;
    readonly type: CommandType;
    readonly contentHash: string;
    /** For `commandId`: what the saved command says, so that reviewers and policies see it. */
    readonly content?: string;
  };
  /** The region that it was made for: what exists stays where it is, whatever is configured. */
  readonly region?: string;
  /** One string a call: `"1: i-a i-b"`. The number is the batch; `c` marks the canary. */
  readonly calls: readonly string[];
  readonly counts: {
    readonly members: number;
    readonly calls: number;
    readonly batches: number;
  };
  /** How many members the run begins with: what percentages of its rollout are of. */
  readonly membersAtStart?: number;
  /** Under `membership: "track"` only. Not among the outputs: the ledger has them. */
  readonly tracked?: TrackedMembers;
};

/** Who was selected when a plan was made, and who was before, within the same run. */
export type TrackedMembers = {
  readonly selected: readonly string[];
  readonly left: readonly string[];
};

/** The service's per-instance statuses, and our own. */
export type RowStatus =
  | "Pending"
  | "Invalid"
  | "Aborted"
  | "Running"
  | "Success"
  | "Failed"
  | "Error"
  | "Timeout"
  | "Cancelled"
  | "Stopping"
  | "Terminated"
  | "Scheduled"
  | "NotStarted"
  | "Unready"
  | "Skipped"
  | "Gone"
  | "Dropped"
  | "Unknown";

/** One member of the ledger. Optional keys are absent, never null. */
export type Row = {
  readonly status: RowStatus;
  /** Number of the batch, from 1. */
  readonly batch?: number;
  /** Number of the last attempt over the life of the run, from 1; 0 when never tried. */
  readonly attempt: number;
  readonly invocationId?: string;
  readonly exitCode?: number;
  readonly output?: string;
  /** Bytes of output that the service did not keep. */
  readonly dropped?: number;
  readonly errorCode?: string;
  readonly errorInfo?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
};

export type Ledger = Readonly<Record<string, Row>>;

export type ResourceStatus =
  | "Success"
  | "PartialFailed"
  | "Failed"
  | "Held"
  | "Interrupted"
  | "Abandoned"
  | "Scheduled"
  | "Suspended"
  | "Finished"
  | "Stopped";

/** What a run is held for. */
export type HoldReason =
  /** Somebody stopped it from elsewhere. */
  | "stop"
  /** More failed than `rollout.maxFailures` allows, and not everyone was reached. */
  | "budget"
  /** More canaries failed than `rollout.canary.maxFailures` allows. */
  | "canary"
  /** More failed than may, everyone was reached, and `retry.onNextUp` is false. */
  | "failures"
  /** Nobody can say how some members ended. */
  | "unknown";

export type Summary = {
  readonly members: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly running: number;
  readonly notStarted: number;
  readonly unready: number;
  readonly skipped: number;
  readonly gone: number;
  readonly dropped: number;
  readonly unknown: number;
  /** Under `membership: "track"`: members that are run as soon as an `up` finds them ready. */
  readonly pending: number;
};

/** What a `CommandInvocation` saves beside its inputs. */
export type CommandInvocationState = CommandInvocationInputs & {
  readonly schemaVersion: number;
  readonly owner: string;
  readonly runId: string;
  /** The hash of what the current run does to a member. */
  readonly inputHash: string;
  readonly holdId: string;
  /** Why it waits; decides whether members that are dropped can end the wait. */
  readonly holdReason?: HoldReason;
  /** Ids of holds that were released, so that a tag of one is not in force again. */
  readonly releasedHolds: readonly string[];
  readonly invocationIds: readonly string[];
  /** How many members the current run began with: what percentages of its rollout are of. */
  readonly membersAtStart: number;
  readonly status: ResourceStatus;
  /** Members that an operator gave up on when a hold was abandoned: they count no more. */
  readonly setAside?: readonly string[];
  /**
   * Invocations that a refresh found: an update that was interrupted made them, and this state never
   * learnt of them. The next update sets them aside, and runs anew.
   */
  readonly strays?: readonly string[];
  readonly results: Ledger;
  readonly summary: Summary;
  readonly commandContentHash: string;
  readonly accountId: string;
  readonly region: string;
};

/** What a `Command` saves beside its inputs. */
export type CommandState = CommandInputs & {
  readonly schemaVersion: number;
  readonly accountId: string;
  readonly region: string;
};

/** One problem of the inputs: where, and the four parts of its message. */
export type Problem = {
  /** The top-level input that Pulumi shows the problem under. */
  readonly property: string;
  /** The whole path, e.g. `targets.instanceIds[1]`. */
  readonly path: string;
  readonly wrong: string;
  readonly given: string;
  readonly allowed: string;
  readonly todo: string;
};

/** What a look saw of one member of an invocation; texts may be empty, as the service sends them. */
export type Observation = {
  readonly instanceId: string;
  readonly status: string | undefined;
  readonly exitCode: number | undefined;
  readonly dropped: number | undefined;
  readonly errorCode: string | undefined;
  readonly errorInfo: string | undefined;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
};

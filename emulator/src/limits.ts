import { DEFAULT_LIMITS } from "cloud-assistant-api";

/**
 * What the emulator bounds, counts and delays. Every number is a dial: the service's own are not
 * all published, and some differ from account to account.
 */
export type Limits = {
  /** InstanceId.N of one InvokeCommand or RunCommand, and what a ResourceTag may select. */
  readonly instancesPerCall: number;
  /** InstanceId.N of one StopInvocation. */
  readonly instancesPerStop: number;
  /** InstanceId.N that one ModifyInvocationAttribute may add. */
  readonly instancesPerModify: number;
  /** Saved commands a region. */
  readonly commandsPerRegion: number;
  /** Bytes of a command's content after Base64, when it is created or run. */
  readonly contentBytes: number;
  /** Bytes of content and parameters together after Base64, when it is invoked. */
  readonly contentAndParametersBytes: number;
  /** Accepted InvokeCommand and RunCommand calls a region and day. */
  readonly invocationsPerDay: number;
  /** Where the day of that quota begins, in minutes east of UTC. */
  readonly dayOffsetMinutes: number;
  /** How long a finished invocation and a past run are kept. */
  readonly historyDays: number;
  /** How many finished invocations and past runs an account keeps in a region. */
  readonly historyRecords: number;
  /** Longest Timeout of a command, in seconds: InvalidTimeout.ExceedLimit above it. */
  readonly timeoutSeconds: number;
  /** Resources that a filter by tag or by resource group of DescribeInstances sees. */
  readonly filteredResources: number;
  /** Rows of one ListTagResources page. */
  readonly tagPageSize: number;
  /** How long a ClientToken is remembered. */
  readonly clientTokenMs: number;
  /** How long after its acceptance a repeated ClientToken hears IdempotentProcessing. 0 is never. */
  readonly clientTokenProcessingMs: number;
  /** A task that no machine has taken after so long is Aborted. */
  readonly deliveryWindowMs: number;
  /** From the acceptance of a call to the first try to deliver it. */
  readonly deliveryDelayMs: number;
  /** A run whose end is not reported so long after its time-out is closed by the service. */
  readonly unreportedMs: number;
  /** A machine that was not heard of for so long is offline. */
  readonly heartbeatTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** How long a machine takes to start, to stop, and the agent to answer after a start. */
  readonly startingMs: number;
  readonly stoppingMs: number;
  readonly agentStartMs: number;
  /** After a crash of the agent, until its supervisor has it up again. */
  readonly agentRestartMs: number;
  /**
   * Where the documentation allows two readings: one target that cannot be (it does not exist, or
   * its system does not fit the command) refuses the whole call, or only gets a row that says so.
   */
  readonly oneBadInstance: "fails-call" | "fails-instance";
  /** Calls a minute for each account, region and action; above it Throttling.User. */
  readonly throttle: {
    /** For actions without a number of their own. Undefined is no limit. */
    readonly perMinute?: number;
    readonly byAction?: Readonly<Record<string, number>>;
  };
};

export function defaultLimits(): Limits {
  return {
    instancesPerCall: DEFAULT_LIMITS.instancesPerCall.value,
    instancesPerStop: DEFAULT_LIMITS.instancesPerStop.value,
    instancesPerModify: DEFAULT_LIMITS.instancesPerModify.value,
    commandsPerRegion: DEFAULT_LIMITS.commandsPerRegion.value,
    contentBytes: DEFAULT_LIMITS.contentBytes.value,
    contentAndParametersBytes: DEFAULT_LIMITS.contentAndParametersBytes.value,
    invocationsPerDay: DEFAULT_LIMITS.invocationsPerDay.value,
    dayOffsetMinutes: 480,
    historyDays: DEFAULT_LIMITS.historyDays.value,
    historyRecords: DEFAULT_LIMITS.historyRecords.value,
    timeoutSeconds: 2_147_483_647,
    filteredResources: DEFAULT_LIMITS.filteredResources.value,
    tagPageSize: 100,
    clientTokenMs: 24 * 3_600_000,
    clientTokenProcessingMs: 0,
    deliveryWindowMs: 60_000,
    deliveryDelayMs: 0,
    unreportedMs: 60_000,
    heartbeatTimeoutMs: 120_000,
    heartbeatIntervalMs: 60_000,
    startingMs: 1_000,
    stoppingMs: 1_000,
    agentStartMs: 500,
    agentRestartMs: 1_000,
    oneBadInstance: "fails-call",
    throttle: {},
  };
}

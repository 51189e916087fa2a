import type { Logger } from "pino";
import type { Backend, BackendDeps } from "./backends/backend.js";
import type { SimBehaviour, SimDefaults } from "./backends/sim/behaviour.js";
import type { Clock } from "./clock/clock.js";
import type { Limits } from "./limits.js";

/** A request that the gates have let through: who asks what, with flattened parameters. */
export type ApiRequest = {
  readonly action: string;
  readonly version: string;
  /** "" when the request names none. */
  readonly regionId: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  /** Flattened: `InstanceId.1`, `Tag.1.Key`, … Parameters of the protocol are not among them. */
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
};

/** What is answered. A refusal's body holds RequestId, HostId, Code, Message and Recommend. */
export type ApiResponse = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
};

export type HandleOptions = {
  /** A read sees the state as it was so long ago, the tag index included. @default 0 */
  readonly staleMs?: number;
};

export type Service = {
  /**
   * Serves one request. Whatever can be refused is refused before anything changes; a change is in
   * memory and in the journal before this returns. Never throws for what a client sent.
   */
  handle(request: ApiRequest, options?: HandleOptions): ApiResponse;
  known(action: string): "implemented" | "not-implemented" | "unknown";
  /** Whether the action changes anything when it succeeds. */
  mutating(action: string): boolean;
  readonly admin: ServiceAdmin;
  /** Ends what runs, writes what is open, frees the data folder. */
  close(): Promise<void>;
};

export type ServiceOptions = {
  readonly regionId: string;
  readonly accounts: readonly { readonly accountId: string; readonly accessKeyId: string }[];
  readonly clock: Clock;
  /** Folder of journal and snapshot. Without it nothing outlives the process. */
  readonly data?: string;
  readonly limits?: Partial<Limits>;
  /** Of ids. The same seed and the same calls give the same ids. @default random */
  readonly seed?: string;
  /** Made at the first start; a data folder that knows instances already keeps its own. */
  readonly instances?: readonly InstanceSeed[];
  /** Of instances that name none. @default "exec" when there is one, else "sim" */
  readonly backend?: "exec" | "sim";
  /** How backends are made. `sim` is always there. */
  readonly backends?: { readonly exec?: (deps: BackendDeps) => Backend };
  readonly sim?: SimDefaults;
  /** Commands of the provider AlibabaCloud, invoked by their name. */
  readonly publicCommands?: readonly PublicCommandSeed[];
  readonly logger?: Logger;
};

/** What goes wrong with a machine's agent. */
export type AgentFault =
  | "none"
  /** Every report arrives twice. */
  | "reports-twice"
  /** Tasks are taken and never reported on; the service closes what it must. */
  | "reports-never"
  /** The start is reported and the end is not, and the service closes nothing. */
  | "never-closes";

export type AgentPatch = {
  readonly installed?: boolean;
  readonly version?: string;
  /** online; offline = not there; silent = heart-beats and takes no work. */
  readonly mode?: "online" | "offline" | "silent";
  readonly fault?: AgentFault;
  /** Ends the agent's process now; its supervisor starts it again without a boot. */
  readonly restart?: boolean;
};

export type InstanceSeed = {
  readonly instanceId?: string;
  readonly instanceName?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly resourceGroupId?: string;
  readonly osType?: "linux" | "windows";
  readonly backend?: "exec" | "sim";
  readonly regionId?: string;
  readonly zoneId?: string;
  readonly accountId?: string;
  readonly power?: "Running" | "Stopped";
  readonly agent?: Omit<AgentPatch, "restart">;
  /** IANA name of the machine's own clock. @default "Asia/Shanghai" */
  readonly timeZone?: string;
  /** A machine outside the cloud: its id begins with `mi-`. */
  readonly managed?: boolean;
  readonly behaviour?: SimBehaviour;
};

export type InstancePatch = {
  readonly instanceName?: string;
  /** Replaces all tags. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly resourceGroupId?: string;
  readonly timeZone?: string;
  readonly behaviour?: SimBehaviour;
  readonly power?: "Running" | "Stopped";
  readonly agent?: AgentPatch;
};

export type PowerState = "Pending" | "Running" | "Starting" | "Stopping" | "Stopped";

/** An instance as the emulator knows it, whatever the API shows of it. */
export type InstanceView = {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly accountId: string;
  readonly regionId: string;
  readonly zoneId: string;
  readonly osType: "linux" | "windows";
  readonly backend: "exec" | "sim";
  readonly managed: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly resourceGroupId: string;
  readonly timeZone: string;
  readonly power: PowerState;
  readonly bootId: string;
  /** How often it was booted, the first start included. */
  readonly bootCount: number;
  readonly agent: {
    readonly installed: boolean;
    readonly version: string;
    readonly mode: "online" | "offline" | "silent";
    readonly fault: AgentFault;
    /** Whether the service counts it as online: heard of within the heart-beat time-out. */
    readonly online: boolean;
    /** ISO 8601, "" when it was never heard of. */
    readonly lastHeartbeat: string;
  };
};

export type PublicCommandSeed = {
  readonly name: string;
  readonly type: "RunShellScript" | "RunBatScript" | "RunPowerShellScript";
  /** Plain text. */
  readonly content: string;
  readonly description?: string;
  readonly provider?: string;
  readonly category?: string;
  /** @default 1 */
  readonly version?: number;
  /** @default true */
  readonly latest?: boolean;
  readonly timeout?: number;
  readonly parameters?: readonly {
    readonly name: string;
    readonly description?: string;
    readonly defaultValue?: string;
    readonly required?: boolean;
    readonly possibleValues?: readonly string[];
    readonly patternRegex?: string;
  }[];
};

/** One execution that the emulator accepted, and how it ended: the truth to compare a ledger with. */
export type TaskView = {
  readonly accountId: string;
  readonly regionId: string;
  readonly invokeId: string;
  readonly commandId: string;
  readonly instanceId: string;
  readonly repeatMode: string;
  /** The invocation's tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Counts the executions of this invocation on this instance from 1; 0 while none began. */
  readonly run: number;
  readonly status: string;
  readonly exitCode?: number;
  readonly errorCode: string;
  /** ISO 8601 with milliseconds. */
  readonly acceptedAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
};

export type InvocationView = {
  readonly accountId: string;
  readonly regionId: string;
  readonly invokeId: string;
  readonly commandId: string;
  readonly repeatMode: string;
  readonly frequency: string;
  /** Aggregate InvocationStatus. */
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly instances: readonly {
    readonly instanceId: string;
    readonly status: string;
    readonly repeats: number;
    readonly exitCode?: number;
    readonly errorCode: string;
  }[];
};

/** Something that happened, in order, for those who watch. */
export type ServiceEvent = {
  readonly seq: number;
  /** ISO 8601 with milliseconds, of the emulator's clock. */
  readonly at: string;
  readonly accountId: string;
  readonly regionId: string;
} & (
  | { readonly kind: "invocation"; readonly invokeId: string; readonly repeatMode: string }
  | {
      readonly kind: "task";
      readonly invokeId: string;
      readonly instanceId: string;
      readonly run: number;
      readonly status: string;
      readonly exitCode?: number | undefined;
      readonly errorCode?: string | undefined;
    }
  /** A run of a schedule ended; the task's own status stays Scheduled. */
  | {
      readonly kind: "run";
      readonly invokeId: string;
      readonly instanceId: string;
      readonly run: number;
      readonly status: string;
      readonly startedAt: string;
      readonly exitCode?: number | undefined;
      readonly errorCode?: string | undefined;
    }
  /** A tick of a schedule found the run before it still busy. */
  | { readonly kind: "skipped"; readonly invokeId: string; readonly instanceId: string }
  | { readonly kind: "power"; readonly instanceId: string; readonly power: PowerState | "Deleted" }
  | {
      readonly kind: "agent";
      readonly instanceId: string;
      readonly what: "up" | "down" | "crashed" | "installed" | "changed";
    }
);

/** Everything the emulator knows, as JSON; opaque but for its schema. */
export type Snapshot = { readonly schema: number; readonly records: readonly unknown[] };

/** Output of a task that runs or ran, for people who watch. */
export type OutputView = {
  readonly output: Buffer;
  readonly dropped: number;
  readonly live: boolean;
};

export type ServiceAdmin = {
  readonly limits: { get(): Limits; set(patch: Partial<Limits>): Limits };
  readonly instances: {
    list(): InstanceView[];
    get(instanceId: string): InstanceView | undefined;
    /** Throws EmulatorError InvalidOption for a seed that cannot be. */
    add(seed: InstanceSeed): InstanceView;
    /** Throws EmulatorError NotFound, as the next ones do. */
    update(instanceId: string, patch: InstancePatch): InstanceView;
    agent(instanceId: string, patch: AgentPatch): InstanceView;
    /** Power as from the console: a machine in the wrong state is an InvalidOption. */
    boot(instanceId: string): InstanceView;
    stop(instanceId: string): InstanceView;
    reboot(instanceId: string): InstanceView;
    /** Released: it is gone for good, whatever its state. */
    remove(instanceId: string): void;
  };
  readonly publicCommands: { add(seed: PublicCommandSeed): void };
  invocations(): InvocationView[];
  tasks(): TaskView[];
  /** Undefined for a task that does not exist. */
  output(invokeId: string, instanceId: string): OutputView | undefined;
  readonly events: {
    /** The last thousand, or those of them after `afterSeq`. */
    list(afterSeq?: number): ServiceEvent[];
    /** @returns a function that ends it */
    subscribe(listener: (event: ServiceEvent) => void): () => void;
  };
  snapshot(): Snapshot;
  /** Replaces everything. What ran is ended first. */
  load(snapshot: Snapshot): Promise<void>;
  /** Back to the instances of the options and nothing else. */
  reset(): Promise<void>;
};

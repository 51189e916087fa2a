import type { FaultRule, FaultState } from "./faults/fault-rule.js";
import type { Account } from "./gates/credentials.js";
import type { Limits } from "./limits.js";
import type { RequestFilter, RequestLogEntry } from "./request-log/entry.js";
import type {
  AgentPatch,
  InstancePatch,
  InstanceSeed,
  InstanceView,
  InvocationView,
  PublicCommandSeed,
  ServiceEvent,
  Snapshot,
  TaskView,
} from "./service.js";

/** How the commands of instances that really run them are kept apart. Never a security boundary. */
export type Isolation =
  /** Each instance has its own process, mount, host name and IPC namespaces. */
  | "namespaces"
  /** Each command is a plain child process in the instance's folder. */
  | "plain"
  /** No command can run here: instances can only be simulated. */
  | "none";

/** Where it is and who may call. */
export type EmulatorInfo = {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly regionId: string;
  /** The first account's. */
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly accounts: readonly Account[];
  readonly isolation: Isolation;
};

/** Everything that can be looked at and moved; the same in this process and over HTTP. */
export type EmulatorControls = {
  readonly requests: {
    /** What the API was asked, in order of arrival. */
    list(filter?: RequestFilter): RequestLogEntry[];
    /**
     * Resolves as soon as `count` (1) requests match. A request counts from its arrival.
     * @throws EmulatorError TimedOut after `timeoutMs` real milliseconds, if that is given
     */
    wait(filter?: RequestFilter, count?: number, timeoutMs?: number): Promise<RequestLogEntry[]>;
    clear(): void;
  };
  readonly clock: {
    /** Milliseconds since the epoch. */
    now(): number;
    /** Virtual clocks only: fires all that is due, in order, and waits for running commands. */
    advance(ms: number): Promise<void>;
    /** ISO 8601 or milliseconds since the epoch. */
    advanceTo(to: string | number): Promise<void>;
  };
  readonly faults: {
    /** @returns the rule's id. */
    add(rule: FaultRule): string;
    /** @returns whether there was one. */
    remove(id: string): boolean;
    list(): FaultState[];
    clear(): void;
  };
  readonly limits: {
    get(): Limits;
    set(patch: Partial<Limits>): Limits;
  };
  readonly instances: {
    list(): InstanceView[];
    get(instanceId: string): InstanceView | undefined;
    add(seed: InstanceSeed): InstanceView;
    update(instanceId: string, patch: InstancePatch): InstanceView;
    agent(instanceId: string, patch: AgentPatch): InstanceView;
    boot(instanceId: string): InstanceView;
    stop(instanceId: string): InstanceView;
    reboot(instanceId: string): InstanceView;
    /** Released for good. */
    remove(instanceId: string): void;
    /** Where the instance's files are on this machine; undefined for a simulated one. */
    root(instanceId: string): string | undefined;
  };
  readonly publicCommands: { add(seed: PublicCommandSeed): void };
  readonly events: {
    /** The last thousand, or those of them after `afterSeq`. */
    list(afterSeq?: number): ServiceEvent[];
    /**
     * Resolves with the events after `afterSeq` as soon as there is one.
     * @throws EmulatorError TimedOut after `timeoutMs` real milliseconds, if that is given
     */
    next(afterSeq?: number, timeoutMs?: number): Promise<ServiceEvent[]>;
  };
  /** The emulator's own truth, whatever stale reads or faults made clients believe. */
  invocations(): InvocationView[];
  /** Every execution that was accepted and its outcome. */
  tasks(): TaskView[];
  /** What a task has printed so far; undefined for a task that does not exist. */
  output(invokeId: string, instanceId: string): TaskOutput | undefined;
  snapshot(): Snapshot;
  load(snapshot: Snapshot): Promise<void>;
  /** Back to the start: instances, faults, limits and public commands of the options, no request. */
  reset(): Promise<void>;
};

export type TaskOutput = {
  readonly outputBase64: string;
  readonly dropped: number;
  readonly live: boolean;
};

/** An emulator in this process. */
export type Emulator = EmulatorInfo &
  EmulatorControls & {
    /** Ends what runs and frees port and data folder. */
    close(): Promise<void>;
  };

/** An emulator in another process: the same controls, each a call over HTTP. */
export type RemoteEmulator = EmulatorInfo & Remote<EmulatorControls>;

type Call = (...args: never[]) => unknown;

/** The same shape with every function answering by a promise. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : T[K] extends Readonly<Record<string, Call>>
      ? Remote<T[K]>
      : T[K];
};

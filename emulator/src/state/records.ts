import type { CommandType, InstanceStatus, RepeatMode, TerminationMode } from "cloud-assistant-api";
import type { SimBehaviour } from "../backends/sim/behaviour.js";

/** What the emulator keeps, as plain JSON. Times are milliseconds since the epoch. */

export type Tags = Readonly<Record<string, string>>;

export type CommandRecord = {
  readonly id: string;
  /** Order of creation; lists show the newest first. */
  readonly seq: number;
  readonly name: string;
  readonly type: CommandType;
  /** The script's bytes, Base64. */
  readonly content: string;
  readonly description: string;
  readonly workingDir: string;
  readonly timeout: number;
  readonly enableParameter: boolean;
  readonly parameterNames: readonly string[];
  readonly launcher: string;
  readonly resourceGroupId: string;
  readonly tags: Tags;
  readonly createdAt: number;
  readonly invokeTimes: number;
  /** False for a RunCommand that does not keep its command: it goes when the execution is over. */
  readonly kept: boolean;
};

export type PublicCommandRecord = Omit<CommandRecord, "kept"> & {
  readonly provider: string;
  readonly category: string;
  readonly version: number;
  readonly latest: boolean;
  readonly definitions: readonly ParameterDefinition[];
};

export type ParameterDefinition = {
  readonly name: string;
  readonly description: string;
  readonly defaultValue: string;
  readonly required: boolean;
  readonly possibleValues: readonly string[];
  readonly patternRegex?: string;
};

/** A schedule as the agent is told it. */
export type Schedule = { readonly repeat: "Period" | "Rate" | "At"; readonly expr: string };

export type InvocationRecord = {
  readonly id: string;
  readonly seq: number;
  readonly commandId: string;
  readonly commandName: string;
  readonly commandDescription: string;
  readonly commandType: CommandType;
  /** Base64, as it was when the invocation was made or last modified. */
  readonly content: string;
  readonly createdAt: number;
  readonly repeatMode: RepeatMode;
  /** As requested; "" when none. */
  readonly frequency: string;
  readonly schedule?: Schedule;
  /** Counts modifications, from 1. */
  readonly version: number;
  readonly timeout: number;
  readonly workingDir: string;
  readonly username: string;
  readonly windowsPasswordName: string;
  readonly enableParameter: boolean;
  readonly parameters: Readonly<Record<string, string>>;
  readonly containerId: string;
  readonly containerName: string;
  readonly launcher: string;
  readonly terminationMode: TerminationMode;
  readonly ossOutputDelivery: string;
  readonly resourceGroupId: string;
  readonly tags: Tags;
  /** Whether a command that a modification makes is kept: not after RunCommand without KeepCommand. */
  readonly keepsCommand: boolean;
  /** When its last instance ended; absent while it lives. */
  readonly finishedAt?: number;
};

/** How a run ended, or what is known of it so far. */
export type Outcome = {
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  readonly exitCode?: number | undefined;
  /** Base64, absent for none. */
  readonly output?: string | undefined;
  readonly dropped?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly errorInfo?: string | undefined;
};

/** One invocation on one instance. The outcome is the latest run's. */
export type TaskRecord = Outcome & {
  readonly invokeId: string;
  readonly instanceId: string;
  /** Position in the call, for stable lists. */
  readonly index: number;
  readonly status: InstanceStatus;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly stopAt?: number | undefined;
  /** Runs handed to the machine so far; the number of the latest. */
  readonly run: number;
  /** The latest run was handed over and its end is not known. */
  readonly inFlight?: true | undefined;
  /** Runs that are over or under way, as Repeats shows them. */
  readonly repeats: number;
  /** The invocation's version that the machine was given last. */
  readonly armed?: number | undefined;
};

/** A past run of a schedule. */
export type RunRecord = Outcome & {
  readonly invokeId: string;
  readonly instanceId: string;
  readonly run: number;
  readonly status: InstanceStatus;
  readonly stopAt?: number | undefined;
};

export type AgentRecord = {
  readonly installed: boolean;
  /** Asked for by InstallCloudAssistant; takes effect at the next start. */
  readonly installPending?: true;
  readonly version: string;
  readonly mode: "online" | "offline" | "silent";
  readonly fault: "none" | "reports-twice" | "reports-never" | "never-closes";
  /** Beats from `since` on, every interval; the last one not after `until`. */
  readonly beat?: { readonly since: number; readonly until?: number };
  /** The agent ended and its supervisor does not start it again before the next boot. */
  readonly dead?: true;
};

export type InstanceRecord = {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly osType: "linux" | "windows";
  readonly backend: "exec" | "sim";
  readonly managed: boolean;
  readonly zoneId: string;
  readonly resourceGroupId: string;
  readonly tags: Tags;
  readonly timeZone: string;
  readonly power: "Pending" | "Running" | "Starting" | "Stopping" | "Stopped";
  /** When Starting or Stopping is over; absent otherwise. */
  readonly powerUntil?: number;
  /** A reboot is under way: Stopping's work is followed by a start. */
  readonly rebooting?: true;
  readonly bootId: string;
  readonly bootCount: number;
  /** The boot's first fetch of work has not happened: boot tasks are still due. */
  readonly coldStart?: true;
  readonly createdAt: number;
  readonly startedAt: number;
  readonly agent: AgentRecord;
  readonly behaviour?: SimBehaviour;
};

export type TokenRecord = {
  /** Action and token. */
  readonly key: string;
  /** Hash of the parameters that came with it. */
  readonly hash: string;
  readonly at: number;
  readonly body: Readonly<Record<string, unknown>>;
};

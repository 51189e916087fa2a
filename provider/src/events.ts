/**
 * What `CLOUD_ASSISTANT_EVENTS` writes down: one JSON object a line, for reports and for people who
 * want to know what happened when. A closed list; docs/how-to/events.md explains it.
 */
import type { CommandType, PlanAction, ResourceStatus, RowStatus, Summary } from "./inputs.js";

/** Whose event it is. A plan is made before owner and run are settled, so it has neither. */
export type EventSource = {
  /** The resource's name in its program. */
  readonly name: string;
  readonly urn: string;
  readonly region?: string;
  readonly owner?: string;
  readonly runId?: string;
};

type MemberReason = { readonly instanceId: string; readonly reason: string };

/** What a check or a diff has found out. Every `up` makes its plans twice: in its preview as well. */
export type PlanEvent = {
  readonly event: "plan";
  /** `continue`: no new run, the ledger itself wants something; `held`: nothing until released. */
  readonly action: PlanAction | "continue" | "held";
  readonly accountId?: string;
  readonly command?: {
    readonly name?: string;
    readonly type: CommandType;
    /** Absent where the content is secret: it could be guessed at. */
    readonly contentHash?: string;
  };
  /** Absent where members are not known yet. */
  readonly counts?: {
    readonly members: number;
    readonly calls: number;
    readonly batches: number;
  };
  /** What was printed about it. */
  readonly lines: readonly string[];
};

/** Readiness, judged once before the first call. */
export type SweepEvent = {
  readonly event: "sweep";
  readonly ready: number;
  readonly unready: readonly MemberReason[];
  /** How many may be unready; above it nothing runs. */
  readonly allowed: number;
  readonly skipped: readonly MemberReason[];
  readonly gone: readonly string[];
};

/** One InvokeCommand or RunCommand, or an invocation that stands for one. */
export type CallEvent = {
  readonly event: "call";
  readonly outcome:
    | "accepted"
    /** It had been accepted before; the service was asked again with the same token. */
    | "replayed"
    /** Found among the invocations of this owner, and not called again. */
    | "adopted"
    | "refused"
    /** Nothing is known to have been accepted, and the run stops here. */
    | "interrupted";
  readonly invokeId?: string;
  /** From 1. Absent for what was adopted. */
  readonly batch?: number;
  readonly members: readonly { readonly instanceId: string; readonly attempt: number }[];
  /** The service's own code. */
  readonly errorCode?: string;
  readonly reason?: string;
};

/** A member that has ended, one way or another. */
export type RowEvent = {
  readonly event: "row";
  readonly instanceId: string;
  readonly status: RowStatus;
  readonly attempt: number;
  readonly batch?: number;
  readonly invokeId?: string;
  readonly exitCode?: number;
  readonly errorCode?: string;
  readonly errorInfo?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
};

/** How an operation ended. */
export type VerdictEvent = {
  readonly event: "verdict";
  readonly status: ResourceStatus;
  /** Whether Pulumi shows the resource as failed. */
  readonly red: boolean;
  readonly summary: Summary;
  readonly holdId?: string;
  /** What was said about it, failures grouped. Empty when it is green. */
  readonly reasons: readonly string[];
};

/** What happened. */
export type EventBody = PlanEvent | SweepEvent | CallEvent | RowEvent | VerdictEvent;

/** What happened, and to whom. */
export type LifecycleEvent = EventSource & EventBody;

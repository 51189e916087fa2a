/** When a fault strikes. Everything given must hold; nothing given matches every request. */
export type FaultMatch = {
  readonly action?: string | readonly string[];
  /** An instance that the request names: InstanceId, InstanceId.N or the InstanceIds list. */
  readonly instanceId?: string;
  readonly accountId?: string;
  readonly regionId?: string;
  /** Parameters that the request must carry with exactly these values. */
  readonly params?: Readonly<Record<string, string>>;
  /** Only the nth matching request, counted from 1; with `times` also the next ones. */
  readonly nth?: number;
  /** Only after so many matching requests have passed. */
  readonly after?: number;
  /** 0 to 1, drawn from the emulator's seed. @default 1 */
  readonly probability?: number;
};

/** Before or after the change is made: what the client hears does not tell. */
export type FaultMoment = "before-commit" | "after-commit";

/** What goes wrong. */
export type FaultEffect =
  /** A refusal in the service's shape; nothing is done. */
  | {
      readonly kind: "error";
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly retryAfterMs?: number;
    }
  /** An error of the service's own: 500 InternalError, 503 ServiceUnavailable. @default 503, before-commit */
  | { readonly kind: "http5xx"; readonly status?: number; readonly moment?: FaultMoment }
  /** The answer comes late. @default before-commit */
  | { readonly kind: "delay"; readonly delayMs: number; readonly moment?: FaultMoment }
  /** The connection breaks and nothing was done. */
  | { readonly kind: "dropBeforeCommit" }
  /** The change is made and the connection breaks: the answer is lost. */
  | { readonly kind: "dropAfterCommit" }
  /** No answer at all; the connection stays open. @default before-commit */
  | { readonly kind: "hang"; readonly moment?: FaultMoment }
  /** The body ends early. @default half of it */
  | { readonly kind: "truncateBody"; readonly bytes?: number }
  /** A body that is not JSON, as a proxy in between would send. @default 200, after-commit, HTML */
  | {
      readonly kind: "nonJson";
      readonly status?: number;
      readonly body?: string;
      readonly moment?: FaultMoment;
    }
  /** A read that does not see what happened in the last `staleMs` of the emulator's clock. */
  | { readonly kind: "stale"; readonly staleMs: number }
  /** A page of a list that is empty and still has a NextToken, which leads to what was left out. */
  | { readonly kind: "emptyPageWithToken" }
  /** The NextToken that was sent is given back: a reader that follows it never ends. */
  | { readonly kind: "repeatToken" }
  /**
   * A success that lacks a field. A plain name means that field wherever it is; with dots it is the
   * way from the top, through every member of a list.
   */
  | { readonly kind: "omitField"; readonly field: string; readonly where?: FieldFilter }
  /** A success with another value in a field. */
  | {
      readonly kind: "setField";
      readonly field: string;
      readonly value: unknown;
      readonly where?: FieldFilter;
    }
  /** The service's clock is off by so much when it judges the request's date. */
  | { readonly kind: "clockSkew"; readonly skewMs: number }
  /** The credentials have run out: InvalidSecurityToken.Expired. */
  | { readonly kind: "credentialsExpire" };

/** Only in objects that have these fields with these values, such as `{ InstanceId: "i-1" }`. */
export type FieldFilter = Readonly<Record<string, string>>;

export type FaultRule = {
  /** @default "fault-N" */
  readonly id?: string;
  readonly match?: FaultMatch;
  readonly effect: FaultEffect;
  /** How often it strikes. @default without end; once with `match.nth` */
  readonly times?: number;
};

/** A rule that is set, with what became of it so far. */
export type FaultState = FaultRule & {
  readonly id: string;
  /** Requests that matched, whether or not they were struck. */
  readonly matched: number;
  readonly hits: number;
};

/** How a task repeats; it decides the parser, not the text of the expression. */
export type Repeat = "Period" | "Rate" | "At";

/** Why the agent turns an expression down. */
export type Refusal = {
  /** The API's per-instance ErrorCode, e.g. `BadCronExpression`. */
  readonly errorCode: string;
  /** What the agent posts: `/task/invalid?param=cron&value=<reported>`, before percent-encoding. */
  readonly reported: string;
};

/** What an armed schedule does next. */
export type Next =
  /** A run at this instant, milliseconds since the epoch; whole ones, unless a wait of 292 years ended. */
  | { readonly kind: "at"; readonly atMs: number }
  /** No run is left. After the last run of a cron the agent posts `/task/stopped?result=completed`; of an At, nothing. */
  | { readonly kind: "finished" }
  /** The next instant lies in the past: the timer ends, nothing is posted, until the task is delivered again. */
  | { readonly kind: "dead" }
  /**
   * The agent process dies of computing it. After a first run that is rare: it takes a clock change at
   * the start of a month in which no day matches, or a Rate that overflows to no period at all.
   */
  | { readonly kind: "crash" };

export type Timetable = {
  /**
   * What follows a run at `afterMs` (or a clock that reads a little later). The agent computes from
   * its clock after the run; this takes it to be 1 ms late, as the observations do.
   */
  next(afterMs: number): Next;
};

export type ArmResult =
  | {
      readonly kind: "armed";
      readonly timetable: Timetable;
      /** The first run, computed at `nowMs`; `dead` if the schedule ends before any. Never `finished`. */
      readonly first: Extract<Next, { kind: "at" | "dead" }>;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** The agent process dies of the expression; nothing is reported for the task. */
  | { readonly kind: "crash" }
  /** An At in the past: no run, no report. The service has to expire it (`AtExpressionExpired`). */
  | { readonly kind: "expired-unreported" };

export type ArmMoment = {
  /** The agent's clock as the task arrives. */
  readonly nowMs: number;
  /** The instance's own zone, a tz database name. One that is unknown is taken as UTC, as Go does. */
  readonly instanceZone: string;
  /** When the task was created; the origin of a Rate's grid. */
  readonly creationTimeMs: number;
};

/** What the agent does with a task's expression as it arrives. */
export type Arm = (repeat: Repeat, expr: string, at: ArmMoment) => ArmResult;

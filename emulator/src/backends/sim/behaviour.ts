/** How a simulated machine ends a task. */
export type SimOutcome =
  | { readonly kind: "finish"; readonly exitCode: number; readonly output?: string }
  /** Runs until the task's own time-out. */
  | { readonly kind: "timeout"; readonly output?: string }
  /** Started and could not go on. */
  | { readonly kind: "error"; readonly errorCode: string; readonly errorInfo?: string }
  /** Refused before the start. */
  | { readonly kind: "invalid"; readonly errorCode: string; readonly errorInfo?: string }
  /** As invalid, for codes whose status is Aborted. */
  | { readonly kind: "aborted"; readonly errorCode: string; readonly errorInfo?: string }
  /** In mid-run something happens to the machine, and the run itself reports nothing. */
  | { readonly kind: "machine"; readonly does: "powerOff" | "reboot" | "restartAgent" | "release" }
  /** Runs and never ends by itself. */
  | { readonly kind: "never" };

/** One line of the table. All that is given must hold. */
export type SimRule = {
  /** A part of the command's text, after the parameters were filled in. */
  readonly contains?: string;
  /** The whole text. */
  readonly content?: string;
  /** The nth delivery of this text to this machine, counted from 1. */
  readonly attempt?: number;
  /** From the start of the run to its end. @default the machine's, else the emulator's */
  readonly afterMs?: number;
  readonly outcome: SimOutcome;
};

/** Rules are tried in order; the first that holds decides. */
export type SimBehaviour = {
  readonly rules?: readonly SimRule[];
  /** When no rule holds. @default exit code 0 without output */
  readonly outcome?: SimOutcome;
  readonly afterMs?: number;
};

/** For machines without a behaviour of their own, or where theirs decides nothing. */
export type SimDefaults = SimBehaviour & {
  /** Runs at once on one machine; the next ones wait. @default 10, as the agent */
  readonly concurrency?: number;
  /** Waiting tasks; one more is refused with TaskConcurrencyLimit. @default 50 */
  readonly queue?: number;
};

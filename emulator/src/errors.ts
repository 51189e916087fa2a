/** Why the emulator itself, not the API that it serves, could not do what was asked. */
export type EmulatorErrorCode =
  /** The port is taken by another process. */
  | "PortInUse"
  /** Another emulator holds the data folder. */
  | "DataInUse"
  /** The journal or snapshot is damaged before its last line. */
  | "DataDamaged"
  /** The journal or snapshot was written by a newer emulator. */
  | "DataNewer"
  /** The isolation that was demanded is not available on this machine. */
  | "IsolationUnavailable"
  /** An option, seed file, fault rule or admin request that cannot be taken. */
  | "InvalidOption"
  /** An instance, rule or record that does not exist. */
  | "NotFound"
  /** The clock cannot do that: only a virtual one is advanced. */
  | "ClockRefused"
  /** What was waited for did not come in time. */
  | "TimedOut"
  /** The admin address did not answer as an emulator does. */
  | "Unreachable"
  /** Something that should not happen. */
  | "Internal";

/** The one error class of this package. Branch on `code`; the message is for people. */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";

  constructor(
    readonly code: EmulatorErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }

  /** Anything thrown, as an EmulatorError; what it was stays as `cause`. */
  static from(reason: unknown, code: EmulatorErrorCode = "Internal"): EmulatorError {
    if (reason instanceof EmulatorError) return reason;
    const message = reason instanceof Error ? reason.message : String(reason);
    return new EmulatorError(code, message, { cause: reason });
  }
}

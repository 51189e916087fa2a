/** Why there is no engine, as a closed list. */
export type EngineErrorCode =
  /** Every way was tried (or the one that was asked for) and none gave an engine. */
  | "no-way"
  /** A file that must be beside this package is not there: it was not built. */
  | "not-built"
  /** The build was ended by a signal. */
  | "interrupted";

/** The one error of this package; branch on `code`. */
export class EngineError extends Error {
  override readonly name = "EngineError";

  constructor(
    readonly code: EngineErrorCode,
    message: string,
    /** The signal, for `interrupted`. */
    readonly signal?: NodeJS.Signals,
  ) {
    super(message);
  }
}

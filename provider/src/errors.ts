/**
 * The closed list of codes. Each is explained in docs/errors.md; a test holds the page against this
 * list. Branch on the code, never on words.
 */
export const errorCodes = [
  /** The inputs of a resource are wrong; nothing was called. */
  "InvalidInputs",
  /** The configuration or the environment is wrong. */
  "InvalidConfiguration",
  /** No credentials were found, or they do not work. */
  "CredentialsMissing",
  /** The service refused a call. `apiCode` and `requestId` say more. */
  "ApiRefused",
  /** The service could not be reached, or answered nonsense, until time ran out. */
  "ApiUnreachable",
  /** The service throttled calls until time ran out. */
  "Throttled",
  /** The account may not do what was asked. */
  "AccessDenied",
  /** The account or the region is not the one that this resource was made in. */
  "WrongAccount",
  /** Too few, too many, or forbidden targets. */
  "TargetsRefused",
  /** Members are not ready and may not be waited for any longer. */
  "NotReady",
  /** The calls do not fit into what the region allows today. */
  "QuotaExceeded",
  /** The run was cut short; the next `up` goes on. */
  "RunInterrupted",
  /** Something of this resource's name is alive that this state does not know. */
  "ForeignInvocation",
  /** A stop did not end in time. */
  "StopTimedOut",
  /** A saved command is still used by a living invocation. */
  "CommandInUse",
  /** The saved state cannot be read by this version. */
  "StateUnreadable",
  /** The command line could not get the stack's state from Pulumi. */
  "StackUnreadable",
  /** There is no such resource, machine or invocation, or no record of it any more. */
  "NotFound",
  /** Nothing of the run was accepted that could be stopped or held. */
  "NothingToStop",
  /** What was asked for is secret, or may hold a secret that cannot be taken out. */
  "SecretsHidden",
  /** A corner that is not built, said openly. */
  "NotImplemented",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export type ErrorDetails = {
  readonly cause?: unknown;
  /** The service's own code, e.g. `InvalidInstance.NotFound`. */
  readonly apiCode?: string;
  readonly requestId?: string;
  readonly httpStatus?: number;
};

/** The one error class. Its message is what people read: code first, no stack trace. */
export class CloudAssistantError extends Error {
  override readonly name = "CloudAssistantError";
  readonly apiCode: string | undefined;
  readonly requestId: string | undefined;
  readonly httpStatus: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.apiCode = details.apiCode;
    this.requestId = details.requestId;
    this.httpStatus = details.httpStatus;
    // The SDK prints `stack` to people. No error of ours shows a stack trace.
    this.stack = message;
  }

  /** The single door by which anything caught becomes one of ours. */
  static from(reason: unknown, code: ErrorCode = "ApiUnreachable"): CloudAssistantError {
    if (reason instanceof CloudAssistantError) return reason;
    const message = reason instanceof Error ? reason.message : String(reason);
    return new CloudAssistantError(code, message, { cause: reason });
  }
}

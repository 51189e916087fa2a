/** What an exception of the SDK means. Decided by code and class, never by words. */
export type Trouble =
  | { readonly kind: "throttled"; readonly retryAfterMs?: number }
  /** No answer, a broken answer or a server's own failure: the effect may have taken place. */
  | { readonly kind: "transient" }
  /** The same token is being worked on: ask again with it. */
  | { readonly kind: "in-progress" }
  /** Credentials that ended; new ones may help. */
  | { readonly kind: "expired" }
  | { readonly kind: "denied" }
  | { readonly kind: "refused" };

export type SdkFailure = {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly statusCode?: number;
  readonly retryAfter?: number;
  readonly requestId?: string;
  readonly data?: {
    readonly Message?: string;
    readonly Code?: string;
    readonly RequestId?: string;
  };
};

const transportCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_SOCKET",
]);

const expiredCodes = new Set([
  "InvalidSecurityToken.Expired",
  "SecurityTokenExpired",
  "InvalidSecurityToken.Malformed",
]);

export function classify(failure: SdkFailure): Trouble {
  const code = failure.code ?? "";
  if (code.includes("Throttling") || failure.name === "ThrottlingError") {
    return failure.retryAfter === undefined || Number.isNaN(failure.retryAfter)
      ? { kind: "throttled" }
      : { kind: "throttled", retryAfterMs: failure.retryAfter };
  }
  if (code === "IdempotentProcessing") return { kind: "in-progress" };
  if (expiredCodes.has(code)) return { kind: "expired" };
  if (isTransport(failure)) return { kind: "transient" };
  if (code === "ServiceUnavailable" || (failure.statusCode ?? 0) >= 500)
    return { kind: "transient" };
  if (code.startsWith("Forbidden") || code === "NoPermission" || code.startsWith("AccessDenied")) {
    return { kind: "denied" };
  }
  return { kind: "refused" };
}

/** A reply that never came or cannot be read (reference: the SDK throws SyntaxError for non-JSON). */
function isTransport(failure: SdkFailure): boolean {
  if (failure.name === "RequestTimeoutError") return true;
  if (failure.name === "SyntaxError" || failure.name === "TypeError") return true;
  if (failure.name === "ResponseExpectedError" || failure.name === "UnretryableError") return true;
  if (transportCodes.has(failure.code ?? "")) return true;
  // An answer has a status; what has neither a status nor a code never became one.
  if (failure.statusCode === undefined && failure.code === undefined) return true;
  return failure.statusCode === undefined && /socket hang up|timeout/i.test(failure.message ?? "");
}

/**
 * How long to wait before the next try. Throttling of the ECS API is windowed by the minute, so its
 * waits grow towards the length of a window; everything else backs off from a quarter of a second.
 *
 * @param attempt tries made so far, from 1
 * @param random in [0, 1)
 */
export function delayBeforeRetry(trouble: Trouble, attempt: number, random: number): number {
  const jitter = 0.75 + random / 2;
  switch (trouble.kind) {
    case "throttled": {
      const grown = Math.min(20_000, 1_000 * 2 ** (attempt - 1)) * jitter;
      return Math.max(trouble.retryAfterMs ?? 0, trouble.retryAfterMs === undefined ? grown : 0);
    }
    case "in-progress":
      return Math.min(5_000, 500 * 2 ** (attempt - 1)) * jitter;
    case "transient":
    case "expired":
      return Math.min(15_000, 250 * 2 ** (attempt - 1)) * jitter;
    case "denied":
    case "refused":
      return 0;
  }
}

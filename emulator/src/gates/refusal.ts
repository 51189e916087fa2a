/** A refusal in the service's terms. */
export type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Sent as the header x-acs-retry-after, in milliseconds. */
  readonly retryAfterMs?: number;
};

/** The body of every error that the service gives. */
export type ErrorBody = {
  readonly RequestId: string;
  readonly HostId: string;
  readonly Code: string;
  readonly Message: string;
  readonly Recommend: string;
};

export type ErrorContext = {
  readonly requestId: string;
  /** The endpoint that was asked, as the client named it. */
  readonly hostId: string;
  readonly product: string;
};

export function errorBody(refusal: Refusal, context: ErrorContext): ErrorBody {
  const { requestId, hostId, product } = context;
  return {
    RequestId: requestId,
    HostId: hostId,
    Code: refusal.code,
    Message: refusal.message,
    Recommend:
      `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(refusal.code)}` +
      `&product=${product}&requestId=${requestId}`,
  };
}

export function missingParameter(name: string): Refusal {
  return {
    status: 400,
    code: "MissingParameter",
    message: `The input parameter "${name}" that is mandatory for processing this request is not supplied.`,
  };
}

/** What this emulator lacks, said so that nobody takes it for the service's own answer. */
export function notImplemented(what: string): Refusal {
  return {
    status: 501,
    code: "Emulator.NotImplemented",
    message: `cloud-assistant-emulator does not implement ${what}. The real service does.`,
  };
}

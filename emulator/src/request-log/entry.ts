import type { DialectName } from "../dialect/wire.js";

/** What is remembered of one request, whatever the client was told. */
export type RequestLogEntry = {
  /** Counts from 1 in order of arrival. */
  readonly seq: number;
  /** Arrival on the emulator's clock, ISO 8601. */
  readonly time: string;
  /** "" when none could be read. */
  readonly action: string;
  /** "" until the credentials are accepted. */
  readonly accountId: string;
  /** The region that the request was served in. */
  readonly regionId: string;
  readonly dialect: DialectName;
  /** As sent and flattened; secrets are masked. */
  readonly params: Readonly<Record<string, string>>;
  /** HTTP status of the answer; 0 while, or because, none was sent. */
  readonly status: number;
  /** The error code of a refusal. */
  readonly code?: string;
  readonly requestId: string;
  readonly invokeId?: string;
  /** A change was accepted and took effect, whatever the client was told. */
  readonly committed: boolean;
  /** The first fault rule that struck, and all of them. */
  readonly faultId?: string;
  readonly faultIds?: readonly string[];
  /** From arrival to the end of the answer, real milliseconds. */
  readonly durationMs: number;
  readonly userAgent: string;
  /** The client's x-acs-retry-attempts, when it says so. */
  readonly retryAttempts?: string;
  /** What the emulator signed, where the client's signature was another. */
  readonly stringToSign?: string;
  readonly canonicalRequest?: string;
};

export type RequestFilter = {
  readonly action?: string | readonly string[];
  readonly accountId?: string;
  readonly committed?: boolean;
  /** Only what came after this number. */
  readonly afterSeq?: number;
};

export function matchesFilter(entry: RequestLogEntry, filter: RequestFilter): boolean {
  const { action, accountId, committed, afterSeq } = filter;
  if (action !== undefined) {
    if (typeof action === "string" ? action !== entry.action : !action.includes(entry.action)) {
      return false;
    }
  }
  if (accountId !== undefined && accountId !== entry.accountId) return false;
  if (committed !== undefined && committed !== entry.committed) return false;
  return afterSeq === undefined || entry.seq > afterSeq;
}

/** Hides the values that no log may hold. */
export function maskParams(params: Readonly<Record<string, string>>): Record<string, string> {
  const masked: Record<string, string> = {};
  for (const key in params) {
    const value = params[key] ?? "";
    masked[key] = SECRET.test(key) && value !== "" ? "******" : value;
  }
  return masked;
}

const SECRET = /^(WindowsPassword|Password|SecurityToken|Signature)/;

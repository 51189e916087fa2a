import type { ParsedCall } from "../dialect/parse.js";
import { missingParameter, type Refusal } from "./refusal.js";

/** How far a request's date may lie from the machine's clock, in milliseconds, either way. */
export const DATE_WINDOW_MS = 15 * 60_000;

/**
 * Refuses a date outside the window, and a nonce that this key has used. `wallNowMs` is the
 * machine's own clock: clients sign with theirs, whatever the emulator's virtual time is.
 */
export function checkFreshness(
  call: ParsedCall,
  accessKeyId: string,
  nonces: NonceMemory,
  wallNowMs: number,
): Refusal | undefined {
  if (call.date === undefined || call.date === "") return missingParameter("Timestamp");
  const dateMs = DATE.test(call.date) ? Date.parse(call.date) : NaN;
  if (Number.isNaN(dateMs)) return BAD_DATE;
  if (Math.abs(dateMs - wallNowMs) > DATE_WINDOW_MS) return EXPIRED_DATE;
  if (call.nonce === undefined || call.nonce === "") return missingParameter("SignatureNonce");
  return nonces.use(`${accessKeyId} ${call.nonce}`, wallNowMs) ? undefined : USED_NONCE;
}

/**
 * Remembers nonces for as long as a date could still be accepted. A date may lie 15 minutes ahead,
 * so that is twice the window; older ones are dropped by whole generations, and the oldest
 * generation goes early when there are very many.
 */
export class NonceMemory {
  private current = new Set<string>();
  private previous = new Set<string>();
  private startedAt: number | undefined;

  constructor(private readonly limit = 400_000) {}

  /** True when the nonce is new. */
  use(nonce: string, nowMs: number): boolean {
    this.startedAt ??= nowMs;
    if (nowMs - this.startedAt > 2 * DATE_WINDOW_MS || this.current.size >= this.limit) {
      this.previous = this.current;
      this.current = new Set();
      this.startedAt = nowMs;
    }
    if (this.current.has(nonce) || this.previous.has(nonce)) return false;
    this.current.add(nonce);
    return true;
  }
}

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

const BAD_DATE: Refusal = {
  status: 400,
  code: "InvalidTimeStamp.Format",
  message: "Specified time stamp or date value is not well formatted.",
};
const EXPIRED_DATE: Refusal = {
  status: 400,
  code: "InvalidTimeStamp.Expired",
  message: "Specified time stamp or date value is expired.",
};
const USED_NONCE: Refusal = {
  status: 400,
  code: "SignatureNonceUsed",
  message: "Specified signature nonce was used already.",
};

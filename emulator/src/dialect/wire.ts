import type { IncomingHttpHeaders } from "node:http";

/** A request as it came off the wire, before anything is believed. */
export type WireRequest = {
  readonly method: string;
  /** The request target's path, undecoded. Any path is served as "/". */
  readonly path: string;
  /** The raw query string, without "?". */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

/** The ways in which a request may be signed and carry its parameters. */
export type DialectName = "acs3" | "rpc-v1" | "none";

/** One header as one string, or undefined. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

import type { Logger } from "pino";
import type { ParsedCall } from "../dialect/parse.js";
import { header, type DialectName, type WireRequest } from "../dialect/wire.js";
import type { Delivery } from "../faults/effects.js";
import type { FaultBook, FaultHit, FaultSubject } from "../faults/fault-book.js";
import type { KeyRing } from "../gates/credentials.js";
import type { NonceMemory } from "../gates/freshness.js";
import { productOf } from "../gates/operation.js";
import { errorBody, type Refusal } from "../gates/refusal.js";
import type { ThrottleWindows } from "../gates/throttle.js";
import { maskParams, type RequestLogEntry } from "../request-log/entry.js";
import type { RequestLog } from "../request-log/request-log.js";
import type { Service } from "../service.js";

/** The world that a request passes through. */
export type FrontDeps = {
  readonly service: Service;
  /** Where a request goes that names no region. */
  readonly regionId: string;
  readonly keys: KeyRing;
  readonly nonces: NonceMemory;
  readonly throttle: ThrottleWindows;
  /** Calls a minute of an action; undefined is no limit. */
  readonly callsPerMinute: (action: string) => number | undefined;
  readonly faults: FaultBook;
  readonly log: RequestLog;
  readonly newRequestId: () => string;
  /** The machine's clock, for dates that clients sign. */
  readonly wallNow: () => number;
  /** The emulator's clock. */
  readonly now: () => number;
  /** Calls back after real milliseconds. */
  readonly later: (ms: number, run: () => void) => void;
  readonly logger: Logger;
};

export type Deliver = (delivery: Delivery, requestId: string) => void;

/** One request on its way: parsed, logged, with what later steps need. */
export type Passage = {
  readonly wire: WireRequest;
  readonly call: ParsedCall;
  readonly entry: RequestLogEntry;
  /** Of a clock that only runs forward. */
  readonly startedAt: number;
  readonly deliver: Deliver;
};

/** Writes the request into the log as it arrives. */
export function openEntry(deps: FrontDeps, wire: WireRequest, call: ParsedCall): RequestLogEntry {
  const attempts = header(wire.headers, "x-acs-retry-attempts");
  const asked = call.params.RegionId;
  return deps.log.open({
    time: new Date(deps.now()).toISOString(),
    action: call.action,
    accountId: "",
    regionId: asked === undefined || asked === "" ? deps.regionId : asked,
    dialect: DIALECTS[call.proof.kind],
    params: maskParams(call.params),
    status: 0,
    requestId: deps.newRequestId(),
    committed: false,
    durationMs: 0,
    userAgent: beginning(header(wire.headers, "user-agent") ?? ""),
    ...(attempts === undefined ? {} : { retryAttempts: beginning(attempts) }),
  });
}

/** A header may be as long as all of them together may, and the log keeps many. */
function beginning(text: string): string {
  // A mere slice would keep the whole in memory.
  return text.length <= HEADER_KEPT ? text : Buffer.from(text.slice(0, HEADER_KEPT)).toString();
}

const HEADER_KEPT = 300;

/** What fault rules are matched against. */
export function subjectOf({ call, entry }: Passage): FaultSubject {
  const { accountId, regionId } = entry;
  return { action: call.action, accountId, regionId, params: call.params };
}

export function noteHits(deps: FrontDeps, { entry }: Passage, hits: readonly FaultHit[]): void {
  const [first] = hits;
  if (first === undefined) return;
  const faultIds = [...(entry.faultIds ?? []), ...hits.map((hit) => hit.id)];
  deps.log.update(entry, { faultId: entry.faultId ?? first.id, faultIds });
}

export function errorOf(passage: Passage, refusal: Refusal): Readonly<Record<string, unknown>> {
  const { call, entry } = passage;
  const { requestId } = entry;
  const hostId = hostOf(passage);
  return errorBody(refusal, { requestId, hostId, product: productOf(call.version) });
}

/** The endpoint as the client named it: what the service's errors call HostId. */
export function hostOf({ wire }: Passage): string {
  return header(wire.headers, "host") ?? "";
}

const DIALECTS: Readonly<Record<ParsedCall["proof"]["kind"], DialectName>> = {
  acs3: "acs3",
  malformed: "none",
  "rpc-v1": "rpc-v1",
  none: "none",
};

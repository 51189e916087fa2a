import { performance } from "node:perf_hooks";
import { parseCall, type ParsedCall } from "../dialect/parse.js";
import type { WireRequest } from "../dialect/wire.js";
import { concernsCredentials } from "../faults/effects.js";
import type { FaultHit } from "../faults/fault-book.js";
import { checkCredentials, EXPIRED_TOKEN } from "../gates/credentials.js";
import { checkFreshness } from "../gates/freshness.js";
import { checkOperation } from "../gates/operation.js";
import type { Refusal } from "../gates/refusal.js";
import { checkSignature } from "../gates/signature.js";
import type { RequestLogEntry } from "../request-log/entry.js";
import { foreignPage } from "./guard.js";
import {
  noteHits,
  openEntry,
  subjectOf,
  type Deliver,
  type FrontDeps,
  type Passage,
} from "./passage.js";
import { refuse, serve } from "./serve.js";

/**
 * Takes each request through the gates in the service's order: parse, version and action,
 * credentials, signature, date and nonce, throttle, then faults, then the service itself.
 */
export function createFront(deps: FrontDeps): (wire: WireRequest, deliver: Deliver) => void {
  return (wire, deliver) => {
    const startedAt = performance.now();
    const parsed = parseCall(wire);
    const call = parsed.ok ? parsed.call : UNREADABLE;
    const passage: Passage = { wire, call, entry: openEntry(deps, wire, call), startedAt, deliver };
    const stop = parsed.ok ? passGates(deps, passage) : { refusal: unreadable(parsed.problem) };
    if (stop === undefined) serve(deps, passage);
    else refuse(deps, passage, stop.refusal, stop.note);
  };
}

/** Something that a gate turned away, with what the log should know of it. */
type Stop = { readonly refusal: Refusal; readonly note?: Partial<RequestLogEntry> };

const UNREADABLE: ParsedCall = {
  action: "",
  version: "",
  params: {},
  proof: { kind: "none" },
  date: undefined,
  nonce: undefined,
  securityToken: undefined,
};

function unreadable(problem: string): Refusal {
  return { status: 400, code: "InvalidParameter", message: problem };
}

function passGates(deps: FrontDeps, passage: Passage): Stop | undefined {
  const { wire, call, entry } = passage;
  const foreign = foreignPage(wire.headers);
  if (foreign !== undefined) return { refusal: forPrograms(foreign) };

  const operation = checkOperation(call.action, call.version, (a) => deps.service.known(a));
  if (operation !== undefined) return { refusal: operation };

  const credentials = checkCredentials(call, deps.keys);
  if (!credentials.ok) return { refusal: credentials.refusal };
  const { account, key } = credentials;
  deps.log.update(entry, { accountId: account.accountId });

  const signature = checkSignature(wire, call, key);
  if (!signature.ok) return { refusal: signature.refusal, note: signature.signed ?? {} };

  const struck = deps.faults.strike(subjectOf(passage), concernsCredentials);
  noteHits(deps, passage, struck);
  if (struck.some(({ effect }) => effect.kind === "credentialsExpire")) {
    return { refusal: EXPIRED_TOKEN };
  }
  const wallNow = deps.wallNow() + skewOf(struck);
  const freshness = checkFreshness(call, account.accessKeyId, deps.nonces, wallNow);
  if (freshness !== undefined) return { refusal: freshness };

  const window = `${account.accountId} ${entry.regionId} ${call.action}`;
  const limit = deps.callsPerMinute(call.action);
  const throttled = deps.throttle.admit(window, limit, deps.now());
  return throttled === undefined ? undefined : { refusal: throttled };
}

function forPrograms(why: string): Refusal {
  const message = `cloud-assistant-emulator serves programs, not pages of other sites: ${why}.`;
  return { status: 403, code: "Forbidden", message };
}

function skewOf(hits: readonly FaultHit[]): number {
  let skewMs = 0;
  for (const { effect } of hits) if (effect.kind === "clockSkew") skewMs += effect.skewMs;
  return skewMs;
}

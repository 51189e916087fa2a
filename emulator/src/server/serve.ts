import { performance } from "node:perf_hooks";
import {
  concernsService,
  JSON_TYPE,
  prelude,
  reshape,
  unwrapEmptyPageToken,
  type Answered,
  type Delivery,
} from "../faults/effects.js";
import type { FaultHit } from "../faults/fault-book.js";
import type { Refusal } from "../gates/refusal.js";
import type { RequestLogEntry } from "../request-log/entry.js";
import type { ApiRequest } from "../service.js";
import { errorOf, hostOf, noteHits, subjectOf, type FrontDeps, type Passage } from "./passage.js";

/** What comes after the gates: faults, the service, and the faults of the answer. */
export function serve(deps: FrontDeps, passage: Passage): void {
  const nextToken = passage.call.params.NextToken;
  const hits = deps.faults.strike(subjectOf(passage), concernsService(nextToken));
  if (hits.length === 0) finish(deps, passage, jsonDelivery(ask(deps, passage, 0)));
  else serveFaulty(deps, passage, hits, nextToken);
}

/** Turns a request away. `note` is what the log should know beside the code. */
export function refuse(
  deps: FrontDeps,
  passage: Passage,
  refusal: Refusal,
  note: Partial<RequestLogEntry> = {},
): void {
  deps.log.update(passage.entry, { code: refusal.code, ...note });
  const { status, retryAfterMs } = refusal;
  const delivery = jsonDelivery({ status, body: errorOf(passage, refusal) });
  finish(deps, passage, retryAfterMs === undefined ? delivery : { ...delivery, retryAfterMs });
}

function serveFaulty(
  deps: FrontDeps,
  passage: Passage,
  hits: readonly FaultHit[],
  nextToken: string | undefined,
): void {
  noteHits(deps, passage, hits);
  const { delayMs, staleMs, end } = prelude(hits);
  after(deps, delayMs, () => {
    if (end !== undefined) {
      if ("refusal" in end) refuse(deps, passage, end.refusal);
      else finish(deps, passage, end.delivery);
      return;
    }
    const answered = ask(deps, passage, staleMs);
    const reshaped = reshape(hits, answered, nextToken, (refusal) => ({
      status: refusal.status,
      body: errorOf(passage, refusal),
    }));
    after(deps, reshaped.delayMs, () => {
      finish(deps, passage, reshaped.delivery);
    });
  });
}

/** Asks the service, and notes what it did before the client can know. */
function ask(deps: FrontDeps, passage: Passage, staleMs: number): Answered {
  const { call, entry } = passage;
  try {
    const options = staleMs > 0 ? { staleMs } : undefined;
    const answered = deps.service.handle(requestOf(passage), options);
    const { status, body } = answered;
    deps.log.update(entry, {
      committed: status < 400 && deps.service.mutating(call.action),
      ...(typeof body.InvokeId === "string" ? { invokeId: body.InvokeId } : {}),
      ...(status >= 400 && typeof body.Code === "string" ? { code: body.Code } : {}),
    });
    return status < 400 ? answered : { status, body: { ...body, HostId: hostOf(passage) } };
  } catch (error) {
    deps.logger.error({ err: error, action: call.action, requestId: entry.requestId }, "failed");
    const why = error instanceof Error ? error.message : String(error);
    const message = `cloud-assistant-emulator failed: ${why}`;
    const refusal: Refusal = { status: 500, code: "InternalError", message };
    deps.log.update(entry, { code: refusal.code });
    return { status: refusal.status, body: errorOf(passage, refusal) };
  }
}

function requestOf({ call, entry }: Passage): ApiRequest {
  const token = call.params.NextToken;
  const unwrapped = token === undefined ? undefined : unwrapEmptyPageToken(token);
  return {
    action: call.action,
    version: call.version,
    regionId: call.params.RegionId ?? "",
    accountId: entry.accountId,
    accessKeyId: call.proof.kind === "acs3" ? call.proof.claim.accessKeyId : "",
    params: unwrapped === undefined ? call.params : withToken(call.params, unwrapped),
    requestId: entry.requestId,
  };
}

/** A first page has no token at all. */
function withToken(
  params: Readonly<Record<string, string>>,
  token: string,
): Readonly<Record<string, string>> {
  if (token !== "") return { ...params, NextToken: token };
  return Object.fromEntries(Object.entries(params).filter(([key]) => key !== "NextToken"));
}

function jsonDelivery({ status, body }: Answered): Extract<Delivery, { kind: "answer" }> {
  return { kind: "answer", status, contentType: JSON_TYPE, body: JSON.stringify(body) };
}

function finish(deps: FrontDeps, passage: Passage, delivery: Delivery): void {
  const { entry, startedAt } = passage;
  const status = delivery.kind === "answer" ? delivery.status : 0;
  const durationMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
  deps.log.update(entry, { status, durationMs });
  if (deps.logger.isLevelEnabled("debug")) deps.logger.debug({ request: entry }, "request");
  passage.deliver(delivery, entry.requestId);
}

function after(deps: FrontDeps, ms: number, run: () => void): void {
  if (ms > 0) deps.later(ms, run);
  else run();
}

import type { Refusal } from "../gates/refusal.js";
import { editField, emptyPage, withNextToken, type Body } from "./edit-body.js";
import type { FaultHit } from "./fault-book.js";
import type { FaultEffect } from "./fault-rule.js";

/** What goes back to the client, or does not. */
export type Delivery =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
      readonly retryAfterMs?: number;
    }
  /** The connection is broken. */
  | { readonly kind: "drop" }
  /** Nothing is said and the connection stays open. */
  | { readonly kind: "hang" };

/** How a request ends before the service is asked, or what it is asked with. */
export type Prelude = {
  readonly delayMs: number;
  readonly staleMs: number;
  readonly end?: { readonly refusal: Refusal } | { readonly delivery: Delivery };
};

export const JSON_TYPE = "application/json;charset=utf-8";

/** Rules of these kinds are judged with the credentials, all others just before the service. */
export function concernsCredentials(effect: FaultEffect): boolean {
  return effect.kind === "clockSkew" || effect.kind === "credentialsExpire";
}

/** Only a request that carries a token can be given it back. */
export function concernsService(nextToken: string | undefined): (effect: FaultEffect) => boolean {
  return (effect) =>
    !concernsCredentials(effect) && (effect.kind !== "repeatToken" || nextToken !== undefined);
}

/** Several rules may strike at once: delays add up, and the first that ends the request ends it. */
export function prelude(hits: readonly FaultHit[]): Prelude {
  let delayMs = 0;
  let staleMs = 0;
  for (const { effect } of hits) {
    if (effect.kind === "delay" && effect.moment !== "after-commit") delayMs += effect.delayMs;
    if (effect.kind === "stale") staleMs = Math.max(staleMs, effect.staleMs);
  }
  for (const { effect } of hits) {
    const end = endBefore(effect);
    if (end !== undefined) return { delayMs, staleMs, end };
  }
  return { delayMs, staleMs };
}

/** The answer of the service as a response that the client will not see unchanged. */
export type Answered = { readonly status: number; readonly body: Body };

/** What the faults make of the service's answer. `nextToken` is the one that the request sent. */
export function reshape(
  hits: readonly FaultHit[],
  answered: Answered,
  nextToken: string | undefined,
  refuse: (refusal: Refusal) => Answered,
): { readonly delayMs: number; readonly delivery: Delivery } {
  let delayMs = 0;
  let { status, body } = answered;
  for (const { effect } of hits) {
    if (effect.kind === "delay" && effect.moment === "after-commit") delayMs += effect.delayMs;
    if (effect.kind === "http5xx" && effect.moment === "after-commit") {
      ({ status, body } = refuse(serverError(effect.status)));
    }
    if (status < 400) body = editBody(effect, body, nextToken);
  }
  let text = JSON.stringify(body);
  for (const { effect } of hits) {
    if (effect.kind === "truncateBody") {
      text = text.slice(0, effect.bytes ?? Math.floor(text.length / 2));
    }
    const delivery = endAfter(effect);
    if (delivery !== undefined) return { delayMs, delivery };
  }
  return { delayMs, delivery: { kind: "answer", status, contentType: JSON_TYPE, body: text } };
}

/**
 * The token of an empty page holds the one that was sent, so that who follows it gets the page that
 * was left out, however many empty pages come before it. Undefined for any other token.
 */
export function unwrapEmptyPageToken(token: string): string | undefined {
  return readEmptyPageToken(token)?.sent;
}

/** Counted, so that no two empty pages in a row have the same. */
const EMPTY_PAGE = /^AAAAAempty\+(\d+)\/([\w-]*)$/;

function emptyPageToken(token: string | undefined): string {
  const { count, sent } = readEmptyPageToken(token) ?? { count: 0, sent: token ?? "" };
  return `AAAAAempty+${count + 1}/${Buffer.from(sent, "utf8").toString("base64url")}`;
}

function readEmptyPageToken(
  token: string | undefined,
): { readonly count: number; readonly sent: string } | undefined {
  const found = EMPTY_PAGE.exec(token ?? "");
  if (found === null) return undefined;
  const [, count = "", sent = ""] = found;
  return { count: Number(count), sent: Buffer.from(sent, "base64url").toString("utf8") };
}

function endBefore(effect: FaultEffect): Prelude["end"] {
  switch (effect.kind) {
    case "error":
      return {
        refusal: {
          status: effect.status,
          code: effect.code,
          message: effect.message ?? `The emulator was told to answer ${effect.code}.`,
          ...(effect.retryAfterMs === undefined ? {} : { retryAfterMs: effect.retryAfterMs }),
        },
      };
    case "http5xx":
      return effect.moment === "after-commit" ? undefined : { refusal: serverError(effect.status) };
    case "dropBeforeCommit":
      return { delivery: { kind: "drop" } };
    case "hang":
      return effect.moment === "after-commit" ? undefined : { delivery: { kind: "hang" } };
    case "nonJson":
      return effect.moment === "before-commit" ? { delivery: nonJson(effect) } : undefined;
    case "delay":
    case "dropAfterCommit":
    case "truncateBody":
    case "stale":
    case "emptyPageWithToken":
    case "repeatToken":
    case "omitField":
    case "setField":
    case "clockSkew":
    case "credentialsExpire":
      return undefined;
  }
}

function endAfter(effect: FaultEffect): Delivery | undefined {
  if (effect.kind === "dropAfterCommit") return { kind: "drop" };
  if (effect.kind === "hang") return { kind: "hang" };
  return effect.kind === "nonJson" ? nonJson(effect) : undefined;
}

function editBody(effect: FaultEffect, body: Body, nextToken: string | undefined): Body {
  if (effect.kind === "omitField") {
    return editField(body, effect.field, { omit: true }, effect.where);
  }
  if (effect.kind === "setField") {
    return editField(body, effect.field, { omit: false, value: effect.value }, effect.where);
  }
  if (effect.kind === "emptyPageWithToken") return emptyPage(body, emptyPageToken(nextToken));
  if (effect.kind === "repeatToken") return withNextToken(body, nextToken ?? "");
  return body;
}

function nonJson(effect: Extract<FaultEffect, { kind: "nonJson" }>): Delivery {
  const status = effect.status ?? 200;
  const body = effect.body ?? `<html><head><title>${status}</title></head><body></body></html>\n`;
  return { kind: "answer", status, contentType: "text/html;charset=utf-8", body };
}

function serverError(status = 503): Refusal {
  return status === 503
    ? {
        status,
        code: "ServiceUnavailable",
        message: "The request has failed due to a temporary failure of the server.",
      }
    : {
        status,
        code: "InternalError",
        message: "The request processing has failed due to some unknown error.",
      };
}

import type { Action } from "./port.js";
import type { LineSink } from "./line-file.js";

/** How one try of one call ended. */
export type TryEnd =
  | { readonly kind: "answered"; readonly response: unknown }
  | {
      readonly kind: "failed";
      readonly status: number | undefined;
      readonly code: string | undefined;
      readonly message: string;
      readonly requestId: string | undefined;
    };

/** Writes down each request, and what came of it. */
export interface DebugLog {
  /**
   * A try is about to be sent.
   * @param attempt from 1
   * @returns to be called when the try has ended
   */
  begin(region: string, action: Action, request: unknown, attempt: number): (end: TryEnd) => void;
}

export type DebugDeps = {
  readonly sink: LineSink;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly processId: number;
  readonly sha256: (text: string) => string;
  /** Takes known secrets out of text. */
  readonly redact: (text: string) => string;
  /** Whether the whole of a text is a known secret, however short. */
  readonly isSecret: (text: string) => boolean;
};

/**
 * A log of requests and answers as lines of JSON. A request has its line before it is sent, so that
 * one that was never answered is seen too; `call` joins the two lines, `try` counts the tries of one request from 1.
 * Keys and signatures never reach it: it stands above the SDK, which adds them.
 */
export function createDebugLog(deps: DebugDeps): DebugLog {
  let calls = 0;
  return {
    begin(region, action, request, attempt) {
      const call = (calls += 1);
      const began = deps.now();
      const line = (kind: string, rest: object): void => {
        deps.sink({
          time: new Date(deps.now()).toISOString(),
          process: deps.processId,
          call,
          kind,
          region,
          action,
          try: attempt,
          ...rest,
        });
      };
      line("request", { parameters: shown(request, deps, Infinity) });
      return (end) => {
        line("answer", { ...answerOf(end, deps), durationMs: deps.now() - began });
      };
    },
  };
}

function answerOf(end: TryEnd, deps: DebugDeps): object {
  if (end.kind === "failed") {
    const { status, code, requestId } = end;
    return {
      ...(status === undefined ? {} : { status }),
      ...(code === undefined ? {} : { code }),
      message: deps.redact(end.message),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }
  const { requestId, ...answer } = (end.response ?? {}) as { readonly requestId?: string };
  // The SDK throws for every other status.
  return {
    status: 200,
    ...(requestId === undefined ? {} : { requestId }),
    answer: shown(answer, deps, mostItems),
  };
}

/** Items of a list in an answer that are written down; the rest is counted. */
const mostItems = 20;

/** Values of these keys are names that the service made, or that name things; nothing is hidden in them. */
const plainKeys = new Set([
  "instanceId",
  "instanceIds",
  "invokeId",
  "commandId",
  "resourceId",
  "clientToken",
  "nextToken",
  "windowsPasswordName",
]);

/** Texts that may hold anything, encoded so that no secret can be found in them. */
const opaqueKeys = new Set(["commandContent", "output"]);

function shown(value: unknown, deps: DebugDeps, most: number, key = ""): unknown {
  if (typeof value === "string") {
    if (opaqueKeys.has(key)) return sized(Buffer.from(value, "base64").toString("utf8"), deps);
    if (key === "parameters") return { bytes: Buffer.byteLength(value) };
    return plainKeys.has(key) ? value : deps.redact(value);
  }
  if (Array.isArray(value)) {
    const items = value.slice(0, most).map((item) => shown(item, deps, most, key));
    return value.length > most ? [...items, `and ${value.length - most} more`] : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (key === "parameters") {
    return Object.fromEntries(entries.map(([name, item]) => [name, parameter(item, deps)]));
  }
  return Object.fromEntries(entries.map(([name, item]) => [name, shown(item, deps, most, name)]));
}

/** The hash of a text with a secret in it could be guessed at, so that only its size is told. */
function sized(text: string, deps: DebugDeps): object {
  const bytes = Buffer.byteLength(text);
  const hides = deps.isSecret(text) || deps.redact(text) !== text;
  return hides ? { bytes } : { sha256: deps.sha256(text), bytes };
}

function parameter(value: unknown, deps: DebugDeps): unknown {
  if (typeof value !== "string") return value;
  return deps.isSecret(value) ? "[secret]" : deps.redact(value);
}

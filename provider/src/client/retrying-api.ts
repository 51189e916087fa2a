import { CloudAssistantError } from "../errors.js";
import { classify, delayBeforeRetry, type SdkFailure, type Trouble } from "./classify.js";
import type { DebugLog, TryEnd } from "./debug-log.js";
import type { Action, CallOptions, Calls, CloudApi } from "./port.js";
import type { Limiter } from "./limiter.js";
import type { Random, WorldClock } from "./world.js";

/** One try of one call, as the SDK makes it. Throws what the SDK throws. */
export type RawCall = <A extends Action>(
  action: A,
  request: Calls[A]["request"],
) => Promise<Calls[A]["response"]>;

export type RetryDeps = {
  readonly region: string;
  readonly localEmulator: boolean;
  readonly clock: WorldClock;
  readonly random: Random;
  readonly limiter: Limiter;
  /** Called when credentials ended, before the one further try with new ones. */
  readonly renewCredentials?: () => Promise<boolean>;
  /** Takes known secrets out of what the service or the transport said. */
  readonly redact?: (text: string) => string;
  readonly debug?: DebugLog;
};

const defaultPatienceMs = 10 * 60_000;

/**
 * Answers that are 200 and yet do not say what was asked for. The effect may have taken place, so
 * they are asked again: with the same token nothing is done twice.
 */
const required: { readonly [A in Action]?: (response: Calls[A]["response"]) => boolean } = {
  InvokeCommand: (response) => hasText(response.invokeId),
  RunCommand: (response) => hasText(response.invokeId),
  CreateCommand: (response) => hasText(response.commandId),
  GetCallerIdentity: (response) => hasText(response.accountId),
};

/** Waits out what passes; turns what does not into one of our errors. */
export function retryingApi(raw: RawCall, deps: RetryDeps): CloudApi {
  return {
    region: deps.region,
    localEmulator: deps.localEmulator,
    call: (action, request, options = {}) => callUntilAnswered(raw, deps, action, request, options),
  };
}

async function callUntilAnswered<A extends Action>(
  raw: RawCall,
  deps: RetryDeps,
  action: A,
  request: Calls[A]["request"],
  options: CallOptions,
): Promise<Calls[A]["response"]> {
  const patience = deps.clock.now() + (options.patienceMs ?? defaultPatienceMs);
  const until = Math.min(patience, options.deadlineMs ?? Infinity);
  let renewed = false;
  let lost = false;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await deps.limiter.run(action, async () => {
      // Behind the limiter: it may have held the try back for a minute.
      await options.beforeTry?.(lost);
      return logged(deps, action, request, attempt, () => tryOnce(raw, action, request));
    });
    if ("response" in outcome) return outcome.response;
    const { failure, trouble } = outcome;
    if (trouble.kind === "denied" || trouble.kind === "refused")
      throw refusal(action, failure, trouble, deps, onTagging(action, request, trouble));
    if (trouble.kind === "expired" && !renewed) {
      renewed = true;
      if ((await deps.renewCredentials?.()) === true) continue;
    }
    if (trouble.kind === "expired") throw refusal(action, failure, { kind: "denied" }, deps);
    lost ||= trouble.kind === "transient" || trouble.kind === "in-progress";
    if (lost && options.unrepeatable === true) {
      throw gaveUp(action, failure, trouble, attempt, deps);
    }
    const delay = delayBeforeRetry(trouble, attempt, deps.random());
    if (options.signal?.aborted === true || deps.clock.now() + delay > until) {
      throw gaveUp(action, failure, trouble, attempt, deps);
    }
    if (trouble.kind === "throttled") deps.limiter.pause(action, deps.clock.now() + delay);
    await deps.clock.sleep(delay, options.signal);
  }
}

type Outcome<A extends Action> =
  | { readonly response: Calls[A]["response"] }
  | { readonly failure: SdkFailure; readonly trouble: Trouble };

async function tryOnce<A extends Action>(
  raw: RawCall,
  action: A,
  request: Calls[A]["request"],
): Promise<Outcome<A>> {
  try {
    const response = await raw(action, request);
    if (required[action]?.(response) === false) {
      return {
        failure: { message: `${action} answered without what it was asked for` },
        trouble: { kind: "transient" },
      };
    }
    return { response };
  } catch (reason) {
    if (reason instanceof CloudAssistantError) throw reason;
    const failure = reason as SdkFailure;
    return { failure, trouble: classify(failure) };
  }
}

async function logged<A extends Action>(
  deps: RetryDeps,
  action: A,
  request: Calls[A]["request"],
  attempt: number,
  work: () => Promise<Outcome<A>>,
): Promise<Outcome<A>> {
  const end = deps.debug?.begin(deps.region, action, request, attempt);
  const outcome = await work();
  end?.(
    "response" in outcome
      ? { kind: "answered", response: outcome.response }
      : failedTry(outcome.failure),
  );
  return outcome;
}

function failedTry(failure: SdkFailure): TryEnd {
  return {
    kind: "failed",
    status: failure.statusCode,
    code: failure.code,
    message: saidBy(failure),
    requestId: failure.requestId ?? failure.data?.RequestId,
  };
}

/**
 * What the service or the transport said. Transport errors quote the whole address, whose query
 * holds every parameter in a spelling that no redaction would find: it is cut off.
 */
export function saidBy(failure: SdkFailure): string {
  const said = failure.data?.Message ?? failure.message ?? "no message";
  return said.replace(/(\bhttps?:\/\/[^\s?"']*)\?[^\s"']*/g, "$1?…");
}

function refusal(
  action: Action,
  failure: SdkFailure,
  trouble: Trouble,
  deps: RetryDeps,
  more = "",
): CloudAssistantError {
  const requestId = failure.requestId ?? failure.data?.RequestId;
  const id = requestId === undefined ? "" : ` (RequestId ${requestId})`;
  return new CloudAssistantError(
    trouble.kind === "denied" ? "AccessDenied" : "ApiRefused",
    `${action} was refused: ${failure.code ?? "unknown code"}: ${told(failure, deps)}${id}${more}`,
    details(failure),
  );
}

/** The service does not say in a code whether the call or its tags are what may not be. */
function onTagging<A extends Action>(
  action: A,
  request: Calls[A]["request"],
  trouble: Trouble,
): string {
  const launches = action === "RunCommand" || action === "InvokeCommand";
  if (trouble.kind !== "denied" || !launches || !("tag" in request)) return "";
  return (
    `. Given: a call that sets tags. Allowed: an account that may call ecs:${action} and ` +
    `ecs:TagResources. Grant them. An account that may not tag goes without: write ` +
    `ownership: "none". Then a run is not found again where its state is lost or its machines ` +
    `changed, and a stop cannot tell the provider`
  );
}

function gaveUp(
  action: Action,
  failure: SdkFailure,
  trouble: Trouble,
  attempts: number,
  deps: RetryDeps,
): CloudAssistantError {
  const throttled = trouble.kind === "throttled";
  return new CloudAssistantError(
    throttled ? "Throttled" : "ApiUnreachable",
    `${action} got no answer in time (${attempts} tries); the last one said: ` +
      `${failure.code === undefined ? "" : `${failure.code}: `}${told(failure, deps)}`,
    details(failure),
  );
}

function told(failure: SdkFailure, deps: RetryDeps): string {
  const said = saidBy(failure);
  return deps.redact === undefined ? said : deps.redact(said);
}

function details(failure: SdkFailure): {
  cause: unknown;
  apiCode?: string;
  requestId?: string;
  httpStatus?: number;
} {
  const requestId = failure.requestId ?? failure.data?.RequestId;
  return {
    cause: failure,
    ...(failure.code === undefined ? {} : { apiCode: failure.code }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(failure.statusCode === undefined ? {} : { httpStatus: failure.statusCode }),
  };
}

function hasText(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

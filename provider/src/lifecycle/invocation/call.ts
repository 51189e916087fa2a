import type { CallOptions, CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CallEvent } from "../../events.js";
import type { CommandInvocationInputs, CommandType } from "../../inputs.js";
import { invoke, type CallMember, type RunIdentity, type Runnable } from "../../invoke/invoke.js";
import { chainedRunId } from "../../plan/identity.js";
import type { PastInvocation } from "../../plan/history.js";
import { standingsFor } from "../../plan/readiness.js";
import type { LedgerBook } from "../../result/ledger.js";
import type { Ending } from "../../result/verdict.js";
import { reasonOf } from "../../watch/watch.js";
import type { World } from "../world.js";
import type { AcceptedCall } from "./follow.js";
import { historyOf } from "./history.js";
import { lookAt, missingRow } from "./ready.js";

/**
 * What a call needs beside its members. `identity.runId` moves on where a token is an old one, so
 * calls that are made at once have an identity each: which run ids they come to must not depend on
 * whose answer is the first.
 */
export type CallContext = {
  readonly inputs: CommandInvocationInputs;
  readonly identity: { -readonly [K in keyof RunIdentity]: RunIdentity[K] };
  readonly runnable: Runnable;
  readonly type: CommandType;
  readonly options: CallOptions;
  /** InvokeIds of this owner that are of another time. */
  readonly superseded: Set<string>;
  readonly book: LedgerBook;
};

export type CallEnd =
  | { readonly kind: "accepted"; readonly call: AcceptedCall }
  /** Nobody of the call is left to run on. */
  | { readonly kind: "empty" }
  | { readonly kind: "refused"; readonly error: CloudAssistantError }
  | { readonly kind: "interrupted"; readonly ending: Ending };

/** Refusals that may be the fault of one machine; the service does not say whose. */
const instanceCodes = new Set([
  "InvalidInstance.NotFound",
  "InvalidInstance.NotMatch",
  "InvalidInstanceId.NotFound",
  "InvalidInstanceStatus",
  "IncorrectInstanceStatus",
]);

/**
 * Makes one call, until it is accepted or the reason why not is known. What is accepted is in the
 * ledger before this returns. It never throws: other calls of the batch may have been accepted.
 */
export async function makeCall(
  api: CloudApi,
  ids: readonly string[],
  batch: number,
  context: CallContext,
  world: World,
): Promise<CallEnd> {
  try {
    return await callUntilKnown(api, ids, batch, context, world);
  } catch (reason) {
    const { message } = CloudAssistantError.from(reason);
    return { kind: "interrupted", ending: { kind: "interrupted", reason: message } };
  }
}

async function callUntilKnown(
  api: CloudApi,
  ids: readonly string[],
  batch: number,
  context: CallContext,
  world: World,
): Promise<CallEnd> {
  let left = ids;
  for (;;) {
    if (left.length === 0) return { kind: "empty" };
    const members = membersOf(left, context.book);
    const made = await tryCall(api, members, context, world);
    if (typeof made === "string") {
      if (moveOn(made, context, world)) continue;
      world.quota.accepted(api);
      reportCall("accepted", members, batch, context, world, { invokeId: made });
      return accepted(made, members, batch, context.book, world);
    }
    if (made.apiCode === "IdempotentParameterMismatch") {
      const found = await findAccepted(api, members, context, world);
      if (found === undefined) {
        const ending = context.inputs.ownership === "none" ? notFindable : notVisible;
        reportCall("interrupted", members, batch, context, world, { reason: ending.reason });
        return { kind: "interrupted", ending };
      }
      if (moveOn(found.invokeId, context, world)) continue;
      reportCall("replayed", members, batch, context, world, { invokeId: found.invokeId });
      return accepted(found.invokeId, members, batch, context.book, world);
    }
    if (instanceCodes.has(made.apiCode ?? "")) {
      const fit = await whoFits(api, left, context);
      if (fit.length < left.length) {
        left = fit;
        continue;
      }
    }
    const end = refusedOrCut(made, members, batch, context.book);
    reportCall(end.kind === "refused" ? "refused" : "interrupted", members, batch, context, world, {
      errorCode: made.apiCode ?? made.code,
      reason: made.message,
    });
    return end;
  }
}

function reportCall(
  outcome: CallEvent["outcome"],
  members: readonly CallMember[],
  batch: number,
  context: CallContext,
  world: World,
  more: Partial<Pick<CallEvent, "invokeId" | "errorCode" | "reason">>,
): void {
  const { runId } = context.identity;
  world.emit({ event: "call", outcome, batch, members, runId, ...more });
}

const notVisible = {
  kind: "interrupted",
  reason: "a call was accepted that the service does not list yet",
} as const satisfies Ending;

const notFindable = {
  kind: "interrupted",
  reason:
    "the same run was accepted before with other parameters, by an earlier resource of this name or " +
    'by a process that died, and with ownership: "none" it cannot be found. Set those parameters ' +
    "back (timeout, terminationMode, tags), or change triggers so that it is another run",
} as const satisfies Ending;

function membersOf(ids: readonly string[], book: LedgerBook): readonly CallMember[] {
  return ids.map((instanceId) => ({
    instanceId,
    attempt: (book.get(instanceId)?.attempt ?? 0) + 1,
  }));
}

/** The InvokeId, or why there is none. */
async function tryCall(
  api: CloudApi,
  members: readonly CallMember[],
  context: CallContext,
  world: World,
): Promise<string | CloudAssistantError> {
  try {
    return await invoke(
      api,
      context.runnable,
      context.inputs,
      context.identity,
      members,
      world.hash,
      { ...context.options, beforeTry: (lost) => mustGoOn(lost, context.options, world) },
    );
  } catch (reason) {
    return CloudAssistantError.from(reason);
  }
}

/**
 * Asked right before each try of a call: reads came before it, and a throttled one has waited.
 * Where the answer to an earlier try was lost, what that did is asked for also after SIGINT.
 * @throws CloudAssistantError `RunInterrupted`
 */
async function mustGoOn(lost: boolean, options: CallOptions, world: World): Promise<void> {
  const reason = await whyNotGoOn(world, lost ? {} : options, lost);
  if (reason !== undefined) throw new CloudAssistantError("RunInterrupted", reason);
}

/** Why nothing more may be started; undefined when it may. */
export async function whyNotGoOn(
  world: World,
  { deadlineMs = Infinity }: CallOptions,
  inFlight = false,
): Promise<string | undefined> {
  if (world.signal.aborted) return reasonOf(world.signal);
  if (world.windDown.aborted && !inFlight) return reasonOf(world.windDown);
  if (world.clock.now() >= deadlineMs) return "the deadline of opts.customTimeouts has passed";
  return (await world.presence()) ? undefined : "the Pulumi engine is gone";
}

/**
 * A token that is answered with an invocation of another time: the run goes on under the next run
 * id. Never a random one, so that a crash repeats the whole chain.
 */
function moveOn(invokeId: string, context: CallContext, world: World): boolean {
  if (!context.superseded.has(invokeId)) return false;
  context.identity.runId = chainedRunId(context.identity.runId, invokeId, world.hash);
  return true;
}

function accepted(
  invokeId: string,
  members: readonly CallMember[],
  batch: number,
  book: LedgerBook,
  world: World,
): CallEnd {
  for (const { instanceId, attempt } of members) {
    book.set(instanceId, { status: "Pending", batch, attempt, invocationId: invokeId });
  }
  const ids = members.map((member) => member.instanceId);
  return {
    kind: "accepted",
    call: { invokeId, members: ids, acceptedAt: world.clock.now(), justMade: true },
  };
}

const indexPatienceMs = 60_000;

/**
 * A mismatch of parameters proves that this call was accepted before. Looks for it, for a bounded
 * time, since the index of tags may lag. Never a fresh token.
 */
async function findAccepted(
  api: CloudApi,
  members: readonly CallMember[],
  context: CallContext,
  world: World,
): Promise<PastInvocation | undefined> {
  if (context.inputs.ownership === "none") return undefined;
  const wanted = members
    .map((member) => member.instanceId)
    .sort()
    .join(" ");
  const until = world.clock.now() + indexPatienceMs;
  for (let pause = 1_000; ; pause = Math.min(10_000, pause * 2)) {
    const past = await historyOf(api, context.identity.owner, context.options);
    for (const one of past) if (one.superseded) context.superseded.add(one.invokeId);
    const known = new Set([...context.book.entries()].map(([, row]) => row.invocationId));
    const found = past.find(
      (one) =>
        one.runId === context.identity.runId &&
        !known.has(one.invokeId) &&
        one.members
          .map((seen) => seen.instanceId)
          .sort()
          .join(" ") === wanted,
    );
    if (found !== undefined) return found;
    if (world.clock.now() + pause > until || world.signal.aborted) return undefined;
    await world.clock.sleep(pause, world.signal);
  }
}

/** Reads the members of a refused call again, and takes out who no longer fits. */
async function whoFits(
  api: CloudApi,
  ids: readonly string[],
  context: CallContext,
): Promise<readonly string[]> {
  const standings = standingsFor(
    context.inputs.schedule,
    await lookAt(api, ids, context.type, context.options),
  );
  return keepFit(ids, standings, context);
}

/** Members that can take the command now; the others get the row that says why not. */
export function keepFit(
  ids: readonly string[],
  standings: Awaited<ReturnType<typeof lookAt>>,
  context: Pick<CallContext, "book" | "inputs">,
): readonly string[] {
  const declared = new Set(context.inputs.targets.instanceIds ?? []);
  return ids.filter((id) => {
    const standing = standings.get(id) ?? { kind: "gone" as const };
    const attempt = context.book.get(id)?.attempt ?? 0;
    if (standing.kind === "ready") return true;
    if (standing.kind === "gone") {
      context.book.set(id, declared.has(id) ? missingRow(attempt) : { status: "Gone", attempt });
    } else {
      context.book.set(id, {
        status: "Unready",
        attempt,
        errorCode: "NotReady",
        errorInfo: standing.reason,
      });
    }
    return false;
  });
}

/** Refusals that say nothing of the machines cut the run short; it goes on another time. */
function refusedOrCut(
  error: CloudAssistantError,
  members: readonly CallMember[],
  batch: number,
  book: LedgerBook,
): CallEnd {
  const cut: Ending | undefined =
    error.code === "RunInterrupted"
      ? { kind: "interrupted", reason: error.message }
      : interruptionBy(error);
  if (cut !== undefined) return { kind: "interrupted", ending: cut };
  for (const { instanceId, attempt } of members) {
    book.set(instanceId, {
      status: "Invalid",
      batch,
      attempt,
      errorCode: error.apiCode ?? error.code,
      errorInfo: error.message.slice(0, 200),
    });
  }
  return { kind: "refused", error };
}

/** Trouble that says nothing of the call itself: it is made again another time. */
export function interruptionBy(error: CloudAssistantError): Ending | undefined {
  if (error.code === "Throttled" || error.code === "ApiUnreachable") {
    return { kind: "interrupted", reason: error.message };
  }
  if (error.code === "CredentialsMissing") {
    return { kind: "interrupted", reason: error.message };
  }
  if (error.apiCode === "Invocation.ExceedQuota") {
    return {
      kind: "interrupted",
      reason: `today's quota of the region is used up (${error.message})`,
    };
  }
  if (/^(InvalidSecurityToken|SecurityTokenExpired|InvalidAccessKeyId)/.test(error.apiCode ?? "")) {
    return { kind: "interrupted", reason: `the credentials have ended (${error.message})` };
  }
  return undefined;
}

import { listInvocations, tagOf } from "../../client/invocations.js";
import type { CloudApi, InvocationFound } from "../../client/port.js";
import type { Row } from "../../inputs.js";
import { tagKeys } from "../../names.js";
import type { Hold } from "../../plan/hold.js";
import { observed, type LedgerBook } from "../../result/ledger.js";
import { isFinished } from "../../result/status.js";
import { watch, type WatchEnd } from "../../watch/watch.js";
import type { World } from "../world.js";
import { captureOutput, type Capture, type EndedCall } from "./capture.js";
import { holdOf, observationOf } from "./history.js";

/** An accepted call whose members are being watched. */
export type AcceptedCall = {
  readonly invokeId: string;
  readonly members: readonly string[];
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** It was accepted a moment ago: where no read shows it, the reads are behind. */
  readonly justMade?: boolean;
};

export type FollowOptions = {
  readonly owner: string;
  readonly runId: string;
  readonly ownership: "tags" | "none";
  readonly successExitCodes: readonly number[];
  /** Milliseconds that a call is waited for, from its acceptance. */
  readonly waitMs: number;
  readonly deadlineMs: number;
  readonly capture: Capture;
  /** Whether a hold with this id is in force. */
  readonly holds: (holdId: string) => boolean;
  /** When a row has been watched long enough. @default when it is finished */
  readonly until?: (row: Row) => boolean;
};

export type FollowEnd = WatchEnd | { readonly kind: "held"; readonly hold: Hold };

/** A read that has waited this long, in milliseconds, is tried by the next look instead. */
const lookPatienceMs = 60_000;
/** A call that the tag index does not show after this long is asked for by its id. */
const indexLagMs = 3_000;
/** A record that is not found for this long is gone. */
const goneAfterMs = 20_000;
/** What a hold comes with has been told to stop: its end is waited for this long. */
const stopPatienceMs = 30_000;

/** Watches accepted calls until each member's row is finished, or its call has waited long enough. */
export async function follow(
  api: CloudApi,
  calls: readonly AcceptedCall[],
  book: LedgerBook,
  options: FollowOptions,
  world: World,
): Promise<FollowEnd> {
  const open = new Map(calls.map((call) => [call.invokeId, call]));
  const missingSince = new Map<string, number>();
  let heldBy: { readonly hold: Hold; readonly since: number } | undefined;
  const callOptions = {
    patienceMs: lookPatienceMs,
    deadlineMs: options.deadlineMs,
    signal: world.signal,
  };

  const takeIn = async (
    seen: ReadonlyMap<string, InvocationFound>,
  ): Promise<"enough" | "again"> => {
    const now = world.clock.now();
    const hold = holdAmong(seen.values(), options.holds);
    if (hold !== undefined) heldBy ??= { hold, since: now };
    const ended: EndedCall[] = [];
    for (const call of [...open.values()]) {
      const { invokeId } = call;
      const found = seen.get(invokeId);
      if (found === undefined) {
        noteMissing(call, book, missingSince, now);
      } else {
        missingSince.delete(invokeId);
        takeRows(found, call, book, options.successExitCodes);
      }
      const finished = call.members.every((id) => rowSettled(book, id, invokeId, options));
      const waited = now - call.acceptedAt >= options.waitMs;
      if (!finished && !waited) continue;
      if (found === undefined) open.delete(invokeId);
      else {
        const members = call.members.filter((id) => keepsOutput(book.get(id), options));
        ended.push({ invokeId, members });
      }
    }
    await captureOutput(api, ended, book, options.capture, callOptions, (invokeId) => {
      open.delete(invokeId);
    });
    const stopped = heldBy !== undefined && now - heldBy.since >= stopPatienceMs;
    return open.size === 0 || stopped ? "enough" : "again";
  };

  const since = Math.max(...calls.map((call) => call.acceptedAt));
  const end = await watch(
    () => look(api, [...open.values()], options, world.clock.now(), callOptions),
    takeIn,
    since,
    { ...world, deadlineMs: options.deadlineMs },
  );
  return heldBy === undefined ? end : { kind: "held", hold: heldBy.hold };
}

/**
 * One round of status reads at the floor: many calls by the run's tag, 50 a page; one by its id.
 * The tag index may lag: what it does not show after a while is asked for by id as well.
 */
async function look(
  api: CloudApi,
  open: readonly AcceptedCall[],
  options: FollowOptions,
  now: number,
  callOptions: Parameters<typeof listInvocations>[2],
): Promise<ReadonlyMap<string, InvocationFound>> {
  const seen = new Map<string, InvocationFound>();
  const add = (found: readonly InvocationFound[]): void => {
    for (const invocation of found) seen.set(invocation.invokeId ?? "", invocation);
  };
  /** What a read by tags should have shown by now. */
  const unshown = (): readonly AcceptedCall[] =>
    open.filter((call) => !seen.has(call.invokeId) && now - call.acceptedAt > indexLagMs);
  const byTag = open.length > 1 && options.ownership === "tags";
  if (byTag) {
    const tag = [
      { key: tagKeys.owner, value: options.owner },
      { key: tagKeys.run, value: options.runId },
    ];
    // The newest come first (API reference 3.9): earlier batches of the run are not read again.
    const unseen = new Set(open.map((call) => call.invokeId));
    const enough = (page: readonly InvocationFound[]): boolean => {
      for (const found of page) unseen.delete(found.invokeId ?? "");
      return unseen.size === 0;
    };
    add(await listInvocations(api, { tag, enough }, callOptions));
    // Calls whose tokens were answered with old invocations have run ids of their own.
    if (unshown().length > 1) {
      add(await listInvocations(api, { tag: tag.slice(0, 1), enough }, callOptions));
    }
  }
  const byId = byTag ? unshown() : open;
  for (const call of byId)
    add(await listInvocations(api, { invokeId: call.invokeId }, callOptions));
  return seen;
}

function takeRows(
  found: InvocationFound,
  call: AcceptedCall,
  book: LedgerBook,
  successExitCodes: readonly number[],
): void {
  const members = new Set(call.members);
  for (const seen of found.invokeInstances?.invokeInstance ?? []) {
    const id = seen.instanceId ?? "";
    const row = book.get(id);
    // A finished row is not opened again: the service may report twice.
    if (row === undefined || !members.has(id) || row.invocationId !== call.invokeId) continue;
    if (isFinished(row)) continue;
    book.set(id, observed(row, observationOf(seen), successExitCodes));
  }
}

function noteMissing(
  call: AcceptedCall,
  book: LedgerBook,
  missingSince: Map<string, number>,
  now: number,
): void {
  const since = missingSince.get(call.invokeId) ?? now;
  missingSince.set(call.invokeId, since);
  if (call.justMade === true) return;
  if (now - since < goneAfterMs || now - call.acceptedAt < goneAfterMs) return;
  for (const id of call.members) {
    const row = book.get(id);
    if (row === undefined || row.invocationId !== call.invokeId || isFinished(row)) continue;
    book.set(id, { ...row, status: "Unknown" });
  }
}

/** Of a member that is let run on, nothing is kept yet. */
function keepsOutput(row: Row | undefined, { until }: FollowOptions): boolean {
  return row !== undefined && (until === undefined || isFinished(row));
}

function rowSettled(
  book: LedgerBook,
  id: string,
  invokeId: string,
  { until = isFinished }: FollowOptions,
): boolean {
  const row = book.get(id);
  return row === undefined || row.invocationId !== invokeId || until(row);
}

/**
 * The first hold in force.
 *
 * @param heldBefore holds that are known to hold an earlier run only. Without it those on current
 *   invocations count alone
 */
export function holdAmong(
  invocations: Iterable<InvocationFound>,
  holds: (holdId: string) => boolean,
  heldBefore?: ReadonlySet<string>,
): Hold | undefined {
  for (const found of invocations) {
    const hold = holdOf(found);
    if (hold === undefined || !holds(hold.id)) continue;
    const current = tagOf(found, tagKeys.superseded) === undefined;
    if (current || heldBefore?.has(hold.id) === false) return hold;
  }
  return undefined;
}

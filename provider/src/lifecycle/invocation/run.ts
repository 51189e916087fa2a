import { listInvocations } from "../../client/invocations.js";
import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, CommandType, Row } from "../../inputs.js";
import type { RunIdentity, Runnable } from "../../invoke/invoke.js";
import { tagKeys } from "../../names.js";
import { budgetOf, chunk, planGroups, type Batch } from "../../plan/batches.js";
import { isFailed } from "../../plan/continuation.js";
import { describeHold, type Hold } from "../../plan/hold.js";
import type { PastInvocation } from "../../plan/history.js";
import { isRetryable } from "../../plan/retry.js";
import { isAwaited } from "../../plan/rows.js";
import type { LedgerBook } from "../../result/ledger.js";
import type { Ending } from "../../result/verdict.js";
import type { World } from "../world.js";
import { keepFit, makeCall, whyNotGoOn, type CallContext } from "./call.js";
import type { Capture } from "./capture.js";
import { follow, holdAmong, type AcceptedCall, type FollowOptions } from "./follow.js";
import { awaitPower } from "./power.js";
import { reportBatch } from "./progress.js";
import { freshLookMs, lookAt, missingCode } from "./ready.js";

/** What is to be done to whom; everything that was decided before the first call. */
export type RunOrder = {
  readonly inputs: CommandInvocationInputs;
  readonly identity: RunIdentity;
  readonly runnable: Runnable;
  readonly type: CommandType;
  /** Members to try, in the order of the run. */
  readonly toRun: readonly string[];
  /** Members that are new to the run: behind the others, in calls of their own. */
  readonly newcomers?: readonly string[];
  /** Calls that are watched first: of an earlier operation, or taken over. */
  readonly toWatch: readonly AcceptedCall[];
  /** A hold is released that stopped them: what failed among them is tried again. */
  readonly retryWatched?: boolean;
  /**
   * The number of the attempt from which the allowance of a member counts: what a saved ledger has
   * seen the end of is forgiven. Default: 0 for everyone.
   */
  readonly attemptsBefore?: (instanceId: string) => number;
  readonly maxPerCall: number;
  /** Calls that were reserved of the quota for it. */
  readonly reserved: number;
  /** Why nothing may be called: what is to be watched is watched all the same. */
  readonly refusal?: Ending;
  /** What percentages are of. */
  readonly membersAtStart: number;
  readonly canaries: ReadonlySet<string> | undefined;
  /** When the members were last looked at, in milliseconds since the epoch. */
  readonly lookedAt: number;
  /** What the operation has found of this owner. */
  readonly past: readonly PastInvocation[];
  readonly waitMs: number;
  readonly deadlineMs: number;
  readonly capture: Capture;
  readonly holds: (holdId: string) => boolean;
};

export type RunEnd = {
  readonly ending: Ending;
  /** What the ids of its calls follow from, where tokens were answered with old invocations. */
  readonly runId: string;
  readonly hold?: Hold;
  /** InvokeIds accepted in this operation. */
  readonly accepted: readonly string[];
  /** What to throw where nothing was accepted at all. */
  readonly firstRefusal?: CloudAssistantError;
};

type Stop = { readonly ending: Ending; readonly hold?: Hold };

/** A hold may have been set since the last look, once that is so long ago. */
const freshHoldMs = 1_000;
/** How often a long pause looks for a hold. */
const pauseLookMs = 30_000;

/** The only place that knows the sequence: batch after batch, each invoked, watched and judged. */
export async function runMembers(
  api: CloudApi,
  order: RunOrder,
  book: LedgerBook,
  world: World,
): Promise<RunEnd> {
  const run = new Run(api, order, book, world);
  const stop = await run
    .all()
    .catch((reason: unknown) => run.cutBy(reason))
    .finally(() => {
      // It takes up what it has made: less where it stopped early, more where it tried again.
      world.quota.release(api, order.reserved - run.accepted.length);
    });
  return {
    ...stop,
    runId: run.context.identity.runId,
    accepted: run.accepted,
    ...(run.firstRefusal === undefined ? {} : { firstRefusal: run.firstRefusal }),
  };
}

class Run {
  readonly accepted: string[] = [];
  firstRefusal: CloudAssistantError | undefined;
  readonly context: CallContext;
  private readonly budget: number;
  private readonly heldBefore: ReadonlySet<string>;
  /** Members that wait for their turn; what an earlier `up` saw of them does not count any more. */
  private readonly waiting: Set<string>;
  private lookedAt: number;
  /** When it was asked last whether there is a hold, in milliseconds since the epoch. */
  private lookedForHold = 0;

  constructor(
    private readonly api: CloudApi,
    private readonly order: RunOrder,
    private readonly book: LedgerBook,
    private readonly world: World,
  ) {
    const { inputs, identity, runnable, type, deadlineMs } = order;
    this.budget = budgetOf(inputs.rollout?.maxFailures, order.membersAtStart);
    this.waiting = new Set([...order.toRun, ...(order.newcomers ?? [])]);
    this.lookedAt = order.lookedAt;
    this.heldBefore = new Set(
      order.past.flatMap(({ hold }) => (hold === undefined ? [] : hold.id)),
    );
    this.context = {
      inputs,
      identity: { ...identity },
      runnable,
      type,
      options: { deadlineMs, signal: world.signal },
      superseded: new Set(order.past.filter((one) => one.superseded).map((one) => one.invokeId)),
      book,
    };
  }

  async all(): Promise<Stop> {
    const { toWatch, inputs, refusal } = this.order;
    const watched = await this.watch(toWatch);
    if (watched !== undefined) return watched;
    if (refusal !== undefined) return { ending: refusal };
    const groups = [[...this.againOfWatched(), ...this.order.toRun], this.order.newcomers ?? []];
    const batches = planGroups(groups, {
      maxPerCall: this.order.maxPerCall,
      rollout: inputs.rollout,
      canaries: this.order.canaries,
      membersAtStart: this.order.membersAtStart,
    });
    for (const [index, batch] of batches.entries()) {
      const early =
        (await this.mayNotStart()) ?? (index === 0 ? undefined : await this.pause(batches, index));
      if (early !== undefined) return early;
      const stopped = await this.batch(batch, index === 0);
      const last = index === batches.length - 1;
      reportBatch(inputs, batch, batches.length, last, this.book, this.world);
      if (stopped !== undefined) return stopped;
      const gate = batch.canary && !last ? this.canaryGate(batch) : undefined;
      if (gate !== undefined) return gate;
    }
    return { ending: { kind: "complete" } };
  }

  /** One batch: its calls, and within the allowance again for what failed. */
  private async batch(batch: Batch, first: boolean): Promise<Stop | undefined> {
    const fresh = first && this.world.clock.now() - this.lookedAt < freshLookMs;
    let ids = fresh ? batch.calls.flat() : await this.fit(batch.calls.flat());
    for (;;) {
      const stopped = await this.invokeAndWatch(ids, batch.number);
      if (stopped !== undefined) return stopped;
      const again = ids.filter((id) => this.mayBeTriedAgain(id));
      if (again.length === 0) return undefined;
      const early = await this.mayGoOn();
      if (early !== undefined) return early;
      ids = await this.fit(again);
    }
  }

  /** Whether it failed in a way that is retried, and its allowance is not used up. */
  private mayBeTriedAgain(id: string): boolean {
    const { inputs, type, attemptsBefore } = this.order;
    const row = this.book.get(id);
    if (row === undefined || !isRetryable(row, inputs.retry, type)) return false;
    return row.attempt - (attemptsBefore?.(id) ?? 0) < (inputs.retry?.attempts ?? 1);
  }

  /** One bad machine may fail the whole call, so each batch is looked at right before its call. */
  private async fit(ids: readonly string[]): Promise<readonly string[]> {
    const standings = await lookAt(this.api, ids, this.order.type, this.context.options);
    return keepFit(ids, standings, this.context);
  }

  private async invokeAndWatch(ids: readonly string[], batch: number): Promise<Stop | undefined> {
    const held = await this.heldMeanwhile(freshHoldMs);
    if (held !== undefined) return held;
    for (const id of ids) this.waiting.delete(id);
    const ends = await Promise.all(
      chunk(ids, this.order.maxPerCall).map((call) =>
        makeCall(this.api, call, batch, this.contextOfCall(), this.world),
      ),
    );
    const calls: AcceptedCall[] = [];
    let cut: Ending | undefined;
    for (const end of ends) {
      if (end.kind === "accepted") calls.push(end.call);
      else if (end.kind === "refused") this.firstRefusal ??= end.error;
      else if (end.kind === "interrupted") cut ??= end.ending;
    }
    this.accepted.push(...calls.map((call) => call.invokeId));
    const stopped = await this.watch(calls);
    return stopped ?? (cut === undefined ? undefined : { ending: cut });
  }

  /** Which run ids a call comes to depends on the answers to itself alone, so a crash repeats them. */
  private contextOfCall(): CallContext {
    return { ...this.context, identity: { ...this.context.identity } };
  }

  private async watch(calls: readonly AcceptedCall[]): Promise<Stop | undefined> {
    if (calls.length === 0) return undefined;
    const end = await follow(this.api, calls, this.book, this.followOptions(), this.world);
    if (end.kind === "held") return stoppedBy(end.hold);
    if (end.kind === "interrupted") return { ending: end };
    await awaitPower(this.api, calls, this.order, this.book, this.world);
    return undefined;
  }

  /**
   * Of those that were watched: who has an attempt left, or was stopped by a hold that is released.
   * They go first.
   */
  private againOfWatched(): readonly string[] {
    const { toWatch, toRun, retryWatched } = this.order;
    const others = new Set(toRun);
    const again = toWatch.flatMap((call) =>
      call.members.filter((id) => {
        const row = this.book.get(id);
        if (row?.invocationId !== call.invokeId || others.has(id) || !isFailed(row)) return false;
        return retryWatched === true || this.mayBeTriedAgain(id);
      }),
    );
    for (const id of again) this.waiting.add(id);
    // They were not among those that were looked at.
    if (again.length > 0) this.lookedAt = 0;
    return [...new Set(again)];
  }

  /**
   * What ends a run from within: a read that could not be made. What was accepted before must not
   * be forgotten over it.
   */
  cutBy(reason: unknown): Stop {
    if (this.accepted.length + this.order.toWatch.length === 0) throw reason;
    return {
      ending: { kind: "interrupted", reason: CloudAssistantError.from(reason).message },
    };
  }

  /**
   * Whether there is a hold on any invocation of the owner. It need not be on the newest: a stop may
   * have come to its end while that call was on its way. On one of another time a hold is in force
   * that was set since the operation began: then that was all there was to set it on. What carries
   * the tag is asked for, so that it is one page however long the run is.
   */
  private async heldMeanwhile(olderThanMs: number): Promise<Stop | undefined> {
    const { inputs, holds } = this.order;
    const now = this.world.clock.now();
    if (inputs.ownership === "none" || !this.anyInvocation()) return undefined;
    if (now - this.lookedForHold < olderThanMs) return undefined;
    try {
      const tag = [
        { key: tagKeys.owner, value: this.context.identity.owner },
        { key: tagKeys.hold },
      ];
      const found = await listInvocations(this.api, { tag }, this.context.options);
      this.lookedForHold = now;
      const hold = holdAmong(found, holds) ?? holdAmong(found, holds, this.heldBefore);
      return hold === undefined ? undefined : stoppedBy(hold);
    } catch (reason) {
      const said = CloudAssistantError.from(reason).message;
      return { ending: { kind: "interrupted", reason: `the state could not be read: ${said}` } };
    }
  }

  private anyInvocation(): boolean {
    if (this.order.past.length > 0) return true;
    for (const [, row] of this.book.entries()) if (row.invocationId !== undefined) return true;
    return false;
  }

  private followOptions(): FollowOptions {
    const { inputs, waitMs, deadlineMs, capture, holds } = this.order;
    const { owner, runId } = this.context.identity;
    return {
      owner,
      runId,
      ownership: inputs.ownership ?? "tags",
      successExitCodes: inputs.successExitCodes ?? [0],
      waitMs,
      deadlineMs,
      capture,
      holds,
      ...(inputs.wait?.for === "acceptance"
        ? { until: (row: Row) => !isAwaited(row, inputs.wait) }
        : {}),
    };
  }

  /** Whether a batch may begin. Asked before each of them. */
  private async mayNotStart(): Promise<Stop | undefined> {
    const early = await this.mayGoOn();
    if (early !== undefined) return early;
    const { budget } = this;
    const failed = this.failedSoFar();
    if (failed > budget) {
      const where = `${failed} failed, and ${budget} may fail (rollout.maxFailures)`;
      return { ending: { kind: "budget", by: "budget", where } };
    }
    const open = this.openSoFar();
    return failed + open <= budget ? undefined : stillRunning(open);
  }

  /** Members whose last attempt failed. One that was never tried, such as a missing id, had none. */
  private failedSoFar(): number {
    let failed = 0;
    for (const [id, row] of this.book.entries()) {
      if (isFailed(row) && !isMissing(row) && !this.waiting.has(id)) failed += 1;
    }
    return failed;
  }

  /** Members that nobody knows the end of: each may have failed, so they use up the budget as well. */
  private openSoFar(): number {
    const { inputs } = this.order;
    let open = 0;
    for (const [, row] of this.book.entries()) if (isAwaited(row, inputs.wait)) open += 1;
    return open;
  }

  private async mayGoOn(): Promise<Stop | undefined> {
    const reason = await whyNotGoOn(this.world, this.context.options);
    return reason === undefined ? undefined : { ending: { kind: "interrupted", reason } };
  }

  /** The soak behind the canary, or the pause between batches. */
  private async pause(batches: readonly Batch[], index: number): Promise<Stop | undefined> {
    const { rollout } = this.order.inputs;
    const afterCanary = batches[index - 1]?.canary === true;
    const seconds =
      (afterCanary ? rollout?.canary?.soak : undefined) ?? rollout?.pauseBetweenBatches ?? 0;
    if (seconds === 0) return undefined;
    const until = this.world.clock.now() + seconds * 1_000;
    while (this.world.clock.now() < until) {
      const early = (await this.mayGoOn()) ?? (await this.heldMeanwhile(pauseLookMs));
      if (early !== undefined) return early;
      const left = until - this.world.clock.now();
      await this.world.clock.sleep(Math.min(left, 5_000), this.world.signal);
    }
    return this.mayGoOn();
  }

  /** The canary has a budget of its own; its failures count in both. */
  private canaryGate(batch: Batch): Stop | undefined {
    const { inputs } = this.order;
    const canaries = batch.calls.flat();
    const rows = canaries.flatMap((id) => this.book.get(id) ?? []);
    const failed = rows.filter(isFailed).length;
    const open = rows.filter((row) => isAwaited(row, inputs.wait)).length;
    const allowed = budgetOf(inputs.rollout?.canary?.maxFailures, canaries.length);
    if (failed > allowed) {
      const where =
        `${failed} of ${canaries.length} canaries failed, and ${allowed} may fail ` +
        `(rollout.canary.maxFailures)`;
      return { ending: { kind: "budget", by: "canary", where } };
    }
    return failed + open <= allowed ? undefined : stillRunning(open);
  }
}

/** A declared id that does not exist: it was in no call. */
function isMissing(row: Row): boolean {
  return row.attempt === 0 && row.errorCode === missingCode;
}

function stillRunning(count: number): Stop {
  const reason =
    `${count} of the members before still run${count === 1 ? "s" : ""} after wait.timeout, and ` +
    `may yet fail`;
  return { ending: { kind: "interrupted", reason } };
}

function stoppedBy(hold: Hold): Stop {
  const reason = `it was stopped from elsewhere (${describeHold(hold)})`;
  return { ending: { kind: "held", reason }, hold };
}

export function* rowsOf(book: LedgerBook): Generator<Row> {
  for (const [, row] of book.entries()) yield row;
}

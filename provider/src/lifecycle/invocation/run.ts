import { listInvocations } from "../../client/invocations.js";
import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, CommandType, Row } from "../../inputs.js";
import type { RunIdentity, Runnable } from "../../invoke/invoke.js";
import { budgetOf, chunk, planBatches, type Batch } from "../../plan/batches.js";
import { isFailed } from "../../plan/continuation.js";
import { describeHold, type Hold } from "../../plan/hold.js";
import { isRetryable } from "../../plan/retry.js";
import type { LedgerBook } from "../../result/ledger.js";
import type { Ending } from "../../result/verdict.js";
import { reasonOf } from "../../watch/watch.js";
import type { World } from "../world.js";
import { keepFit, makeCall, type CallContext } from "./call.js";
import type { Capture } from "./capture.js";
import { follow, holdAmong, type AcceptedCall, type FollowOptions } from "./follow.js";
import { awaitPower } from "./power.js";
import { reportBatch } from "./progress.js";
import { lookAt } from "./ready.js";

/** What is to be done to whom; everything that was decided before the first call. */
export type RunOrder = {
  readonly inputs: CommandInvocationInputs;
  readonly identity: RunIdentity;
  readonly runnable: Runnable;
  readonly type: CommandType;
  /** Members to try, in the order of the run. */
  readonly toRun: readonly string[];
  /** Calls that are watched first: of an earlier operation, or taken over. */
  readonly toWatch: readonly AcceptedCall[];
  /** A hold is released that stopped them: what failed among them is tried again. */
  readonly retryWatched?: boolean;
  readonly maxPerCall: number;
  /** What percentages are of. */
  readonly membersAtStart: number;
  readonly canaries: ReadonlySet<string> | undefined;
  /** When the members were last looked at, in milliseconds since the epoch. */
  readonly lookedAt: number;
  /** Invocations of this owner that are of another time. */
  readonly superseded: ReadonlySet<string>;
  readonly waitMs: number;
  readonly deadlineMs: number;
  readonly capture: Capture;
  readonly holds: (holdId: string) => boolean;
};

export type RunEnd = {
  readonly ending: Ending;
  /** Moves on where a token was answered with an invocation of another time. */
  readonly runId: string;
  readonly hold?: Hold;
  /** InvokeIds accepted in this operation. */
  readonly accepted: readonly string[];
  /** What to throw where nothing was accepted at all. */
  readonly firstRefusal?: CloudAssistantError;
};

type Stop = { readonly ending: Ending; readonly hold?: Hold };

/** A look at a batch this fresh need not be repeated before its call. */
const freshLookMs = 5_000;
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
  const stop = await run.all();
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
  /** Members that wait for their turn; what an earlier `up` saw of them does not count any more. */
  private readonly waiting: Set<string>;
  private lookedAt: number;
  /** The invocation to look at for a hold, and when that was done last. */
  private lastCall: string | undefined;
  private lookedForHold = 0;

  constructor(
    private readonly api: CloudApi,
    private readonly order: RunOrder,
    private readonly book: LedgerBook,
    private readonly world: World,
  ) {
    const { inputs, identity, runnable, type, deadlineMs } = order;
    this.budget = budgetOf(inputs.rollout?.maxFailures, order.membersAtStart);
    this.waiting = new Set(order.toRun);
    this.lookedAt = order.lookedAt;
    this.context = {
      inputs,
      identity: { ...identity },
      runnable,
      type,
      options: { deadlineMs, signal: world.signal },
      superseded: new Set(order.superseded),
      book,
    };
  }

  async all(): Promise<Stop> {
    const { toWatch, inputs } = this.order;
    const watched = await this.watch(toWatch);
    if (watched !== undefined) return watched;
    const toRun = this.order.retryWatched === true ? this.withStopped() : this.order.toRun;
    const batches = planBatches(toRun, {
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
    const { inputs, type } = this.order;
    const fresh = first && this.world.clock.now() - this.lookedAt < freshLookMs;
    let ids = fresh ? batch.calls.flat() : await this.fit(batch.calls.flat());
    for (let tries = 1; ; tries += 1) {
      const stopped = await this.invokeAndWatch(ids, batch.number);
      if (stopped !== undefined) return stopped;
      const again = ids.filter((id) => {
        const row = this.book.get(id);
        return row !== undefined && isRetryable(row, inputs.retry, type);
      });
      if (again.length === 0 || tries >= (inputs.retry?.attempts ?? 1)) return undefined;
      const early = await this.mayGoOn();
      if (early !== undefined) return early;
      ids = await this.fit(again);
    }
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
        makeCall(this.api, call, batch, this.context, this.world),
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

  private async watch(calls: readonly AcceptedCall[]): Promise<Stop | undefined> {
    if (calls.length === 0) return undefined;
    const end = await follow(this.api, calls, this.book, this.followOptions(), this.world);
    this.lastCall = calls.at(-1)?.invokeId;
    this.lookedForHold = this.world.clock.now();
    if (end.kind === "held") return stoppedBy(end.hold);
    if (end.kind === "interrupted") return { ending: end };
    await awaitPower(this.api, calls, this.order, this.book, this.world);
    return undefined;
  }

  /** The members to run, and those that a released hold had stopped, in the order of the ledger. */
  private withStopped(): readonly string[] {
    const stopped = this.order.toWatch.flatMap((call) =>
      call.members.filter((id) => {
        const row = this.book.get(id);
        return row?.invocationId === call.invokeId && isFailed(row);
      }),
    );
    if (stopped.length === 0) return this.order.toRun;
    for (const id of stopped) this.waiting.add(id);
    // They were not among those that were looked at.
    this.lookedAt = 0;
    const wanted = new Set([...this.order.toRun, ...stopped]);
    return this.book.ids().filter((id) => wanted.has(id));
  }

  /**
   * Whether a hold was set since the last look. Who sets one sets it on every current invocation,
   * so that one of them tells.
   */
  private async heldMeanwhile(olderThanMs: number): Promise<Stop | undefined> {
    const { inputs, holds } = this.order;
    const invokeId = this.lastCall;
    const now = this.world.clock.now();
    if (invokeId === undefined || inputs.ownership === "none") return undefined;
    if (now - this.lookedForHold < olderThanMs) return undefined;
    try {
      const found = await listInvocations(this.api, { invokeId }, this.context.options);
      this.lookedForHold = now;
      const hold = holdAmong(found, holds);
      return hold === undefined ? undefined : stoppedBy(hold);
    } catch (reason) {
      const said = CloudAssistantError.from(reason).message;
      return { ending: { kind: "interrupted", reason: `the state could not be read: ${said}` } };
    }
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
    };
  }

  /** Whether a batch may begin. Asked before each of them. */
  private async mayNotStart(): Promise<Stop | undefined> {
    const early = await this.mayGoOn();
    if (early !== undefined) return early;
    const failed = this.failedSoFar();
    if (failed <= this.budget) return undefined;
    return {
      ending: {
        kind: "budget",
        where: `${failed} failed, and ${this.budget} may (rollout.maxFailures)`,
      },
    };
  }

  /** Members whose last attempt failed. One that was never tried, such as a missing id, had none. */
  private failedSoFar(): number {
    let failed = 0;
    for (const [id, row] of this.book.entries()) {
      if (isFailed(row) && row.attempt > 0 && !this.waiting.has(id)) failed += 1;
    }
    return failed;
  }

  private async mayGoOn(): Promise<Stop | undefined> {
    const { world, order } = this;
    const interrupted = (reason: string): Stop => ({ ending: { kind: "interrupted", reason } });
    if (world.signal.aborted) return interrupted(reasonOf(world.signal));
    if (world.windDown.aborted) return interrupted(reasonOf(world.windDown));
    if (world.clock.now() >= order.deadlineMs) {
      return interrupted("the deadline of opts.customTimeouts has passed");
    }
    return (await world.presence()) ? undefined : interrupted("the Pulumi engine is gone");
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
    const canaries = batch.calls.flat();
    const failed = canaries.filter((id) => {
      const row = this.book.get(id);
      return row !== undefined && isFailed(row);
    }).length;
    const allowed = budgetOf(this.order.inputs.rollout?.canary?.maxFailures, canaries.length);
    if (failed <= allowed) return undefined;
    return {
      ending: {
        kind: "budget",
        where: `${failed} of ${canaries.length} canaries failed, and ${allowed} may (rollout.canary.maxFailures)`,
      },
    };
  }
}

function stoppedBy(hold: Hold): Stop {
  const reason = `it was stopped from elsewhere (${describeHold(hold)})`;
  return { ending: { kind: "held", reason }, hold };
}

export function* rowsOf(book: LedgerBook): Generator<Row> {
  for (const [, row] of book.entries()) yield row;
}

import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs } from "../../inputs.js";
import type { FoundSchedule } from "../../plan/schedule-wanted.js";
import { editsOf } from "../../plan/schedule-wanted.js";
import type { SchedulePlan } from "../../plan/schedule-plan.js";
import { isRetryable } from "../../plan/retry.js";
import { newShards, type Shard } from "../../plan/shards.js";
import { named } from "../../plan/targets.js";
import type { AcceptedCall } from "../invocation/follow.js";
import { nameOf } from "../world.js";
import { armShards, awaitAcceptance } from "./arm.js";
import { cutBy, type Cut, type Ground } from "./ground.js";
import { addMembers } from "./members.js";
import { sayMissed } from "./missed.js";
import { findOfOwner, foundSchedule } from "./found.js";
import { modifyInPlace, mostTries } from "./in-place.js";
import { renewShard } from "./renew.js";
import { stopAndAwait, type StopOrder } from "./stop.js";
import { takeIn } from "./truth.js";

export type Converging = {
  readonly plan: SchedulePlan;
  /** Of an update that was cut off and is not wanted any more: stopped first. */
  readonly strays: readonly FoundSchedule[];
  readonly found: ReadonlyMap<string, FoundSchedule>;
  /** The inputs that what is alive was made with. */
  readonly before: CommandInvocationInputs;
  /** How long the end of what runs is waited for. */
  readonly patienceMs: number;
  /** Members that were accepted earlier and were not past Pending when they were last seen. */
  readonly pending: readonly AcceptedCall[];
  /** Where the members of a shard that is armed again had been armed before. */
  readonly formerly: (shard: Shard) => FoundSchedule | undefined;
};

export type ConvergeEnd = {
  readonly accepted: readonly string[];
  /** Invocations that were changed in place. */
  readonly modified: readonly string[];
  /** Whether anything was changed at all. */
  readonly touched: boolean;
  readonly cut?: Cut;
};

/**
 * The only place that knows the sequence: what is not wanted is stopped; what can be changed in
 * place is; shards are renewed one by one; then newcomers and whoever is not armed.
 */
export async function converge(order: Converging, ground: Ground): Promise<ConvergeEnd> {
  const convergence = new Convergence(order, ground);
  let cut: Cut | undefined;
  try {
    cut = await convergence.all();
  } catch (reason) {
    cut = cutBy(reason);
  }
  const { accepted, modified, touched } = convergence;
  return { accepted, modified, touched, ...(cut === undefined ? {} : { cut }) };
}

const readBackPatienceMs = 10_000;

class Convergence {
  readonly accepted: string[] = [];
  readonly modified: string[] = [];
  touched = false;
  private readonly unsettled: AcceptedCall[];
  /** Members whose shard turned out to take nobody, and are armed by calls of their own. */
  private readonly overflow: Shard[] = [];

  constructor(
    private readonly order: Converging,
    private readonly ground: Ground,
  ) {
    this.unsettled = [...order.pending];
  }

  async all(): Promise<Cut | undefined> {
    return (
      (await this.stopUnwanted()) ??
      (await this.change()) ??
      (await this.add()) ??
      (await this.arm([...this.order.plan.arms, ...this.overflow])) ??
      (await awaitAcceptance(this.unsettled, this.ground)) ??
      (await this.retry())
    );
  }

  private say(line: string): void {
    this.ground.world.print(nameOf(this.ground.inputs.resourceUrn), line);
  }

  private async stopUnwanted(): Promise<Cut | undefined> {
    const { plan, strays } = this.order;
    const orders: StopOrder[] = [
      ...strays.map((one) => ({ invokeId: one.invokeId, ids: [...one.alive], whole: true })),
      ...plan.stops,
    ].filter(({ ids }) => ids.length > 0);
    if (orders.length === 0) return undefined;
    for (const { invokeId, ids, why } of plan.stops) {
      if (why === "surplus") {
        this.say(`two schedules held ${named(ids)}; the surplus one (${invokeId}) is stopped`);
      }
    }
    const { api, inputs, identity, options, world } = this.ground;
    this.touched = true;
    const end = await stopAndAwait(orders, {
      api,
      owner: identity.owner,
      ownership: inputs.ownership ?? "tags",
      waitMs: this.order.patienceMs,
      options,
      world,
    });
    if (end.kind === "stopped") {
      const truth = {
        schedule: this.order.before.schedule ?? {},
        successExitCodes: inputs.successExitCodes ?? [0],
      };
      for (const { invokeId } of plan.stops) {
        const last = end.seen.get(invokeId);
        if (last === undefined) continue;
        takeIn(foundSchedule(last, world.hash), this.ground.book, truth, world.clock.now());
      }
      return undefined;
    }
    const reason = `what was told to stop still runs on ${named(end.ids)} (${end.reason})`;
    return { kind: "ending", ending: { kind: "interrupted", reason } };
  }

  private async change(): Promise<Cut | undefined> {
    const { plan, found } = this.order;
    const renewals = [...plan.renews];
    for (const { invokeId, shard, edits } of plan.modifies) {
      const one = found.get(invokeId);
      if (one === undefined) continue;
      const end = await modifyInPlace(one, edits, this.ground);
      switch (end.kind) {
        case "modified":
          this.touched = true;
          this.modified.push(invokeId);
          break;
        case "ended":
        case "unchangeable": {
          const members = [...plan.homes].flatMap(([id, home]) =>
            home.invokeId === invokeId ? [id] : [],
          );
          if (end.kind === "unchangeable") {
            this.say(`shard ${shard} cannot be changed in place, so it is stopped and armed anew`);
          }
          renewals.push({ invokeId, arms: [{ number: shard, members }] });
          break;
        }
        case "cut":
          return end.cut;
      }
    }
    return (await this.changeAgain()) ?? this.renew(renewals);
  }

  /**
   * A call whose token the service remembers changes nothing: an operation that was cut off may have
   * made it, and somebody may have undone it since. So what was changed is read, and changed again
   * where it is not so; what is read too early is only changed twice.
   */
  private async changeAgain(): Promise<Cut | undefined> {
    const { wanted } = this.ground;
    for (let tries = 1; tries < mostTries && this.modified.length > 0; tries += 1) {
      const not = (await this.readBack()).flatMap((one) => {
        const edits = editsOf(one, wanted).filter((edit) => edit !== "command");
        const changed = this.modified.includes(one.invokeId) && one.alive.size > 0;
        return changed && edits.length > 0 ? [{ one, edits }] : [];
      });
      if (not.length === 0) return undefined;
      for (const { one, edits } of not) {
        const end = await modifyInPlace(one, edits, this.ground, tries);
        if (end.kind === "cut") return end.cut;
      }
    }
    return undefined;
  }

  /** What was accepted stays so, whether or not it can be read: a later preview looks again. */
  private async readBack(): Promise<readonly FoundSchedule[]> {
    const { api, inputs, identity, options, world } = this.ground;
    const owned = { owner: identity.owner, ownership: inputs.ownership ?? "tags" } as const;
    const patient = { ...options, patienceMs: readBackPatienceMs };
    try {
      return await findOfOwner(api, owned, this.modified, world.hash, patient);
    } catch {
      return [];
    }
  }

  private async renew(renewals: SchedulePlan["renews"]): Promise<Cut | undefined> {
    const { found, before, patienceMs } = this.order;
    for (const { invokeId, arms } of renewals) {
      const one = found.get(invokeId);
      if (one === undefined) continue;
      this.touched = true;
      const end = await renewShard({ found: one, arms }, before, patienceMs, this.ground);
      this.accepted.push(...end.accepted.map((call) => call.invokeId));
      if (end.cut !== undefined) return end.cut;
    }
    return undefined;
  }

  private async add(): Promise<Cut | undefined> {
    for (const { invokeId, shard } of this.order.plan.additions) {
      const end = await addMembers(invokeId, shard, this.ground);
      switch (end.kind) {
        case "accepted":
          this.touched = true;
          this.unsettled.push(end.call);
          break;
        case "empty":
          break;
        case "unchangeable":
          this.overflow.push({ number: this.nextNumber(), members: end.members });
          break;
        case "cut":
          return end.cut;
      }
    }
    return undefined;
  }

  private nextNumber(): number {
    const { plan } = this.order;
    const numbers = [
      ...[...this.ground.book.entries()].map(([, row]) => row.batch ?? 0),
      ...[...plan.arms, ...plan.renews.flatMap((one) => one.arms), ...this.overflow].map(
        (shard) => shard.number,
      ),
    ];
    return Math.max(0, ...numbers) + 1;
  }

  private async arm(shards: readonly Shard[]): Promise<Cut | undefined> {
    const end = await armShards(shards, this.ground);
    this.touched ||= end.accepted.length > 0;
    this.accepted.push(...end.accepted.map((call) => call.invokeId));
    this.unsettled.push(...end.accepted);
    for (const call of end.accepted) await this.sayGap(shards, call);
    return end.cut;
  }

  /** Within the allowance, who did not arm is tried again, alone. */
  private async retry(): Promise<Cut | undefined> {
    const { inputs, book, type } = this.ground;
    for (let tries = 1; tries < (inputs.retry?.attempts ?? 1); tries += 1) {
      const calls = new Set([...this.accepted, ...this.unsettled.map((call) => call.invokeId)]);
      const failed = [...book.entries()].flatMap(([id, row]) =>
        calls.has(row.invocationId ?? "") && isRetryable(row, inputs.retry, type) ? [id] : [],
      );
      if (failed.length === 0) return undefined;
      let next = this.nextNumber();
      const shards = newShards(failed, this.ground.maxPerCall, () => next++);
      this.unsettled.length = 0;
      const cut = (await this.arm(shards)) ?? (await awaitAcceptance(this.unsettled, this.ground));
      if (cut !== undefined) return cut;
    }
    return undefined;
  }

  /** Shards that somebody had stopped, or an operation that was cut off, missed runs as well. */
  private async sayGap(shards: readonly Shard[], call: AcceptedCall): Promise<void> {
    const shard = shards.find(({ members }) => members.some((id) => call.members.includes(id)));
    if (shard === undefined) return;
    const one = this.order.formerly(shard);
    const { schedule } = this.order.before;
    const stops = shard.members.flatMap((id) => one?.stoppedMs.get(id) ?? []);
    if (one === undefined || schedule === undefined || stops.length === 0) return;
    const gap = {
      schedule,
      armedMs: one.createdMs,
      stoppedMs: Math.min(...stops),
      number: shard.number,
    };
    await sayMissed(gap, call, this.ground);
  }
}

/** What to throw where nothing was changed and nothing can be saved. */
export function refusalOf(cut: Cut): CloudAssistantError {
  if (cut.kind === "refused") return cut.error;
  const { ending } = cut;
  const why =
    ending.kind === "complete" ? "" : ending.kind === "budget" ? ending.where : ending.reason;
  return new CloudAssistantError(
    "RunInterrupted",
    `Nothing was armed or changed: ${why}. Run \`pulumi up\` again.`,
  );
}

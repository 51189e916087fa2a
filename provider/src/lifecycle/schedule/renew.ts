import type { CommandInvocationInputs } from "../../inputs.js";
import { sameJson } from "../../plan/canonical-json.js";
import { whenOf } from "../../plan/schedule-change.js";
import { isOver } from "../../plan/schedule-end.js";
import type { FoundSchedule } from "../../plan/schedule-wanted.js";
import type { Shard } from "../../plan/shards.js";
import { named } from "../../plan/targets.js";
import type { AcceptedCall } from "../invocation/follow.js";
import { armShards, awaitAcceptance } from "./arm.js";
import { foundSchedule } from "./found.js";
import { mayGoOn, type Cut, type Ground } from "./ground.js";
import { awaitIdle } from "./idle.js";
import { sayLost, sayMissed } from "./missed.js";
import { stopAndAwait } from "./stop.js";
import { takeIn } from "./truth.js";

export type Renewal = { readonly found: FoundSchedule; readonly arms: readonly Shard[] };

export type RenewEnd = { readonly accepted: readonly AcceptedCall[]; readonly cut?: Cut };

/**
 * Stops an invocation, awaits what runs, arms its members anew: never two at once. What runs when
 * it begins is let go to its end first, for as long as a call is waited for. Who has fired by then,
 * once and for all, is not armed again.
 *
 * @param before the inputs that the old one was made with
 */
export async function renewShard(
  renewal: Renewal,
  before: CommandInvocationInputs,
  patienceMs: number,
  ground: Ground,
): Promise<RenewEnd> {
  const { found } = renewal;
  const { inputs, world, book } = ground;
  const early = await mayGoOn(ground);
  if (early !== undefined) return { accepted: [], cut: early };
  const idle = await awaitIdle(found.invokeId, { ...ground, patienceMs });
  const late = idle.cut ?? (await mayGoOn(ground));
  if (late !== undefined) return { accepted: [], cut: late };
  const had = before.schedule ?? {};
  const sameMoment = sameJson(whenOf(had), whenOf(inputs.schedule));
  const isTooLate = (): boolean => isOver(inputs.schedule ?? {}, world.clock.now());
  const truth = { schedule: had, successExitCodes: inputs.successExitCodes ?? [0] };
  if (sameMoment && isTooLate()) {
    if (idle.seen !== undefined) takeIn(idle.seen, book, truth, world.clock.now());
    return { accepted: [] };
  }

  const askedMs = world.clock.now();
  const end = await stopOld(found, idle.seen, patienceMs, ground);
  if (end.kind === "still") {
    const reason = `the old schedule still runs on ${named(end.ids)} (${end.reason})`;
    return { accepted: [], cut: { kind: "ending", ending: { kind: "interrupted", reason } } };
  }
  const fired = takeIn(end.seen, book, truth, world.clock.now());
  const arms = sameMoment ? without(renewal.arms, fired) : renewal.arms;
  for (const { number, members } of arms) {
    for (const id of members) {
      const { attempt = 0 } = book.get(id) ?? {};
      book.set(id, { status: "NotStarted", batch: number, attempt });
    }
  }
  const gap = {
    schedule: had,
    armedMs: found.createdMs,
    stoppedMs: end.stoppedMs ?? askedMs,
  };
  if (isTooLate()) {
    for (const shard of arms) sayLost({ ...gap, number: shard.number }, shard.members, ground);
    return { accepted: [] };
  }
  const armed = await armShards(arms, ground);
  const cut = armed.cut ?? (await awaitAcceptance(armed.accepted, ground));
  for (const { number, members } of arms) {
    const call = armed.accepted.find((one) => members.some((id) => one.members.includes(id)));
    if (call !== undefined) await sayMissed({ ...gap, number }, call, ground);
  }
  return { accepted: armed.accepted, ...(cut === undefined ? {} : { cut }) };
}

type Stopped =
  | {
      readonly kind: "stopped";
      readonly seen: FoundSchedule;
      readonly stoppedMs: number | undefined;
    }
  | { readonly kind: "still"; readonly ids: readonly string[]; readonly reason: string };

/** Stops what is left of the old one. What has come to its end by itself is not told to. */
async function stopOld(
  found: FoundSchedule,
  seen: FoundSchedule | undefined,
  patienceMs: number,
  ground: Ground,
): Promise<Stopped> {
  if (seen?.living === false) return { kind: "stopped", seen, stoppedMs: undefined };
  const { api, inputs, identity, options, world } = ground;
  const order = { invokeId: found.invokeId, ids: [...found.alive], whole: true };
  const end = await stopAndAwait([order], {
    api,
    owner: identity.owner,
    ownership: inputs.ownership ?? "tags",
    waitMs: patienceMs,
    options,
    world,
  });
  if (end.kind === "still") return end;
  const last = end.seen.get(found.invokeId);
  return {
    kind: "stopped",
    seen: last === undefined ? found : foundSchedule(last, world.hash),
    stoppedMs: end.stoppedMs.get(found.invokeId),
  };
}

function without(shards: readonly Shard[], ids: ReadonlySet<string>): readonly Shard[] {
  return shards
    .map(({ number, members }) => ({ number, members: members.filter((id) => !ids.has(id)) }))
    .filter(({ members }) => members.length > 0);
}

import type { CommandInvocationInputs } from "../../inputs.js";
import type { FoundSchedule } from "../../plan/schedule-wanted.js";
import type { Shard } from "../../plan/shards.js";
import { named } from "../../plan/targets.js";
import type { AcceptedCall } from "../invocation/follow.js";
import { armShards, awaitAcceptance } from "./arm.js";
import { mayGoOn, type Cut, type Ground } from "./ground.js";
import { awaitIdle } from "./idle.js";
import { sayMissed } from "./missed.js";
import { stopAndAwait } from "./stop.js";

export type Renewal = { readonly found: FoundSchedule; readonly arms: readonly Shard[] };

export type RenewEnd = { readonly accepted: readonly AcceptedCall[]; readonly cut?: Cut };

/**
 * Stops an invocation, awaits what runs, arms its members anew: never two at once. What runs when
 * it begins is let go to its end first, for as long as a call is waited for.
 *
 * @param before the inputs that the old one was made with
 */
export async function renewShard(
  renewal: Renewal,
  before: CommandInvocationInputs,
  patienceMs: number,
  ground: Ground,
): Promise<RenewEnd> {
  const { found, arms } = renewal;
  const early =
    (await mayGoOn(ground)) ??
    (await awaitIdle(found.invokeId, { ...ground, patienceMs })) ??
    (await mayGoOn(ground));
  if (early !== undefined) return { accepted: [], cut: early };
  const { api, inputs, identity, options, world, book } = ground;
  const ids = [...found.alive];
  const askedMs = world.clock.now();
  const end = await stopAndAwait([{ invokeId: found.invokeId, ids, whole: true }], {
    api,
    owner: identity.owner,
    ownership: inputs.ownership ?? "tags",
    waitMs: patienceMs,
    options,
    world,
  });
  if (end.kind === "still") {
    const reason = `the old schedule still runs on ${named(end.ids)} (${end.reason})`;
    return { accepted: [], cut: { kind: "ending", ending: { kind: "interrupted", reason } } };
  }
  for (const { number, members } of arms) {
    for (const id of members) {
      const { attempt = 0 } = book.get(id) ?? {};
      book.set(id, { status: "NotStarted", batch: number, attempt });
    }
  }
  const armed = await armShards(arms, ground);
  const cut = armed.cut ?? (await awaitAcceptance(armed.accepted, ground));
  const stoppedMs = end.stoppedMs.get(found.invokeId) ?? askedMs;
  for (const { number, members } of arms) {
    const call = armed.accepted.find((one) => members.some((id) => one.members.includes(id)));
    if (call === undefined || before.schedule === undefined) continue;
    await sayMissed(
      { schedule: before.schedule, armedMs: found.createdMs, stoppedMs, number },
      call,
      ground,
    );
  }
  return { accepted: armed.accepted, ...(cut === undefined ? {} : { cut }) };
}

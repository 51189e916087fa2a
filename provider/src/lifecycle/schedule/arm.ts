import type { Row } from "../../inputs.js";
import type { Shard } from "../../plan/shards.js";
import { describeHold } from "../../plan/hold.js";
import { makeCall } from "../invocation/call.js";
import { startCapture } from "../invocation/capture.js";
import { follow, type AcceptedCall } from "../invocation/follow.js";
import { mayGoOn, type Cut, type Ground } from "./ground.js";

export type ArmEnd = {
  readonly accepted: readonly AcceptedCall[];
  readonly cut?: Cut;
};

/**
 * Arms shards, one call each. What was accepted is in the ledger; whether it is armed,
 * `awaitAcceptance` finds out.
 */
export async function armShards(shards: readonly Shard[], ground: Ground): Promise<ArmEnd> {
  const accepted: AcceptedCall[] = [];
  for (const shard of shards) {
    const early = await mayGoOn(ground);
    if (early !== undefined) return { accepted, cut: early };
    const end = await makeCall(ground.api, shard.members, shard.number, ground, ground.world);
    switch (end.kind) {
      case "accepted":
        accepted.push(end.call);
        break;
      case "empty":
        break;
      case "refused":
        return { accepted, cut: { kind: "refused", error: end.error } };
      case "interrupted":
        return { accepted, cut: { kind: "ending", ending: end.ending } };
    }
  }
  return { accepted };
}

/** Whether the service is done with arming a member: a target that did not arm has ended. */
export function isAccepted(row: Row): boolean {
  return row.status !== "Pending";
}

/** Waits until every member is past Pending, or its call has waited long enough. */
export async function awaitAcceptance(
  calls: readonly AcceptedCall[],
  ground: Ground,
): Promise<Cut | undefined> {
  if (calls.length === 0) return undefined;
  const { api, inputs, identity, book, world } = ground;
  const end = await follow(
    api,
    calls,
    book,
    {
      owner: identity.owner,
      runId: identity.runId,
      ownership: inputs.ownership ?? "tags",
      successExitCodes: inputs.successExitCodes ?? [0],
      waitMs: ground.waitMs,
      deadlineMs: ground.options.deadlineMs,
      capture: startCapture({ capture: "none" }, (text) => text),
      holds: ground.holds,
      until: isAccepted,
    },
    world,
  );
  switch (end.kind) {
    case "done":
      return undefined;
    case "interrupted":
      return { kind: "ending", ending: end };
    case "held":
      return {
        kind: "ending",
        ending: {
          kind: "held",
          reason: `it was stopped from elsewhere (${describeHold(end.hold)})`,
        },
        holdId: end.hold.id,
      };
  }
}

import { CloudAssistantError } from "../../errors.js";
import type { Shard } from "../../plan/shards.js";
import { changeTokenOf } from "../../plan/identity.js";
import { standingsFor } from "../../plan/readiness.js";
import { keepFit } from "../invocation/call.js";
import type { AcceptedCall } from "../invocation/follow.js";
import { lookAt } from "../invocation/ready.js";
import { mayGoOn, type Cut, type Ground } from "./ground.js";
import { endedCodes, unchangeable } from "./in-place.js";

export type AddEnd =
  | { readonly kind: "accepted"; readonly call: AcceptedCall }
  /** Nobody is left to be added. */
  | { readonly kind: "empty" }
  /** This invocation takes nobody: they need a call of their own. */
  | { readonly kind: "unchangeable"; readonly members: readonly string[] }
  | { readonly kind: "cut"; readonly cut: Cut };

/** Refusals that may be the fault of one machine; the service does not say whose. */
const instanceCodes = new Set([
  "InvalidInstanceId.NotFound",
  "InvalidInstanceId.OSTypeUnsupported",
]);

/** Adds newcomers to a living invocation; the others of it notice nothing. */
export async function addMembers(invokeId: string, shard: Shard, ground: Ground): Promise<AddEnd> {
  const { api, book, identity, world, options } = ground;
  let left = shard.members;
  for (;;) {
    if (left.length === 0) return { kind: "empty" };
    const early = await mayGoOn(ground);
    if (early !== undefined) return { kind: "cut", cut: early };
    const members = left.map((instanceId) => ({
      instanceId,
      attempt: (book.get(instanceId)?.attempt ?? 0) + 1,
    }));
    const error = await tried(() =>
      api.call(
        "ModifyInvocationAttribute",
        {
          invokeId,
          instanceId: left,
          clientToken: changeTokenOf(identity.runId, invokeId, { members }, world.hash),
        },
        options,
      ),
    );
    if (error === undefined) {
      for (const { instanceId, attempt } of members) {
        book.set(instanceId, {
          status: "Pending",
          batch: shard.number,
          attempt,
          invocationId: invokeId,
        });
      }
      world.emit({ event: "call", outcome: "accepted", invokeId, batch: shard.number, members });
      return { kind: "accepted", call: { invokeId, members: left, acceptedAt: world.clock.now() } };
    }
    const code = error.apiCode ?? "";
    const closed = unchangeable.has(code) || endedCodes.has(code);
    if (closed || code === "InvalidInstanceId.CountLimitExceeded") {
      return { kind: "unchangeable", members: left };
    }
    if (!instanceCodes.has(code)) throw error;
    const standings = standingsFor(
      ground.inputs.schedule,
      await lookAt(api, left, ground.type, options),
    );
    const fit = keepFit(left, standings, ground);
    // What cannot be found out here shows in a call of their own.
    if (fit.length === left.length) return { kind: "unchangeable", members: left };
    left = fit;
  }
}

async function tried(call: () => Promise<unknown>): Promise<CloudAssistantError | undefined> {
  try {
    await call();
    return undefined;
  } catch (reason) {
    return CloudAssistantError.from(reason);
  }
}

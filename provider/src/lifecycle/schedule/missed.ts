import { listInvocations } from "../../client/invocations.js";
import type { Schedule } from "../../inputs.js";
import { describeMissed, missedRuns } from "../../plan/missed-runs.js";
import type { AcceptedCall } from "../invocation/follow.js";
import { nameOf } from "../world.js";
import { foundSchedule } from "./found.js";
import type { Ground } from "./ground.js";

/** A shard that was without a schedule for a time. */
export type Gap = {
  /** The schedule that it had. */
  readonly schedule: Schedule;
  /** When that had been armed, and when the service took the stop: milliseconds since the epoch. */
  readonly armedMs: number;
  readonly stoppedMs: number;
  readonly number: number;
};

/** Names the runs that a shard missed between the accepted stop and the new arming. */
export async function sayMissed(gap: Gap, call: AcceptedCall, ground: Ground): Promise<void> {
  say(gap, call.members, await armedAt(gap, call, ground), ground);
}

/** Names what a shard has missed that is not armed any more, since no run is to come. */
export function sayLost(gap: Gap, members: readonly string[], ground: Ground): void {
  say(gap, members, ground.world.clock.now(), ground);
}

function say(gap: Gap, members: readonly string[], untilMs: number, ground: Ground): void {
  const { world, inputs } = ground;
  const missed = missedRuns(gap.schedule, gap.armedMs, gap.stoppedMs, untilMs);
  const said = describeMissed(missed, gap.stoppedMs, untilMs);
  if (said === undefined) return;
  const machines = `${members.length} machine${members.length === 1 ? "" : "s"}`;
  world.print(nameOf(inputs.resourceUrn), `shard ${gap.number} (${machines}): ${said}`);
}

/**
 * When the last member of a call was armed. The service is asked only where a run fell into the time
 * between its acceptance and now.
 */
async function armedAt(gap: Gap, call: AcceptedCall, ground: Ground): Promise<number> {
  const { api, options, world } = ground;
  const between = missedRuns(gap.schedule, gap.armedMs, call.acceptedAt, world.clock.now());
  if (between.kind === "by-machine" || between.runs.length === 0) return call.acceptedAt;
  try {
    const [seen] = await listInvocations(api, { invokeId: call.invokeId }, options);
    const armedMs = seen === undefined ? [] : foundSchedule(seen, world.hash).armedMs.values();
    return Math.max(call.acceptedAt, ...armedMs);
  } catch {
    // A line for people is not worth an operation: rather one run too many is named.
    return world.clock.now();
  }
}

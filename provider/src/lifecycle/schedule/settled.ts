import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationState, Row } from "../../inputs.js";
import { isAlive } from "../../plan/schedule-end.js";
import type { FoundSchedule } from "../../plan/schedule-wanted.js";
import { named } from "../../plan/targets.js";
import type { World } from "../world.js";
import { findOfOwner } from "./found.js";
import { awaitStopped, goneAfterMs, type StopContext } from "./stop.js";

type Options = { readonly deadlineMs: number; readonly signal: AbortSignal };

const lookAgainMs = 2_000;

/**
 * Everything of the owner, once no read is behind the ledger and nothing is on its way to an end:
 * whoever is not seen, or is just being stopped, must not be armed a second time.
 * @throws CloudAssistantError `StopTimedOut` where something does not come to its end
 */
export async function settledPast(
  api: CloudApi,
  state: CommandInvocationState,
  waitMs: number,
  options: Options,
  world: World,
): Promise<readonly FoundSchedule[]> {
  const owned = { owner: state.owner, ownership: state.ownership ?? "tags" } as const;
  const find = (): Promise<readonly FoundSchedule[]> =>
    findOfOwner(api, owned, state.invocationIds, world.hash, options);
  const until = world.clock.now() + goneAfterMs;
  let past = await find();
  while (missesSomebody(state, past) && world.clock.now() < until && !world.signal.aborted) {
    await world.clock.sleep(lookAgainMs, world.signal);
    past = await find();
  }
  return (await awaitEnding(past, { api, ...owned, waitMs, options, world })) ? find() : past;
}

/**
 * Waits for what somebody is just stopping.
 * @throws CloudAssistantError `StopTimedOut` where something does not come to its end
 * @returns whether there was anything to wait for
 */
export async function awaitEnding(
  past: readonly FoundSchedule[],
  context: StopContext,
): Promise<boolean> {
  const ending = past.flatMap(({ invokeId, members }) => {
    const ids = members.filter((one) => one.status === "Stopping").map((one) => one.instanceId);
    return ids.length === 0 ? [] : [{ invokeId, ids, whole: false }];
  });
  if (ending.length === 0) return false;
  const end = await awaitStopped(ending, context);
  if (end.kind === "stopped") return true;
  throw new CloudAssistantError(
    "StopTimedOut",
    `What somebody is stopping did not come to its end in time (${end.reason}). Given: still being ` +
      `stopped on ${named(end.ids, 20)}. Allowed: stopped, or armed. Run \`pulumi up\` again; nothing ` +
      `was armed.`,
  );
}

/** Whether a member that the ledger holds as armed is in no list at all, be it armed or ended. */
function missesSomebody(state: CommandInvocationState, past: readonly FoundSchedule[]): boolean {
  const seen = new Map(
    past.map((one) => [one.invokeId, new Set(one.members.map((member) => member.instanceId))]),
  );
  return Object.entries<Row>(state.results).some(
    ([id, { status, invocationId = "" }]) =>
      isAlive(status) && seen.get(invocationId)?.has(id) !== true,
  );
}

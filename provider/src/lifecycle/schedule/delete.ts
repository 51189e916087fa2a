import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationState, Row } from "../../inputs.js";
import { isLiving } from "../../plan/rows.js";
import { historyAtUpdate } from "../../plan/history.js";
import { named } from "../../plan/targets.js";
import { mustBeAccount } from "../account.js";
import { markSuperseded } from "../invocation/history.js";
import { deadlineMs, stopWaitMs } from "../invocation/limits-of-time.js";
import { nameOf, type World } from "../world.js";
import { findOfOwner } from "./found.js";
import { stopAndAwait, type StopOrder } from "./stop.js";

/**
 * Stops whatever of a schedule is alive, waits for it, and marks it last. What an interrupted
 * operation left is found and stopped as well; a machine that is gone counts as stopped.
 * @throws CloudAssistantError `StopTimedOut`, naming who; the state is kept
 */
export async function removeSchedule(state: CommandInvocationState, world: World): Promise<void> {
  const options = {
    deadlineMs: deadlineMs(state.deadline?.delete, world),
    signal: world.signal,
  };
  const api = world.apiFor(state.region, state.connection);
  await mustBeAccount(api, state, options);
  await stopEverything(state, options, world);
}

/** @returns the ids that were marked */
export async function stopEverything(
  state: CommandInvocationState,
  options: { readonly deadlineMs: number; readonly signal: AbortSignal },
  world: World,
): Promise<readonly string[]> {
  const api = world.apiFor(state.region, state.connection);
  const owned = { owner: state.owner, ownership: state.ownership ?? "tags" } as const;
  const past = await findOfOwner(api, owned, state.invocationIds, world.hash, options);
  const known = new Set(state.invocationIds);
  const { adopt, strays, foreign } = historyAtUpdate(
    past.map((one) => ({ ...one, superseded: !one.living })),
    { savedRunId: state.runId, wantedRunId: state.runId, known },
    world.hash,
  );
  const left = new Set([...adopt, ...strays].map((one) => one.invokeId));
  const name = nameOf(state.resourceUrn);
  if (foreign.length > 0) {
    const ids = foreign.map((one) => one.invokeId);
    world.print(
      name,
      `left alone, since this state does not know it: ${named(ids)} ` +
        `(npx pulumi-cloud-assistant orphans lists it)`,
    );
  }
  const ours = past.filter(({ invokeId }) => known.has(invokeId) || left.has(invokeId));
  const orders: StopOrder[] = ours.flatMap(({ invokeId, living, members }) =>
    living ? [{ invokeId, ids: members.map((one) => one.instanceId), whole: true }] : [],
  );
  const end = await stopAndAwait([...orders, ...unseenOf(state, past)], {
    api,
    ...owned,
    waitMs: stopWaitMs(state),
    options,
    world,
  });
  if (end.kind === "still") {
    throw new CloudAssistantError(
      "StopTimedOut",
      `Not everything stopped in time (${end.reason}). Given: still armed or running on ` +
        `${named(end.ids, 20)}. Allowed: everything stopped. Run this again; the state was kept.`,
    );
  }
  const unmarked = ours.filter((one) => !one.superseded).map((one) => one.invokeId);
  if (owned.ownership === "tags" && unmarked.length > 0) {
    if (!(await world.presence())) {
      throw new CloudAssistantError(
        "RunInterrupted",
        `The Pulumi engine is gone. Given: ${named(unmarked)}, stopped and not marked yet. Allowed: ` +
          `an engine that keeps the state. Run this again.`,
      );
    }
    await markSuperseded(api, state.owner, unmarked, world, options);
  }
  return unmarked;
}

/** What the ledger holds as armed and no read shows: a read may be behind, so it is told to stop. */
function unseenOf(
  state: CommandInvocationState,
  past: readonly { readonly invokeId: string }[],
): readonly StopOrder[] {
  const seen = new Set(past.map((one) => one.invokeId));
  const unseen = new Map<string, string[]>();
  for (const [id, row] of Object.entries<Row>(state.results)) {
    const { invocationId } = row;
    if (!isLiving(row) || invocationId === undefined || seen.has(invocationId)) continue;
    unseen.set(invocationId, [...(unseen.get(invocationId) ?? []), id]);
  }
  return [...unseen].map(([invokeId, ids]) => ({ invokeId, ids, whole: true }));
}

import type { CallOptions } from "../../client/port.js";
import type { CommandInvocationState, ResourceStatus } from "../../inputs.js";
import { judgeHolds } from "../../plan/hold.js";
import { describeDrift, driftOf, hasDrifted } from "../../plan/schedule-drift.js";
import { isOver } from "../../plan/schedule-end.js";
import type { FoundSchedule } from "../../plan/schedule-wanted.js";
import { pendingOf } from "../../plan/tracking.js";
import { summaryOf } from "../../result/ledger.js";
import { countSchedule } from "../../result/schedule-verdict.js";
import { mustBeAccount } from "../account.js";
import { nameOf, type World } from "../world.js";
import { findOfOwner } from "./found.js";
import { rowsNow } from "./truth.js";
import { wantedBefore } from "./update.js";

/** What a refresh finds: rows as they are, and `armed` as it is. Nothing is changed. */
export async function readSchedule(
  state: CommandInvocationState,
  world: World,
): Promise<CommandInvocationState> {
  const api = world.apiFor(state.region, state.connection);
  const options: CallOptions = { signal: world.signal };
  await mustBeAccount(api, state, options);
  const owned = { owner: state.owner, ownership: state.ownership ?? "tags" } as const;
  const past = await findOfOwner(api, owned, state.invocationIds, world.hash, options);
  const { schedule = {} } = state;
  const over = isOver(schedule, world.clock.now());
  const rows = rowsNow(state.results, new Map(past.map((one) => [one.invokeId, one])), {
    schedule,
    over,
    successExitCodes: state.successExitCodes ?? [0],
  });
  const drift = driftOf(state, past, wantedBefore(state), over);
  const seen: CommandInvocationState = {
    ...state,
    results: rows,
    summary: { ...summaryOf(Object.values(rows)), pending: pendingOf(state, rows).length },
  };
  if (state.status === "Abandoned") return seen;
  const known = new Set(state.invocationIds);
  const held = heldState(
    seen,
    past.filter((one) => known.has(one.invokeId)),
    world,
  );
  if (held !== undefined) return held;
  for (const line of describeDrift(drift)) world.print(nameOf(state.resourceUrn), line);
  const asked = schedule.suspend !== true;
  return {
    ...seen,
    status: statusOf(seen, over),
    armed: hasDrifted(drift) || hasFailed(seen, over) ? !asked : asked,
  };
}

/** Somebody stopped it and said so: nothing is armed until that is released. */
function heldState(
  state: CommandInvocationState,
  ledgers: readonly FoundSchedule[],
  world: World,
): CommandInvocationState | undefined {
  if (state.holdId !== "") return state;
  const found = judgeHolds(ledgers, state.releasedHolds, { resume: undefined, abandon: undefined });
  if (found.kind !== "in-force") return undefined;
  world.print(
    nameOf(state.resourceUrn),
    `held (${found.hold.id}): nothing is armed until it is released`,
  );
  return { ...state, status: "Held", holdId: found.hold.id, holdReason: "stop" };
}

/** Rows that fell out, by now or at an earlier refresh. What is red already says so itself. */
function hasFailed(state: CommandInvocationState, over: boolean): boolean {
  if (isUnfinished(state.status)) return false;
  const { schedule = {} } = state;
  const counts = countSchedule(Object.values(state.results), schedule, over);
  return schedule.suspend !== true && counts.failed + counts.notStarted + counts.unknown > 0;
}

function isUnfinished(status: ResourceStatus): boolean {
  return status === "Failed" || status === "Interrupted" || status === "Held";
}

function statusOf(state: CommandInvocationState, over: boolean): ResourceStatus {
  const { schedule = {}, status } = state;
  if (isUnfinished(status) || schedule.suspend === true) return status;
  const counts = countSchedule(Object.values(state.results), schedule, over);
  if (counts.armed + counts.pending > 0) return "Scheduled";
  if (counts.failed + counts.notStarted > 0) return "Stopped";
  return counts.fired > 0 ? "Finished" : status;
}

import type { CommandInvocationState, Row } from "../../inputs.js";
import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { PastInvocation } from "../../plan/history.js";
import { isLiving } from "../../plan/rows.js";
import { named } from "../../plan/targets.js";
import { defaultTimeout, stopWaitMs, waitMs } from "../invocation/limits-of-time.js";
import { nameOf, type World } from "../world.js";
import { stopEverything } from "./delete.js";
import { awaitIdle } from "./idle.js";
import { stopAndAwait } from "./stop.js";

type Options = { readonly deadlineMs: number; readonly signal: AbortSignal };

/**
 * Stops a schedule that becomes a run now: the old one is gone before the new one begins. What runs
 * at that moment is let go to its end first.
 * @throws CloudAssistantError `StopTimedOut` or `RunInterrupted`; the state is kept
 * @returns the state without anything alive
 */
export async function stoppedForRun(
  state: CommandInvocationState,
  api: CloudApi,
  options: Options,
  world: World,
): Promise<CommandInvocationState> {
  const patienceMs = waitMs(state, state.timeout ?? state.command?.timeout ?? defaultTimeout);
  const living = Object.values<Row>(state.results).flatMap((row) =>
    isLiving(row) && row.invocationId !== undefined ? [row.invocationId] : [],
  );
  for (const invokeId of new Set(living)) {
    const { cut } = await awaitIdle(invokeId, {
      api,
      options,
      patienceMs,
      holds: () => false,
      world,
    });
    if (cut?.kind === "ending" && cut.ending.kind === "interrupted") {
      throw new CloudAssistantError(
        "RunInterrupted",
        `The schedule is left armed, and nothing ran: ${cut.ending.reason}. Run \`pulumi up\` again.`,
      );
    }
  }
  await stopEverything(state, options, world);
  world.print(nameOf(state.resourceUrn), "the schedule is stopped");
  return {
    ...state,
    invocationIds: [],
    results: Object.fromEntries(
      Object.entries<Row>(state.results).map(([id, { attempt }]) => [
        id,
        { status: "Dropped", attempt },
      ]),
    ),
  };
}

/** Schedules that an interrupted update left: they fire again by themselves, so they are stopped. */
export async function stopStrays(
  state: CommandInvocationState,
  strays: readonly PastInvocation[],
  api: CloudApi,
  options: Options,
  world: World,
): Promise<void> {
  const firing = strays.filter((one) => one.scheduled && one.living);
  if (firing.length === 0) return;
  const end = await stopAndAwait(
    firing.map(({ invokeId, members }) => ({
      invokeId,
      ids: members.map((one) => one.instanceId),
      whole: true,
    })),
    {
      api,
      owner: state.owner,
      ownership: state.ownership ?? "tags",
      waitMs: stopWaitMs(state),
      options,
      world,
    },
  );
  if (end.kind === "stopped") return;
  throw new CloudAssistantError(
    "StopTimedOut",
    `A schedule that an interrupted update left did not stop in time (${end.reason}). Given: still ` +
      `armed on ${named(end.ids, 20)}. Allowed: everything stopped. Run this again; the state was ` +
      `kept.`,
  );
}

import { listInvocations } from "../../client/invocations.js";
import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationState } from "../../inputs.js";
import { chunk } from "../../plan/batches.js";
import { isLiving } from "../../plan/continuation.js";
import { named } from "../../plan/targets.js";
import { statusFromService, standings } from "../../result/status.js";
import { watch } from "../../watch/watch.js";
import { mustBeAccount } from "../account.js";
import { stopLeftSchedules } from "../schedule/before-run.js";
import { removeSchedule } from "../schedule/delete.js";
import type { World } from "../world.js";
import { markSuperseded } from "./history.js";
import { deadlineMs, waitMs } from "./limits-of-time.js";

/** Answers that say that there is nothing left to stop. */
const goneCodes = new Set(["InvalidInvokeId.NotFound", "InvalidInstanceId.NotFound"]);

/**
 * Stops what is alive and waits for it; marks what has ended, so that a resource made again later
 * does not take it over.
 * @throws CloudAssistantError `StopTimedOut`, naming who; the state is kept
 */
export async function remove(state: CommandInvocationState, world: World): Promise<void> {
  if (state.schedule !== undefined) return removeSchedule(state, world);
  const api = world.apiFor(state.region, state.connection);
  const callOptions = {
    deadlineMs: deadlineMs(state.deadline?.delete, world),
    signal: world.signal,
  };
  await mustBeAccount(api, state, callOptions);
  const strays = await stopLeftSchedules(state, api, callOptions, world);
  const living = livingIn(state);
  for (const [invokeId, members] of living) await stop(api, invokeId, members, callOptions);
  if (living.size > 0) await awaitStopped(api, state, living, world, callOptions);
  if (state.ownership !== "none") {
    const ids = [...state.invocationIds, ...strays];
    await markSuperseded(api, state.owner, ids, world, callOptions);
  }
}

function livingIn(state: CommandInvocationState): ReadonlyMap<string, readonly string[]> {
  const living = new Map<string, string[]>();
  for (const [id, row] of Object.entries(state.results)) {
    if (!isLiving(row) || row.invocationId === undefined) continue;
    const members = living.get(row.invocationId) ?? [];
    members.push(id);
    living.set(row.invocationId, members);
  }
  return living;
}

type Options = { readonly deadlineMs: number; readonly signal: AbortSignal };

async function stop(
  api: CloudApi,
  invokeId: string,
  members: readonly string[],
  options: Options,
): Promise<void> {
  for (const instanceId of chunk(members, 50)) {
    try {
      await api.call("StopInvocation", { invokeId, instanceId }, options);
    } catch (reason) {
      const error = CloudAssistantError.from(reason);
      if (!goneCodes.has(error.apiCode ?? "")) throw error;
    }
  }
}

async function awaitStopped(
  api: CloudApi,
  state: CommandInvocationState,
  living: ReadonlyMap<string, readonly string[]>,
  world: World,
  options: Options,
): Promise<void> {
  const began = world.clock.now();
  const until = Math.min(options.deadlineMs, began + waitMs(state, state.timeout ?? 60));
  let still: readonly string[] = [];
  const end = await watch(
    () => stillLiving(api, living, options),
    (seen) => {
      still = seen;
      return Promise.resolve(seen.length === 0 ? ("enough" as const) : ("again" as const));
    },
    began,
    { ...world, deadlineMs: until },
  );
  if (end.kind === "done") return;
  throw new CloudAssistantError(
    "StopTimedOut",
    `Not everything stopped in time (${end.reason}). Given: still running on ${named(still, 20)}. ` +
      `Allowed: everything stopped. Run \`pulumi destroy\` again; the state was kept.`,
  );
}

/** Members that the service still shows as alive. A record that is gone has nothing alive. */
async function stillLiving(
  api: CloudApi,
  living: ReadonlyMap<string, readonly string[]>,
  options: Options,
): Promise<readonly string[]> {
  const still: string[] = [];
  for (const [invokeId, members] of living) {
    const wanted = new Set(members);
    const found = await listInvocations(api, { invokeId }, options);
    for (const invocation of found) {
      for (const seen of invocation.invokeInstances?.invokeInstance ?? []) {
        const id = seen.instanceId ?? "";
        const alive = standings[statusFromService(seen.invocationStatus)] === "living";
        if (wanted.has(id) && alive) still.push(id);
      }
    }
  }
  return still;
}

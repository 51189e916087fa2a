import { listInvocations } from "../../client/invocations.js";
import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationState } from "../../inputs.js";
import { chunk } from "../../plan/batches.js";
import { isLiving } from "../../plan/continuation.js";
import { historyAtUpdate, type PastInvocation } from "../../plan/history.js";
import { named } from "../../plan/targets.js";
import { statusFromService, standings } from "../../result/status.js";
import { watch } from "../../watch/watch.js";
import { mustBeAccount } from "../account.js";
import { stopStrays } from "../schedule/before-run.js";
import { removeSchedule } from "../schedule/delete.js";
import { mustBePresent, nameOf, type World } from "../world.js";
import { leftBehind } from "./diff.js";
import { historyOf, markSuperseded } from "./history.js";
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
  const left = await leftOf(state, api, callOptions, world);
  await stopStrays(state, left, api, callOptions, world);
  const living = new Map([...livingIn(state), ...livingAmong(left)]);
  for (const [invokeId, members] of living) await stop(api, invokeId, members, world, callOptions);
  if (living.size > 0) await awaitStopped(api, state, living, world, callOptions);
  if (state.ownership !== "none") {
    const ids = [...state.invocationIds, ...left.map((one) => one.invokeId)];
    await markSuperseded(api, state.owner, ids, world, callOptions);
  }
}

/** What is ours and the ledger does not know: an update that was interrupted has made it. */
async function leftOf(
  state: CommandInvocationState,
  api: CloudApi,
  options: Options,
  world: World,
): Promise<readonly PastInvocation[]> {
  if (state.ownership === "none") return [];
  const known = new Set(state.invocationIds);
  const { adopt, strays } = historyAtUpdate(
    await historyOf(api, state.owner, options),
    { savedRunId: state.runId, wantedRunId: state.runId, known },
    world.hash,
  );
  const left = [...adopt, ...strays];
  if (left.length > 0) {
    const ids = left.map((one) => one.invokeId);
    world.print(nameOf(state.resourceUrn), `${leftBehind(ids)}; it is stopped and set aside`);
  }
  return left;
}

/** Of schedules nothing is alive any more by then. */
function livingAmong(left: readonly PastInvocation[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    left
      .filter((one) => one.living && !one.scheduled)
      .map(({ invokeId, members }) => [
        invokeId,
        members
          .filter((seen) => standings[statusFromService(seen.status)] === "living")
          .map((seen) => seen.instanceId),
      ]),
  );
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
  world: World,
  options: Options,
): Promise<void> {
  for (const instanceId of chunk(members, 50)) {
    await mustBePresent(world);
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
  const until = Math.min(
    options.deadlineMs,
    began + waitMs(state, state.timeout ?? state.command?.timeout ?? 60),
  );
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

import { listInvocations } from "../../client/invocations.js";
import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationState } from "../../inputs.js";
import { chunk } from "../../plan/batches.js";
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
import { deadlineMs, stopWaitMs } from "./limits-of-time.js";
import { openInvocations, stillRunning } from "./still-running.js";

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
  const { known, left, shown } = await oursOf(state, api, callOptions, world);
  await stopStrays(state, left, api, callOptions, world);
  const ids = [...known, ...left.map((one) => one.invokeId)];
  const living = await stillRunning(api, state, shown, ids, callOptions);
  for (const [invokeId, members] of living) await stop(api, invokeId, members, world, callOptions);
  if (living.size > 0) await awaitStopped(api, state, living, world, callOptions);
  if (state.ownership !== "none") {
    const unmarked = left.filter((one) => !one.superseded).map((one) => one.invokeId);
    const marked = [...state.invocationIds, ...unmarked];
    await markSuperseded(api, state.owner, marked, world, callOptions);
  }
}

type Ours = {
  /** Ids of the ledger that may have something alive. */
  readonly known: readonly string[];
  /** What is ours and the ledger does not know: an update that was interrupted has made it. */
  readonly left: readonly PastInvocation[];
  /** Everything that the service lists of the owner. */
  readonly shown: readonly PastInvocation[];
};

/** A mark says nothing of what is alive: what an update marked before it died may still run. */
async function oursOf(
  state: CommandInvocationState,
  api: CloudApi,
  options: Options,
  world: World,
): Promise<Ours> {
  if (state.ownership === "none") return { known: state.invocationIds, left: [], shown: [] };
  const shown = await historyOf(api, state.owner, options);
  const ids = new Set(state.invocationIds);
  const { adopt, strays, marked } = historyAtUpdate(
    shown,
    { savedRunId: state.runId, wantedRunId: state.runId, known: ids },
    world.hash,
  );
  const left = [...adopt, ...strays, ...marked].filter((one) => one.living || !one.superseded);
  if (left.length > 0) {
    const names = left.map((one) => one.invokeId);
    world.print(nameOf(state.resourceUrn), `${leftBehind(names)}; it is stopped and set aside`);
  }
  const listed = shown.filter((one) => ids.has(one.invokeId)).map((one) => one.invokeId);
  return { known: [...listed, ...openInvocations(state)], left, shown };
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
  const until = Math.min(options.deadlineMs, began + stopWaitMs(state));
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

import { listInvocations, tagInvocations, tagOf } from "../client/invocations.js";
import type { CallOptions, CloudApi, InvocationFound } from "../client/port.js";
import type { WorldClock } from "../client/world.js";
import { CloudAssistantError } from "../errors.js";
import { tagKeys } from "../names.js";
import { chunk } from "../plan/batches.js";
import { holdTagValue, type Hold } from "../plan/hold.js";
import { pastFrom } from "./invocation/history.js";
import { standings, statusFromService } from "../result/status.js";

export type StopDeps = {
  readonly clock: WorldClock;
  readonly randomId: (length: number) => string;
  readonly options: CallOptions;
};

/** What one look at the invocations of an owner has led to. */
export type StopProgress =
  | { readonly kind: "held"; readonly hold: Hold; readonly invokeIds: readonly string[] }
  | {
      readonly kind: "stopped";
      readonly invokeId: string;
      readonly instanceIds: readonly string[];
    };

export type StopEnd = {
  readonly hold: Hold;
  /** Current invocations, all of them held now. */
  readonly invokeIds: readonly string[];
  /** Members that were alive and were told to stop. */
  readonly stopped: number;
};

/** Between two looks: longer than the index of tags lags as a rule. */
const lookEveryMs = 2_000;
/** So many looks in a row have to find nothing new. */
const quietLooks = 2;

/**
 * Stops a run from elsewhere. The hold comes first, so that the provider starts nothing more while
 * what is alive is being stopped; then it is looked again, for a call that was on its way.
 *
 * @param reason for people, kept with the hold; may be empty
 * @throws CloudAssistantError `NothingToStop` when the owner has no current invocation
 */
export async function stopOwner(
  api: CloudApi,
  owner: string,
  reason: string,
  deps: StopDeps,
  progress: (step: StopProgress) => void,
): Promise<StopEnd> {
  const held = new Set<string>();
  const toldToStop = new Set<string>();
  let hold: Hold | undefined;
  for (let quiet = 0; quiet < quietLooks;) {
    const current = await currentOf(api, owner, deps.options);
    const unheld = current.filter(({ invokeId }) => invokeId !== undefined && !held.has(invokeId));
    if (unheld.length > 0) {
      hold ??= { id: `${runIdOf(unheld)}.${deps.randomId(8)}`, reason };
      const invokeIds = idsOf(unheld);
      await tagInvocations(
        api,
        invokeIds,
        [{ key: tagKeys.hold, value: holdTagValue(hold) }],
        deps.options,
      );
      for (const id of invokeIds) held.add(id);
      progress({ kind: "held", hold, invokeIds });
    }
    const stopped = await stopLiving(api, current, toldToStop, deps, progress);
    quiet = unheld.length === 0 && stopped === 0 ? quiet + 1 : 0;
    if (quiet < quietLooks) await deps.clock.sleep(lookEveryMs, deps.options.signal);
  }
  if (hold === undefined) throw nothingAccepted(owner, api.region);
  return { hold, invokeIds: [...held], stopped: toldToStop.size };
}

/**
 * Stops invocations by their ids, where no tag says whose they are. The provider cannot be told.
 * @throws CloudAssistantError `NothingToStop` when none of them is alive
 */
export async function stopInvocations(
  api: CloudApi,
  invokeIds: readonly string[],
  deps: StopDeps,
  progress: (step: StopProgress) => void,
): Promise<number> {
  const found: InvocationFound[] = [];
  for (const invokeId of invokeIds) {
    found.push(...(await listInvocations(api, { invokeId }, deps.options)));
  }
  const stopped = await stopLiving(api, found, new Set(), deps, progress);
  if (stopped > 0) return stopped;
  throw new CloudAssistantError(
    "NothingToStop",
    `Nothing is alive that could be stopped. Given: ${invokeIds.join(", ") || "no invocation"}. ` +
      `Allowed: at least one living invocation. Without tags only what is in the state is known: ` +
      `interrupt the pulumi process itself if a run is under way.`,
  );
}

/**
 * What of an owner can be held or stopped. A mark says that it is of another time, not that it has
 * ended: a run that replaces it may be waiting for it.
 */
async function currentOf(
  api: CloudApi,
  owner: string,
  options: CallOptions,
): Promise<readonly InvocationFound[]> {
  const all = await listInvocations(api, { tag: [{ key: tagKeys.owner, value: owner }] }, options);
  return all.filter(
    (found) => tagOf(found, tagKeys.superseded) === undefined || pastFrom(found).living,
  );
}

/** @returns how many members were told to stop that had not been told before */
async function stopLiving(
  api: CloudApi,
  invocations: readonly InvocationFound[],
  toldToStop: Set<string>,
  deps: StopDeps,
  progress: (step: StopProgress) => void,
): Promise<number> {
  let count = 0;
  for (const found of invocations) {
    const invokeId = found.invokeId ?? "";
    const members = found.invokeInstances?.invokeInstance ?? [];
    const living = members.flatMap(({ instanceId = "", invocationStatus }) =>
      standings[statusFromService(invocationStatus)] === "living" &&
      invocationStatus !== "Stopping" &&
      !toldToStop.has(`${invokeId} ${instanceId}`)
        ? [instanceId]
        : [],
    );
    if (living.length === 0) continue;
    await stopMembers(api, invokeId, living, living.length === members.length, deps.options);
    for (const id of living) toldToStop.add(`${invokeId} ${id}`);
    count += living.length;
    progress({ kind: "stopped", invokeId, instanceIds: living });
  }
  return count;
}

/** What was not there any more when it was to be stopped has stopped. */
const goneCodes = new Set(["InvalidInvokeId.NotFound", "InvalidInstanceId.NotFound"]);

async function stopMembers(
  api: CloudApi,
  invokeId: string,
  instanceIds: readonly string[],
  all: boolean,
  options: CallOptions,
): Promise<void> {
  const pieces = all ? [undefined] : chunk(instanceIds, 50);
  for (const instanceId of pieces) {
    try {
      await api.call(
        "StopInvocation",
        { invokeId, ...(instanceId === undefined ? {} : { instanceId }) },
        options,
      );
    } catch (reason) {
      const error = CloudAssistantError.from(reason);
      if (!goneCodes.has(error.apiCode ?? "")) throw error;
    }
  }
}

/** The run that the newest of them belongs to. */
function runIdOf(invocations: readonly InvocationFound[]): string {
  const newest = [...invocations].sort((a, b) =>
    (b.creationTime ?? "") < (a.creationTime ?? "") ? -1 : 1,
  )[0];
  return (newest === undefined ? undefined : tagOf(newest, tagKeys.run)) ?? "run";
}

function idsOf(invocations: readonly InvocationFound[]): readonly string[] {
  return invocations.flatMap(({ invokeId }) => (invokeId === undefined ? [] : [invokeId]));
}

function nothingAccepted(owner: string, region: string): CloudAssistantError {
  return new CloudAssistantError(
    "NothingToStop",
    `Nothing was accepted yet, so there is nothing to stop, and nothing that could carry a hold. ` +
      `Given: owner ${owner} in region ${region}. Allowed: an owner with at least one current ` +
      `invocation. A run that is just beginning has none: try again in a moment, or interrupt the ` +
      `pulumi process itself.`,
  );
}

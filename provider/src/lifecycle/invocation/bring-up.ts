import type { CallOptions, CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs } from "../../inputs.js";
import { chunk } from "../../plan/batches.js";
import type { Standing } from "../../plan/readiness.js";
import { named } from "../../plan/targets.js";
import { mustBePresent, nameOf, type World } from "../world.js";

/** What a sweep has done to machines so far; each is started and installed on once. */
export type BroughtUp = {
  readonly started: Set<string>;
  readonly installed: Set<string>;
  /** Who could not be started, and why: not waited for. */
  readonly refused: Map<string, string>;
  /** A client of a machine that was seen coming up is given until then to show itself. */
  readonly clientDue: Map<string, number>;
};

export function nothingBroughtUp(): BroughtUp {
  return {
    started: new Set(),
    installed: new Set(),
    refused: new Map(),
    clientDue: new Map(),
  };
}

/** Until a client that is installed must have been heard of after a start. */
const clientGraceMs = 90_000;

/** Starts and installs, only where the program asks for it. */
export async function bringUp(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  standings: ReadonlyMap<string, Standing>,
  done: BroughtUp,
  world: World,
  options: CallOptions,
): Promise<void> {
  const now = world.clock.now();
  for (const [id, { kind }] of standings) {
    if (kind === "stopped" || kind === "coming") done.clientDue.set(id, now + clientGraceMs);
  }
  const { start, install } = inputs.readiness ?? {};
  const name = nameOf(inputs.resourceUrn);
  const stopped = ofKind(standings, "stopped").filter(
    (id) => !done.started.has(id) && !done.refused.has(id),
  );
  if (start === true && stopped.length > 0) {
    world.print(name, `starts ${named(stopped)}`);
    for (const ids of chunk(stopped, 100)) await startAll(api, ids, done, world, options);
  }
  const bare = ofKind(standings, "no-client").filter(
    (id) => !done.installed.has(id) && (done.clientDue.get(id) ?? 0) <= now,
  );
  if (install === "with-reboot" && bare.length > 0) {
    world.print(name, `installs the client on, and reboots, ${named(bare)}`);
    for (const ids of chunk(bare, 50)) await installOn(api, ids, done, world, options);
  }
}

/** Each as it can: one that may not start must not keep the others down. */
const batchOptimization = "SuccessFirst";

async function startAll(
  api: CloudApi,
  ids: readonly string[],
  done: BroughtUp,
  world: World,
  options: CallOptions,
): Promise<void> {
  if (!(await world.presence())) return;
  const answer = await api.call(
    "StartInstances",
    { instanceId: ids, batchOptimization },
    { ...options, beforeTry: () => mustBePresent(world) },
  );
  for (const id of ids) done.started.add(id);
  for (const one of answer.instanceResponses?.instanceResponse ?? []) {
    const { instanceId = "", code = "200", message = "" } = one;
    // Somebody has started it already, perhaps we ourselves in a call whose answer was lost.
    if (code === "200" || code === "IncorrectInstanceStatus") continue;
    done.started.delete(instanceId);
    done.refused.set(instanceId, `${code}: ${message}`);
  }
}

/** Installing takes effect at the next start only. */
async function installOn(
  api: CloudApi,
  ids: readonly string[],
  done: BroughtUp,
  world: World,
  options: CallOptions,
): Promise<void> {
  if (!(await world.presence())) return;
  const beforeTry = (): Promise<void> => mustBePresent(world);
  await api.call("InstallCloudAssistant", { instanceId: ids }, { ...options, beforeTry });
  if (!(await world.presence())) return;
  await rebootOnce(api, ids, options, beforeTry);
  for (const id of ids) done.installed.add(id);
}

/**
 * A reboot takes no token. Where its answer is lost it is not asked for again: how the machines stand,
 * the looks of the sweep tell, and who has not come up by its end is unready.
 */
async function rebootOnce(
  api: CloudApi,
  ids: readonly string[],
  options: CallOptions,
  beforeTry: () => Promise<void>,
): Promise<void> {
  const once = { ...options, beforeTry, unrepeatable: true };
  try {
    await api.call("RebootInstances", { instanceId: ids, batchOptimization }, once);
  } catch (reason) {
    if (CloudAssistantError.from(reason).code !== "ApiUnreachable") throw reason;
  }
}

function ofKind(
  standings: ReadonlyMap<string, Standing>,
  kind: Standing["kind"],
): readonly string[] {
  return [...standings].filter(([, standing]) => standing.kind === kind).map(([id]) => id);
}

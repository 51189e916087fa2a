import { listInvocations, tagInvocations, tagOf } from "../../client/invocations.js";
import type { CallOptions, CloudApi, InvocationFound } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { Observation } from "../../inputs.js";
import { tagKeys } from "../../names.js";
import { chunk } from "../../plan/batches.js";
import type { HistoryDecision, PastInvocation } from "../../plan/history.js";
import { holdOfTag, type Hold } from "../../plan/hold.js";
import { named } from "../../plan/targets.js";
import { standings, statusFromService } from "../../result/status.js";
import { mustBePresent, type World } from "../world.js";

/** Everything that the service still knows of an owner. */
export async function historyOf(
  api: CloudApi,
  owner: string,
  options: CallOptions,
): Promise<readonly PastInvocation[]> {
  const found = await listInvocations(
    api,
    { tag: [{ key: tagKeys.owner, value: owner }] },
    options,
  );
  return found.map(pastFrom);
}

/** An invocation as an operation of another time has left it. */
export function pastFrom(found: InvocationFound): PastInvocation {
  const members = observationsOf(found);
  return {
    invokeId: found.invokeId ?? "",
    runId: tagOf(found, tagKeys.run) ?? "",
    inputHash: tagOf(found, tagKeys.hash) ?? "",
    superseded: tagOf(found, tagKeys.superseded) !== undefined,
    hold: holdOf(found),
    createdAt: found.creationTime ?? "",
    living: members.some((seen) => standings[statusFromService(seen.status)] === "living"),
    scheduled: found.repeatMode !== undefined && !["", "Once", "DryRun"].includes(found.repeatMode),
    members,
  };
}

/** The hold on an invocation, in force or not. */
export function holdOf(found: InvocationFound): Hold | undefined {
  const value = tagOf(found, tagKeys.hold);
  return value === undefined ? undefined : holdOfTag(value);
}

export function observationsOf(found: InvocationFound): readonly Observation[] {
  return (found.invokeInstances?.invokeInstance ?? []).map(observationOf);
}

/** One member of an invocation, as a look shows it. */
export function observationOf(seen: MemberSeen): Observation {
  return {
    instanceId: seen.instanceId ?? "",
    status: seen.invocationStatus,
    exitCode: seen.exitCode,
    dropped: seen.dropped,
    errorCode: seen.errorCode,
    errorInfo: seen.errorInfo,
    startedAt: seen.startTime,
    finishedAt: seen.finishTime,
  };
}

type MemberSeen = NonNullable<
  NonNullable<InvocationFound["invokeInstances"]>["invokeInstance"]
>[number];

/**
 * Something of this owner is alive that the state does not explain. It may be a colleague's, so it
 * is never stopped by itself.
 * @throws CloudAssistantError `ForeignInvocation`
 */
export function refuseForeign(decision: Pick<HistoryDecision, "foreign">): void {
  if (decision.foreign.length === 0) return;
  const ids = decision.foreign.map((one) => one.invokeId);
  throw new CloudAssistantError(
    "ForeignInvocation",
    `Another run of this resource is alive that this state does not know, so nothing ran. Given: ` +
      `${named(ids)}. Allowed: no other living run of the same owner. Wait until it has ended, stop ` +
      `it with \`npx pulumi-cloud-assistant orphans --stop ${ids[0] ?? "ID"}\`, or set another ` +
      `cloud-assistant:ownerSalt if it is a colleague's.`,
  );
}

const readBackPatienceMs = 60_000;

/**
 * Marks invocations superseded, and reads the marks back before it goes on: what is not seen to be
 * marked would be taken over by the next run. A record that has expired need not be marked.
 */
export async function markSuperseded(
  api: CloudApi,
  owner: string,
  invokeIds: readonly string[],
  world: World,
  options: CallOptions,
): Promise<void> {
  if (invokeIds.length === 0) return;
  const marked: string[] = [];
  for (const piece of chunk(invokeIds, 50)) {
    await mustBePresent(world);
    marked.push(...(await mark(api, piece, options)));
  }
  const until = world.clock.now() + readBackPatienceMs;
  let open = new Set(marked);
  for (let pause = 250; open.size > 0; pause = Math.min(5_000, pause * 2)) {
    const past = await historyOf(api, owner, options);
    const visible = new Map(past.map((one) => [one.invokeId, one]));
    // What the index does not list at all cannot be taken over from it.
    open = new Set([...open].filter((id) => visible.get(id)?.superseded === false));
    if (open.size === 0) return;
    if (world.clock.now() + pause > until || world.signal.aborted) {
      throw new CloudAssistantError(
        "ApiUnreachable",
        `Earlier runs were marked as superseded, but the mark cannot be read back (${named([...open])}). ` +
          `Run \`pulumi up\` again in a minute; nothing new ran.`,
      );
    }
    await world.clock.sleep(pause, world.signal);
  }
}

/** @returns the ids that were there to be marked */
async function mark(
  api: CloudApi,
  invokeIds: readonly string[],
  options: CallOptions,
): Promise<readonly string[]> {
  try {
    await tagInvocations(api, invokeIds, [{ key: tagKeys.superseded, value: "true" }], options);
    return invokeIds;
  } catch (reason) {
    const error = CloudAssistantError.from(reason);
    if (error.apiCode !== "InvalidResourceId.NotFound") throw error;
    if (invokeIds.length === 1) return [];
    // One expired record refuses the whole call: each is marked alone.
    const marked: string[] = [];
    for (const id of invokeIds) marked.push(...(await mark(api, [id], options)));
    return marked;
  }
}

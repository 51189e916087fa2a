import { listInvocations } from "../../client/invocations.js";
import type { CallOptions, CloudApi, InvocationFound } from "../../client/port.js";
import { tagKeys } from "../../names.js";
import type { Hash } from "../../plan/hash.js";
import type { FoundSchedule } from "../../plan/schedule-wanted.js";
import { isAlive } from "../../plan/schedule-end.js";
import { statusFromService } from "../../result/status.js";
import { pastFrom } from "../invocation/history.js";

export type Owned = {
  readonly owner: string;
  readonly ownership: "tags" | "none";
};

/**
 * Everything that the service still knows of an owner, and the invocations of the ledger by their
 * ids where the index of tags does not show them.
 */
export async function findOfOwner(
  api: CloudApi,
  { owner, ownership }: Owned,
  ids: readonly string[],
  hash: Hash,
  options: CallOptions,
): Promise<readonly FoundSchedule[]> {
  const listed =
    ownership === "none"
      ? []
      : await listInvocations(api, { tag: [{ key: tagKeys.owner, value: owner }] }, options);
  const seen = new Set(listed.map((found) => found.invokeId));
  const missing = [...new Set(ids)].filter((id) => !seen.has(id));
  const byId: InvocationFound[] = [];
  for (const invokeId of missing) {
    byId.push(...(await listInvocations(api, { invokeId }, options)));
  }
  return [...listed, ...byId].map((found) => foundSchedule(found, hash));
}

/**
 * What of an owner, or of these ids, is alive: one read for every schedule of a process, if `api`
 * remembers what it read.
 */
export async function findLiving(
  api: CloudApi,
  { owner, ownership }: Owned,
  ids: readonly string[],
  hash: Hash,
  options: CallOptions,
): Promise<readonly FoundSchedule[]> {
  const tag = ownership === "none" ? [] : [{ key: tagKeys.owner }];
  const listed = await listInvocations(api, { tag, timed: true }, options);
  const known = new Set(ids);
  return listed
    .filter((found) => known.has(found.invokeId ?? "") || ownerOf(found) === owner)
    .map((found) => foundSchedule(found, hash));
}

function ownerOf(found: InvocationFound): string | undefined {
  return found.tags?.tag?.find((tag) => tag.tagKey === tagKeys.owner)?.tagValue;
}

export function foundSchedule(found: InvocationFound, hash: Hash): FoundSchedule {
  const past = pastFrom(found);
  const content = Buffer.from(found.commandContent ?? "", "base64").toString("utf8");
  const instances = found.invokeInstances?.invokeInstance ?? [];
  const statusOf = (one: (typeof instances)[number]) => statusFromService(one.invocationStatus);
  return {
    ...past,
    alive: new Set(
      instances.filter((one) => isAlive(statusOf(one))).map((one) => one.instanceId ?? ""),
    ),
    running: new Set(
      instances.filter((one) => statusOf(one) === "Running").map((one) => one.instanceId ?? ""),
    ),
    repeatMode: found.repeatMode ?? "",
    frequency: found.frequency ?? "",
    parameters: parametersIn(found.parameters),
    contentHash: hash.sha256(content),
    commandId: found.commandId ?? "",
    createdMs: Date.parse(found.creationTime ?? "") || 0,
    armedMs: new Map(
      instances.flatMap((one) => {
        const at = Date.parse(one.updateTime ?? "");
        // Its status has changed once only: when it was armed.
        return one.repeats !== 0 || Number.isNaN(at) ? [] : [[one.instanceId ?? "", at] as const];
      }),
    ),
    stoppedMs: new Map(
      instances.flatMap((one) => {
        const at = Date.parse(one.stopTime ?? "");
        return Number.isNaN(at) ? [] : [[one.instanceId ?? "", at] as const];
      }),
    ),
  };
}

/** A text that is no map of texts says nothing. */
function parametersIn(text: string | undefined): Readonly<Record<string, string>> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));
  } catch {
    return {};
  }
}

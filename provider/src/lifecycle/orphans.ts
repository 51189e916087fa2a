import { listInvocations, tagOf } from "../client/invocations.js";
import { findCommand } from "../client/commands.js";
import { readPages } from "../client/pages.js";
import type { CallOptions, CloudApi, InvocationFound } from "../client/port.js";
import { CloudAssistantError } from "../errors.js";
import { tagKeys } from "../names.js";
import { standings, statusFromService } from "../result/status.js";

/** An invocation that carries an owner's tag, as far as people need to know it. */
export type TaggedInvocation = {
  readonly invokeId: string;
  readonly owner: string;
  /** The service's status of the whole. */
  readonly status: string;
  readonly createdAt: string;
  readonly members: number;
  readonly living: number;
  readonly superseded: boolean;
};

export type OrphanedCommand = {
  readonly commandId: string;
  readonly owner: string;
  readonly name: string;
};

export type Orphans = {
  /** Living ones first, then the newest first. */
  readonly invocations: readonly TaggedInvocation[];
  readonly commands: readonly OrphanedCommand[];
};

/** What states own: the owners of their invocations, and the ids of their saved commands. */
export type Owned = {
  readonly owners: ReadonlySet<string>;
  readonly commandIds: ReadonlySet<string>;
};

/** What carries a tag of this package and belongs to nobody in `owned`. */
export async function findOrphans(
  api: CloudApi,
  owned: Owned,
  options: CallOptions,
): Promise<Orphans> {
  const [tagged, commands] = await Promise.all([
    ownersOf(api, "invocation", options),
    ownersOf(api, "command", options),
  ]);
  const owners = new Set([...tagged.values()].filter((owner) => !owned.owners.has(owner)));
  const invocations: TaggedInvocation[] = [];
  for (const owner of owners) {
    const tag = [{ key: tagKeys.owner, value: owner }];
    invocations.push(...(await listInvocations(api, { tag }, options)).map(taggedInvocation));
  }
  const unowned = [...commands].filter(([commandId]) => !owned.commandIds.has(commandId));
  return {
    invocations: invocations.sort(livingFirst),
    commands: await Promise.all(
      unowned.map(async ([commandId, owner]) => ({
        commandId,
        owner,
        name: (await findCommand(api, commandId, options))?.name ?? "",
      })),
    ),
  };
}

/**
 * One invocation with a tag of this package.
 * @throws CloudAssistantError `NotFound` when there is none of this id, or it is not ours
 */
export async function findTagged(
  api: CloudApi,
  invokeId: string,
  options: CallOptions,
): Promise<TaggedInvocation> {
  const found = (await listInvocations(api, { invokeId }, options)).find(
    (one) => one.invokeId === invokeId,
  );
  if (found !== undefined && tagOf(found, tagKeys.owner) !== undefined) {
    return taggedInvocation(found);
  }
  const what = found === undefined ? "does not exist in this region" : "is not of this package";
  throw new CloudAssistantError(
    "NotFound",
    `The invocation ${what}. Given: ${invokeId}, region ${api.region}. Allowed: an invocation with ` +
      `the tag ${tagKeys.owner}. Look at the list that orphans prints without --stop.`,
  );
}

/** Stops an invocation, all of its machines. One that has ended meanwhile is fine. */
export async function stopTagged(
  api: CloudApi,
  invokeId: string,
  options: CallOptions,
): Promise<void> {
  await api.call("StopInvocation", { invokeId }, options);
}

/** The owner of each tagged resource of a type, by its id. */
async function ownersOf(
  api: CloudApi,
  resourceType: "invocation" | "command",
  options: CallOptions,
): Promise<ReadonlyMap<string, string>> {
  const found = await readPages(
    (nextToken) =>
      api.call(
        "ListTagResources",
        {
          resourceType,
          tag: [{ key: tagKeys.owner }],
          ...(nextToken === undefined ? {} : { nextToken }),
        },
        options,
      ),
    {
      items: (answer) => answer.tagResources?.tagResource ?? [],
      nextToken: (answer) => answer.nextToken,
    },
  );
  return new Map(
    found.flatMap(({ resourceId = "", tagKey, tagValue = "" }) =>
      tagKey === tagKeys.owner && resourceId !== "" ? [[resourceId, tagValue] as const] : [],
    ),
  );
}

function taggedInvocation(found: InvocationFound): TaggedInvocation {
  const members = found.invokeInstances?.invokeInstance ?? [];
  return {
    invokeId: found.invokeId ?? "",
    owner: tagOf(found, tagKeys.owner) ?? "",
    status: found.invocationStatus ?? "",
    createdAt: found.creationTime ?? "",
    members: members.length,
    living: members.filter((one) => standings[statusFromService(one.invocationStatus)] === "living")
      .length,
    superseded: tagOf(found, tagKeys.superseded) !== undefined,
  };
}

function livingFirst(a: TaggedInvocation, b: TaggedInvocation): number {
  const rank = Number(b.living > 0) - Number(a.living > 0);
  return rank !== 0 ? rank : b.createdAt < a.createdAt ? -1 : 1;
}

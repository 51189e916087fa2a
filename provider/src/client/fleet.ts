import type { Targets } from "../inputs.js";
import { chunk } from "../plan/batches.js";
import { isManaged, type Instance } from "../plan/instance.js";
import { matches, type Found } from "../plan/targets.js";
import { CloudAssistantError } from "../errors.js";
import type {
  CallOptions,
  CloudApi,
  InstanceFound,
  ManagedInstanceFound,
  TagFound,
} from "./port.js";
import { readPages } from "./pages.js";

/** DescribeInstances shows at most so many by a filter (API reference 2.1). */
const filterCap = 1_000;

/** Finds the machines that targets name or select. */
export async function findTargets(
  api: CloudApi,
  targets: Targets,
  options: CallOptions = {},
): Promise<Found> {
  const [declared, selected] = await Promise.all([
    findByIds(api, targets.instanceIds ?? [], options),
    findSelected(api, targets, options),
  ]);
  return { declared, selected };
}

/** Instances by id. One that does not exist is absent from the answer. */
export async function findByIds(
  api: CloudApi,
  ids: readonly string[],
  options: CallOptions = {},
): Promise<ReadonlyMap<string, Instance>> {
  const ecs = chunk(
    ids.filter((id) => !isManaged(id)),
    100,
  ).map(async (piece) => {
    const answer = await api.call(
      "DescribeInstances",
      { instanceIds: JSON.stringify(piece), maxResults: 100 },
      options,
    );
    return (answer.instances?.instance ?? []).map(fromEcs);
  });
  const managed = chunk(ids.filter(isManaged), 50).map(async (piece) => {
    const answer = await api.call(
      "DescribeManagedInstances",
      { instanceId: piece, maxResults: 50 },
      options,
    );
    return (answer.instances ?? []).map(fromManaged);
  });
  const found = (await Promise.all([...ecs, ...managed])).flat();
  return new Map(found.map((instance) => [instance.instanceId, instance]));
}

async function findSelected(
  api: CloudApi,
  targets: Targets,
  options: CallOptions,
): Promise<readonly Instance[]> {
  if (targets.tags !== undefined) return findByTags(api, targets, targets.tags, options);
  if (targets.names !== undefined) return findByNames(api, targets, targets.names, options);
  if (targets.resourceGroupId !== undefined) {
    return findByGroup(api, targets, targets.resourceGroupId, options);
  }
  return [];
}

/**
 * DescribeInstances filters at most 1,000 resources by tag, so tags are asked first: the ids that
 * carry all of them, then the machines in hundreds.
 */
async function findByTags(
  api: CloudApi,
  targets: Targets,
  tags: Readonly<Record<string, string>>,
  options: CallOptions,
): Promise<readonly Instance[]> {
  const tag = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const carrying = async (resourceType: string): Promise<readonly string[]> => {
    const found = await readPages(
      (nextToken) =>
        api.call(
          "ListTagResources",
          { resourceType, tag, ...(nextToken === undefined ? {} : { nextToken }) },
          options,
        ),
      {
        items: (answer) => answer.tagResources?.tagResource ?? [],
        nextToken: (answer) => answer.nextToken,
      },
    );
    return [...new Set(found.map((item) => item.resourceId ?? "").filter((id) => id !== ""))];
  };
  const [ecs, managed] = await Promise.all([carrying("instance"), carrying("managedinstance")]);
  const instances = await findByIds(api, [...ecs, ...managed], options);
  return [...instances.values()].filter((instance) => matches(targets, instance));
}

/** The group is not asked for: its filter shows no more than a thousand, that of names has no such end. */
async function findByNames(
  api: CloudApi,
  targets: Targets,
  names: readonly string[],
  options: CallOptions,
): Promise<readonly Instance[]> {
  const found = await Promise.all(
    names.flatMap((instanceName) => [
      listInstances(api, { instanceName }, options),
      listManaged(api, { instanceName }, options),
    ]),
  );
  const byId = new Map(found.flat().map((instance) => [instance.instanceId, instance]));
  return [...byId.values()].filter((instance) => matches(targets, instance));
}

async function findByGroup(
  api: CloudApi,
  targets: Targets,
  resourceGroupId: string,
  options: CallOptions,
): Promise<readonly Instance[]> {
  const [ecs, managed] = await Promise.all([
    listInstances(api, { resourceGroupId }, options),
    listManaged(api, { resourceGroupId }, options),
  ]);
  if (ecs.length >= filterCap) {
    throw new CloudAssistantError(
      "TargetsRefused",
      `targets.resourceGroupId: the group may hold more machines than the service shows. Given: ` +
        `${resourceGroupId}, with ${ecs.length} shown. Allowed: fewer than ${filterCap} by a group ` +
        `alone. Add tags to the targets.`,
    );
  }
  return [...ecs, ...managed].filter((instance) => matches(targets, instance));
}

async function listInstances(
  api: CloudApi,
  filter: { readonly instanceName?: string; readonly resourceGroupId?: string },
  options: CallOptions,
): Promise<readonly Instance[]> {
  const found = await readPages(
    (nextToken) =>
      api.call(
        "DescribeInstances",
        { ...filter, maxResults: 100, ...(nextToken === undefined ? {} : { nextToken }) },
        options,
      ),
    {
      items: (answer) => answer.instances?.instance ?? [],
      nextToken: (answer) => answer.nextToken,
    },
  );
  return found.map(fromEcs);
}

async function listManaged(
  api: CloudApi,
  filter: { readonly instanceName?: string; readonly resourceGroupId?: string },
  options: CallOptions,
): Promise<readonly Instance[]> {
  const found = await readPages(
    (nextToken) =>
      api.call(
        "DescribeManagedInstances",
        { ...filter, maxResults: 50, ...(nextToken === undefined ? {} : { nextToken }) },
        options,
      ),
    { items: (answer) => answer.instances ?? [], nextToken: (answer) => answer.nextToken },
  );
  return found.map(fromManaged);
}

function fromEcs(found: InstanceFound): Instance {
  return {
    instanceId: found.instanceId ?? "",
    name: found.instanceName ?? "",
    os: osOf(found.OSType),
    power: found.status ?? "",
    tags: tagsOf(found.tags?.tag),
    resourceGroupId: found.resourceGroupId ?? "",
  };
}

function fromManaged(found: ManagedInstanceFound): Instance {
  return {
    instanceId: found.instanceId ?? "",
    name: found.instanceName ?? "",
    os: osOf(found.osType),
    power: found.connected === true ? "Running" : "Disconnected",
    tags: tagsOf(found.tags),
    resourceGroupId: found.resourceGroupId ?? "",
  };
}

function osOf(type: string | undefined): Instance["os"] {
  const name = (type ?? "").toLowerCase();
  return name === "linux" || name === "windows" || name === "freebsd" ? name : "unknown";
}

/** Answers spell tags TagKey and TagValue, requests Key and Value. */
export function tagsOf(tags: readonly TagFound[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map((tag) => [tag.tagKey ?? "", tag.tagValue ?? ""]));
}

import { DEFAULT_LIMITS, type InstanceOut } from "cloud-assistant-api";
import type { InstanceRecord } from "../state/records.js";
import type { describeInstances as rules } from "../validations/describeInstances.js";
import type { Args } from "../validations/rules/fields.js";
import { isRefused, refuse, type Refused } from "../validations/rules/refusal.js";
import type { Call, Handler } from "./parts/call.js";
import { pageOf } from "./parts/paging.js";
import { matchesTags, tagsOut } from "./parts/tagging.js";
import { minuteText } from "./parts/time.js";
import { matchesWildcard } from "./parts/wildcard.js";

/** ECS instances. A filter by tag or resource group sees no more than a thousand resources. */
export const describeInstances: Handler<typeof rules> = (call, args) => {
  const ids = readIds(args.InstanceIds);
  if (isRefused(ids)) return ids;
  if (args.DryRun === true) return refuse("DryRunOperation");
  const { realm, limits, regionId } = call;
  const capped = args.Tag.length > 0 || Boolean(args.ResourceGroupId);
  // Named ones are looked up: a fleet is read in hundreds, and no read need walk all of it.
  const looked = ids === undefined || capped ? realm.instances.values() : lookUp(call, ids);
  const all = [...looked].filter(({ managed }) => !managed);
  all.sort((one, other) => other.seq - one.seq);
  const filtered = all.filter(
    (instance) =>
      matchesTags(instance.tags, args.Tag) &&
      (!args.ResourceGroupId || instance.resourceGroupId === args.ResourceGroupId),
  );
  const seen = capped ? filtered.slice(0, limits.filteredResources) : filtered;
  const found = seen.filter((instance) => matches(instance, args, ids));
  const page = pageOf(found, ({ seq }) => [-seq], args);
  if (isRefused(page)) return page;
  const Instance = page.items.map((instance) => instanceOut(instance, regionId));
  return { body: { ...page.paging, Instances: { Instance } } };
};

function lookUp({ realm }: Call, ids: ReadonlySet<string>): readonly InstanceRecord[] {
  return [...ids].flatMap((id) => realm.instances.get(id) ?? []);
}

/** A JSON array in one text, of at most 100 ids. */
function readIds(given: string | undefined): ReadonlySet<string> | undefined | Refused {
  if (given === undefined || given === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch {
    return refuse("InvalidInstanceIds.Malformed");
  }
  if (!isTextList(value) || value.length > DEFAULT_LIMITS.instancesPerDescribe.value) {
    return refuse("InvalidInstanceIds.Malformed");
  }
  return new Set(value);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function matches(
  instance: InstanceRecord,
  filter: Args<typeof rules>,
  ids: ReadonlySet<string> | undefined,
): boolean {
  if (ids !== undefined && !ids.has(instance.id)) return false;
  if (filter.InstanceName && !matchesWildcard(filter.InstanceName, instance.name)) return false;
  if (filter.Status && instance.power !== filter.Status) return false;
  return !filter.ZoneId || instance.zoneId === filter.ZoneId;
}

function instanceOut(instance: InstanceRecord, regionId: string): InstanceOut {
  return {
    InstanceId: instance.id,
    InstanceName: instance.name,
    HostName: instance.name,
    Status: instance.power,
    OSType: instance.osType,
    OSName: instance.osType === "windows" ? "Windows Server 2022" : "Alibaba Cloud Linux 3",
    ResourceGroupId: instance.resourceGroupId,
    RegionId: regionId,
    ZoneId: instance.zoneId,
    CreationTime: minuteText(instance.createdAt),
    StartTime: minuteText(instance.startedAt),
    Tags: tagsOut(instance.tags),
  };
}

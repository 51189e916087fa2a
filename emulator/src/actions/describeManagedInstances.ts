import type { ManagedInstanceOut } from "cloud-assistant-api";
import { isOnline } from "../control/machine-view.js";
import type { InstanceRecord } from "../state/records.js";
import type { describeManagedInstances as rules } from "../validations/describeManagedInstances.js";
import { isRefused } from "../validations/rules/refusal.js";
import type { Call, Handler } from "./parts/call.js";
import { pageOf } from "./parts/paging.js";
import { matchesTags, tagsOut } from "./parts/tagging.js";
import { secondText } from "./parts/time.js";
import { matchesWildcard } from "./parts/wildcard.js";

/** Machines outside the cloud. Instances and tags are plain arrays here. */
export const describeManagedInstances: Handler<typeof rules> = (call, args) => {
  const { realm, nowMs, limits } = call;
  const found = [...realm.instances.values()].filter((instance) => {
    if (!instance.managed) return false;
    if (args.InstanceId.length > 0 && !args.InstanceId.includes(instance.id)) return false;
    if (args.InstanceName && !matchesWildcard(args.InstanceName, instance.name)) return false;
    if (args.OsType && args.OsType.toLowerCase() !== instance.osType) return false;
    if (args.ResourceGroupId && args.ResourceGroupId !== instance.resourceGroupId) return false;
    if (args.MachineId && args.MachineId !== machineId(instance)) return false;
    if (args.InstanceIp ?? args.ActivationId) return false;
    if (args.Connected !== undefined && args.Connected !== isOnline(instance, nowMs, limits)) {
      return false;
    }
    return matchesTags(instance.tags, args.Tag);
  });
  found.sort((one, other) => other.seq - one.seq);
  const cut = args.Tag.length > 0 ? found.slice(0, limits.filteredResources) : found;
  const page = pageOf(cut, ({ seq }) => [-seq], args);
  if (isRefused(page)) return page;
  return { body: { ...page.paging, Instances: page.items.map((item) => managedOut(call, item)) } };
};

function managedOut(call: Call, instance: InstanceRecord): ManagedInstanceOut {
  const { realm, nowMs, limits } = call;
  const invokeIds = [...(realm.invocationsOf.get(instance.id) ?? [])];
  const invoked = invokeIds.map((id) => realm.task(id, instance.id)?.createdAt ?? 0);
  return {
    InstanceId: instance.id,
    InstanceName: instance.name,
    Hostname: instance.name,
    OsType: instance.osType,
    OsVersion: "",
    AgentVersion: instance.agent.version,
    Connected: isOnline(instance, nowMs, limits),
    InternetIp: "",
    IntranetIp: "",
    InvocationCount: invokeIds.length,
    LastInvokedTime: secondText(invoked.length === 0 ? undefined : Math.max(...invoked)),
    RegistrationTime: secondText(instance.createdAt),
    ActivationId: "",
    MachineId: machineId(instance),
    ResourceGroupId: instance.resourceGroupId,
    Tags: tagsOut(instance.tags).Tag,
  };
}

function machineId(instance: InstanceRecord): string {
  return instance.id.replace(/^mi-/, "");
}

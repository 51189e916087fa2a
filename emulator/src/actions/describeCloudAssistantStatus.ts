import type { CloudAssistantStatusOut } from "cloud-assistant-api";
import { isOnline, lastHeartbeat } from "../control/machine-view.js";
import { isFinal } from "../control/status.js";
import type { InstanceRecord } from "../state/records.js";
import type { describeCloudAssistantStatus as rules } from "../validations/describeCloudAssistantStatus.js";
import { isRefused, refuse } from "../validations/rules/refusal.js";
import type { Call, Handler } from "./parts/call.js";
import { pageOf } from "./parts/paging.js";
import { secondText } from "./parts/time.js";

export const describeCloudAssistantStatus: Handler<typeof rules> = (call, args) => {
  const { realm, limits } = call;
  const named = args.InstanceId.length > 0;
  const unknown = args.InstanceId.some((id) => !isEcs(realm.instances.get(id)));
  if (unknown && limits.oneBadInstance === "fails-call") return refuse("InvalidInstance.NotFound");
  const looked = named
    ? [...new Set(args.InstanceId)].map((id) => realm.instances.get(id))
    : [...realm.instances.values()];
  const found = looked
    .filter(isEcs)
    .filter(({ osType }) => !args.OSType || osType === args.OSType.toLowerCase())
    .sort((one, other) => other.seq - one.seq);
  // MaxResults is not looked at when instances are named.
  const page = pageOf(found, ({ seq }) => [-seq], named ? { MaxResults: 100 } : args);
  if (isRefused(page)) return page;
  const InstanceCloudAssistantStatus = page.items.map((instance) => statusOut(call, instance));
  return {
    body: {
      ...page.paging,
      InstanceCloudAssistantStatusSet: { InstanceCloudAssistantStatus },
    },
  };
};

function isEcs(instance: InstanceRecord | undefined): instance is InstanceRecord {
  return instance !== undefined && !instance.managed;
}

function statusOut(call: Call, instance: InstanceRecord): CloudAssistantStatusOut {
  const { realm, nowMs, limits } = call;
  const online = isOnline(instance, nowMs, limits);
  const invokeIds = realm.invocationsOf.get(instance.id) ?? new Set<string>();
  let active = 0;
  let lastInvoked: number | undefined;
  for (const invokeId of invokeIds) {
    const task = realm.task(invokeId, instance.id);
    if (task === undefined) continue;
    if (!isFinal(task.status)) active += 1;
    lastInvoked = Math.max(lastInvoked ?? 0, task.createdAt);
  }
  return {
    InstanceId: instance.id,
    CloudAssistantStatus: online ? "true" : "false",
    CloudAssistantVersion: online ? instance.agent.version : "",
    ActiveTaskCount: active,
    InvocationCount: invokeIds.size,
    LastInvokedTime: secondText(lastInvoked),
    LastHeartbeatTime: secondText(lastHeartbeat(instance, nowMs, limits)),
    OSType: instance.osType === "windows" ? "Windows" : "Linux",
    SupportSessionManager: false,
  };
}

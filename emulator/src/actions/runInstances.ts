import type { runInstances as rules } from "../validations/runInstances.js";
import type { Handler } from "./parts/call.js";
import { tagsRecord } from "./parts/tagging.js";

/** Makes instances for a simulated fleet. They come up by themselves, as the real ones do. */
export const runInstances: Handler<typeof rules> = (call, args) => {
  const windows = /win/i.test(args.ImageId ?? "");
  const instances = Array.from({ length: args.Amount ?? 1 }, () => {
    const record = call.newInstance({
      tags: tagsRecord(args.Tag),
      osType: windows ? "windows" : "linux",
      power: "Stopped",
      ...(args.InstanceName ? { instanceName: args.InstanceName } : {}),
      ...(args.ZoneId ? { zoneId: args.ZoneId } : {}),
      ...(args.ResourceGroupId ? { resourceGroupId: args.ResourceGroupId } : {}),
    });
    const powerUntil = call.nowMs + call.limits.startingMs;
    return { ...record, power: "Pending" as const, powerUntil };
  });
  const ids = instances.map(({ id }) => id);
  return {
    body: { InstanceIdSets: { InstanceIdSet: ids } },
    changes: instances.map((value) => ({ put: "instance", value })),
    effects: ids.map((instanceId) => ({ kind: "added", instanceId })),
  };
};

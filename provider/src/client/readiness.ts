import { chunk } from "../plan/batches.js";
import { isManaged, type Instance } from "../plan/instance.js";
import type { AssistantStatusFound, CallOptions, CloudApi } from "./port.js";

/** Client states by instance, as far as the service knows them. 100 ids a read. */
export async function readClients(
  api: CloudApi,
  ids: readonly string[],
  options: CallOptions = {},
): Promise<ReadonlyMap<string, AssistantStatusFound>> {
  const answers = await Promise.all(
    chunk(
      ids.filter((id) => !isManaged(id)),
      100,
    ).map((instanceId) => api.call("DescribeCloudAssistantStatus", { instanceId }, options)),
  );
  const found = answers.flatMap(
    (answer) => answer.instanceCloudAssistantStatusSet?.instanceCloudAssistantStatus ?? [],
  );
  return new Map(found.map((status) => [status.instanceId ?? "", status]));
}

/** Whether the client has given a sign of life lately. The SDK makes text of a bare true. */
export function isOnline(status: AssistantStatusFound | undefined): boolean {
  return (status?.cloudAssistantStatus ?? "").toLowerCase() === "true";
}

/** Who could not take a command right now, each with the reason. */
export async function findReadiness(
  api: CloudApi,
  ids: readonly string[],
  instances: ReadonlyMap<string, Instance>,
  options: CallOptions = {},
): Promise<readonly string[]> {
  const running = ids.filter((id) => instances.get(id)?.power === "Running");
  const clients = await readClients(api, running, options);
  return ids.flatMap((id) => {
    const power = instances.get(id)?.power ?? "";
    if (isManaged(id)) return power === "Running" ? [] : [`${id} is not connected`];
    if (power !== "Running") return [`${id} is ${power}`];
    return isOnline(clients.get(id)) ? [] : [`${id} has no Cloud Assistant client online`];
  });
}

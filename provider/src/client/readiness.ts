import { chunk } from "../plan/batches.js";
import { isManaged } from "../plan/instance.js";
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

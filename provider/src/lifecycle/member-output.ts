import { readResults } from "../client/invocations.js";
import type { CallOptions, CloudApi } from "../client/port.js";
import { CloudAssistantError } from "../errors.js";

export type MemberOutput = {
  readonly bytes: Buffer;
  /** Bytes in front of it that the service did not keep. */
  readonly dropped: number;
};

/**
 * Everything that the service keeps of what a command printed on one machine.
 * @throws CloudAssistantError `NotFound` when there is no record, or none any more
 */
export async function readMemberOutput(
  api: CloudApi,
  invokeId: string,
  instanceId: string,
  options: CallOptions,
): Promise<MemberOutput> {
  const results = await readResults(api, invokeId, { ...options, instanceId });
  const result = results.find((one) => one.instanceId === instanceId && one.invokeId === invokeId);
  if (result === undefined) {
    throw new CloudAssistantError(
      "NotFound",
      `The service has no record of this run on this machine. Given: ${invokeId} on ${instanceId}, ` +
        `region ${api.region}. Allowed: a run of the last 30 days. The state keeps the end of the ` +
        `output: look at the resource's results.`,
    );
  }
  const dropped = result.dropped ?? 0;
  return {
    bytes: Buffer.from(result.output ?? "", "base64"),
    dropped: Number.isNaN(dropped) ? 0 : dropped,
  };
}

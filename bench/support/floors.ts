import type { RequestLogEntry } from "cloud-assistant-emulator";
import type { EmulatorProcess } from "./emulator-process.js";

/** Everything that was asked, in order; an error where the log has let go of some of it. */
export async function requestsOf(emulator: EmulatorProcess): Promise<readonly RequestLogEntry[]> {
  const requests = await emulator.controls.requests.list();
  if (requests[0] !== undefined && requests[0].seq !== 1) {
    throw new Error(`the request log begins with ${requests[0].seq}: the first ones are gone`);
  }
  return requests;
}

export type StatusReads = {
  readonly looks: number;
  readonly reads: number;
  /** What the looks would have taken: for each, the calls in flight in fifties. */
  readonly floor: number;
  readonly ratio: number;
};

const launches = new Set(["InvokeCommand", "RunCommand"]);
const perPage = 50;

/**
 * Status reads against their floor. A look is a first page with the pages that follow it; in flight
 * are the calls that were accepted since the last launch that came behind a look: one batch.
 */
export function statusReads(requests: readonly RequestLogEntry[]): StatusReads {
  let [looks, reads, floor] = [0, 0, 0];
  let batch: { calls: number; looked: boolean } = { calls: 0, looked: false };
  for (const request of requests) {
    if (launches.has(request.action) && request.committed) {
      batch = batch.looked ? { calls: 1, looked: false } : { ...batch, calls: batch.calls + 1 };
    }
    // What is read before the first call looks for what was there before.
    if (request.action !== "DescribeInvocations" || batch.calls === 0) continue;
    reads += 1;
    batch.looked = true;
    if (request.params.NextToken !== undefined) continue;
    looks += 1;
    floor += Math.ceil(batch.calls / perPage);
  }
  return { looks, reads, floor, ratio: floor === 0 ? 0 : reads / floor };
}

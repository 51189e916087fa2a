import type { Limits } from "../limits.js";
import type { InstanceRecord } from "../state/records.js";

/** When the agent was last heard of, or undefined when never. */
export function lastHeartbeat(
  instance: InstanceRecord,
  nowMs: number,
  limits: Pick<Limits, "heartbeatIntervalMs">,
): number | undefined {
  const { beat } = instance.agent;
  if (beat === undefined) return undefined;
  const last = Math.min(nowMs, beat.until ?? nowMs);
  if (last < beat.since) return undefined;
  const every = Math.max(1, limits.heartbeatIntervalMs);
  return beat.since + Math.floor((last - beat.since) / every) * every;
}

/** CloudAssistantStatus and Connected: heard of within the time-out. */
export function isOnline(
  instance: InstanceRecord,
  nowMs: number,
  limits: Pick<Limits, "heartbeatIntervalMs" | "heartbeatTimeoutMs">,
): boolean {
  const last = lastHeartbeat(instance, nowMs, limits);
  return last !== undefined && nowMs - last < limits.heartbeatTimeoutMs;
}

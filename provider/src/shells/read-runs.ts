import { createApis } from "../client/apis.js";
import { resolveSettings, type ConfigReader } from "../client/configuration.js";
import { nodeHash } from "../client/node-hash.js";
import { realClock, type WorldClock } from "../client/world.js";
import { CloudAssistantError } from "../errors.js";
import type { Connection } from "../inputs.js";
import { mustBeAccount } from "../lifecycle/account.js";
import { readRuns } from "../lifecycle/schedule/runs.js";
import { sinceOf, type ScheduleRun } from "../result/schedule-runs.js";
import { version } from "../version.js";

/** An invocation whose outputs are known. */
export type KnownInvocation = {
  readonly owner: string;
  readonly region: string;
  readonly accountId: string;
  readonly invocationIds: readonly string[];
  readonly connection?: Connection | undefined;
  readonly ownership?: "tags" | "none" | undefined;
  readonly successExitCodes?: readonly number[] | undefined;
};

/**
 * Reads runs with the credentials that the provider itself would use.
 * @throws CloudAssistantError `InvalidInputs` for a `since` that names no moment
 */
export async function readRunsOf(
  invocation: KnownInvocation,
  since: string,
  config: ConfigReader,
  env: Readonly<Record<string, string | undefined>>,
  clock: WorldClock = realClock,
): Promise<readonly ScheduleRun[]> {
  const sinceMs = sinceOf(since, clock.now());
  if (sinceMs === undefined) throw noMoment(since);
  const apis = createApis({
    clock,
    random: Math.random,
    version,
    redact: (text) => text,
    debug: undefined,
  });
  const settings = resolveSettings(env, config, invocation.connection);
  const api = apis.for(settings, invocation.region);
  await mustBeAccount(api, invocation);
  return readRuns(
    api,
    {
      owner: invocation.owner,
      ownership: invocation.ownership ?? "tags",
      invocationIds: invocation.invocationIds,
      sinceMs,
      successExitCodes: invocation.successExitCodes ?? [0],
    },
    nodeHash,
    {},
  );
}

/** A `since` that cannot be read. */
export function noMoment(since: string): CloudAssistantError {
  return new CloudAssistantError(
    "InvalidInputs",
    `since: names no moment. Given: "${since}". Allowed: "24h", "30m", "7d" before now, or an ` +
      `instant such as 2026-03-01T00:00:00Z. Write one of these.`,
  );
}

import * as pulumi from "@pulumi/pulumi";
import { CloudAssistantError } from "../errors.js";
import type { Connection } from "../inputs.js";
import type { ScheduleRun } from "../result/schedule-runs.js";
import { readRunsOf } from "./read-runs.js";

/** What {@link getRuns} needs of an invocation: a `CommandInvocation` has it. */
export interface RunsOf {
  readonly owner: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  readonly accountId: pulumi.Input<string>;
  readonly invocationIds: pulumi.Input<readonly string[]>;
  readonly connection?: pulumi.Input<Connection | undefined>;
  readonly ownership?: pulumi.Input<"tags" | "none" | undefined>;
  readonly successExitCodes?: pulumi.Input<readonly number[] | undefined>;
}

export interface GetRunsOptions {
  /** `"24h"`, `"30m"`, `"7d"` before now; or an instant. The service keeps 30 days. */
  readonly since: string | Date;
}

/**
 * What a schedule or a boot plan has run on its machines, the newest first, from the service's own
 * history. Not known in a preview in which the resource itself is not.
 *
 * @example
 * ```ts
 * export const failed = getRuns(backup, { since: "24h" }).apply(
 *   (runs) => runs.filter((run) => run.status !== "Success").length,
 * );
 * ```
 * @throws CloudAssistantError `InvalidInputs` for a `since` that names no moment; what reading the
 *   history may throw rejects the output
 */
export function getRuns(
  invocation: RunsOf,
  { since }: GetRunsOptions,
): pulumi.Output<readonly ScheduleRun[]> {
  const config = new Map<string, pulumi.Config>();
  const read = (key: string): string | undefined => {
    const [namespace = "", name = ""] = key.split(":");
    const of = config.get(namespace) ?? new pulumi.Config(namespace);
    config.set(namespace, of);
    return of.get(name);
  };
  const { owner, region, accountId, invocationIds } = invocation;
  const { connection, ownership, successExitCodes } = invocation;
  return pulumi
    .all([owner, region, accountId, invocationIds, connection, ownership, successExitCodes])
    .apply(([owner, region, accountId, invocationIds, connection, ownership, codes]) => {
      const known = { owner, region, accountId, invocationIds, connection, ownership };
      return readRunsOf({ ...known, successExitCodes: codes }, textOf(since), read, process.env);
    });
}

function textOf(since: string | Date): string {
  if (typeof since === "string") return since;
  if (!Number.isNaN(since.getTime())) return since.toISOString();
  throw new CloudAssistantError(
    "InvalidInputs",
    'since: is no moment. Given: an invalid Date. Allowed: "24h", "30m", "7d", or an instant. Write ' +
      "one of these.",
  );
}

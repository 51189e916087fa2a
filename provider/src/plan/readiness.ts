import type { CommandType, CountOrPercent, Readiness, Schedule } from "../inputs.js";
import { budgetOf } from "./batches.js";
import { isManaged, type Instance } from "./instance.js";

/** What is known of a member right now. */
export type Condition = {
  readonly instance: Instance | undefined;
  readonly online: boolean;
  /** Empty where no client was ever seen. */
  readonly clientVersion: string;
};

export type Standing =
  | { readonly kind: "ready" }
  /** Coming up by itself: worth waiting for. */
  | { readonly kind: "coming"; readonly reason: string }
  /** Powered off: `readiness.start` starts it. */
  | { readonly kind: "stopped"; readonly reason: string }
  /** Runs, but no client was ever there: `readiness.install` installs it. */
  | { readonly kind: "no-client"; readonly reason: string }
  /** Waiting does not help. */
  | { readonly kind: "unfit"; readonly reason: string }
  /** Runs, with a client that is offline. */
  | { readonly kind: "offline"; readonly reason: string }
  | { readonly kind: "gone" };

/** Whether a command of this type can run on a member right now, and if not, why. */
export function standingOf(
  id: string,
  condition: Condition,
  type: CommandType | undefined,
): Standing {
  const { instance } = condition;
  if (instance === undefined) return { kind: "gone" };
  const misfit = type === undefined ? undefined : osMisfit(instance.os, type);
  if (misfit !== undefined) return { kind: "unfit", reason: misfit };
  if (isManaged(id)) {
    return instance.power === "Running"
      ? { kind: "ready" }
      : { kind: "offline", reason: "is not connected" };
  }
  switch (instance.power) {
    case "Running":
      break;
    case "Starting":
    case "Pending":
      return { kind: "coming", reason: `is ${instance.power}` };
    case "Stopped":
      return { kind: "stopped", reason: "is Stopped" };
    default:
      return {
        kind: "coming",
        reason: `is ${instance.power === "" ? "in an unknown state" : instance.power}`,
      };
  }
  if (condition.online) return { kind: "ready" };
  return condition.clientVersion === ""
    ? { kind: "no-client", reason: "has no Cloud Assistant client running" }
    : { kind: "offline", reason: "has a Cloud Assistant client that is offline" };
}

/**
 * A boot plan waits for the next start of its machine, so that nothing has to be up when it is
 * armed; only what can never run it is unready.
 */
export function standingsFor(
  schedule: Schedule | undefined,
  standings: ReadonlyMap<string, Standing>,
): ReadonlyMap<string, Standing> {
  if (schedule?.boot === undefined) return standings;
  return new Map(
    [...standings].map(([id, standing]) => {
      const waits = standing.kind !== "unfit" && standing.kind !== "gone";
      return [id, waits ? ({ kind: "ready" } as const) : standing] as const;
    }),
  );
}

function osMisfit(os: Instance["os"], type: CommandType): string | undefined {
  const windowsCommand = type !== "RunShellScript";
  if (os === "unknown" || windowsCommand === (os === "windows")) return undefined;
  return `runs ${os}, which cannot run a ${type} command`;
}

/** How many members may be unready. */
export function unreadyBudget(readiness: Readiness | undefined, members: number): number {
  const given: CountOrPercent = readiness?.maxUnready ?? 0;
  return budgetOf(given, members);
}

/** Seconds that what is coming up is waited for. */
export const defaultReadinessWait = 300;

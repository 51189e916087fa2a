import type { Ledger, Row, Schedule } from "../inputs.js";
import { isFailed } from "./rows.js";
import { hasFired } from "./schedule-end.js";

export type ArmingFacts = {
  /** Rows as the service shows them now. */
  readonly rows: Ledger;
  readonly members: readonly string[];
  readonly schedule: Schedule;
  readonly over: boolean;
  /** Whether a new run begins: then whoever was left out is looked at again. */
  readonly newRun: boolean;
  /** Whether the run before is over everywhere, so that a new one is on all of them. */
  readonly whole: boolean;
  /** Whether an operation was cut short, and is continued. */
  readonly continues: boolean;
  /** Whether what failed is armed again by itself. */
  readonly retries: boolean;
  /** An operator left it as it is: only who is new is armed. */
  readonly abandoned: boolean;
  /** Whom an operator gave up on, until the inputs make a new run. */
  readonly setAside: ReadonlySet<string>;
  /** Members that were not ready, and are now. */
  readonly ready: ReadonlySet<string>;
};

export type Arming = {
  readonly toArm: ReadonlySet<string>;
  /** Those of them who failed or were stopped before. */
  readonly again: ReadonlySet<string>;
};

/** Which members are armed, of those who are not. */
export function membersToArm(facts: ArmingFacts): Arming {
  const toArm = new Set<string>();
  const again = new Set<string>();
  for (const id of facts.members) {
    const row = facts.rows[id];
    if (!isToBeArmed(id, row, facts)) continue;
    toArm.add(id);
    if (row !== undefined && row.attempt > 0 && isFailed(row)) again.add(id);
  }
  return { toArm, again };
}

/** Never tried, and not left out either. */
export function isNew(row: Row): boolean {
  return row.status === "NotStarted" && row.batch === undefined;
}

function isToBeArmed(id: string, row: Row | undefined, facts: ArmingFacts): boolean {
  const { newRun, whole } = facts;
  if (row === undefined) return true;
  if (row.status === "Dropped" || isNew(row)) return true;
  if (facts.abandoned || facts.setAside.has(id)) return false;
  if (hasFired(facts.schedule, row.status, facts.over)) return whole;
  switch (row.status) {
    case "NotStarted":
    case "Pending":
    case "Running":
    case "Scheduled":
      return true;
    case "Unready":
    case "Skipped":
    case "Gone":
      return newRun || facts.continues || facts.ready.has(id);
    // Nobody can say whether its machine has started since.
    case "Unknown":
      return whole;
    case "Stopping":
      return false;
    case "Success":
    case "Failed":
    case "Error":
    case "Timeout":
    case "Invalid":
    case "Aborted":
    case "Cancelled":
    case "Terminated":
      return newRun || facts.retries;
  }
}

import type { Limits } from "../limits.js";
import type { Change } from "../state/change.js";
import type { Realm } from "../state/realm.js";

/**
 * What must go so that the changes about to be made keep the realm within its records: the oldest
 * finished invocations and past runs. What lives is never dropped.
 */
export function excessHistory(
  realm: Realm,
  coming: readonly Change[],
  limits: Pick<Limits, "historyRecords">,
): Change[] {
  let added = 0;
  for (const change of coming) {
    if (!("put" in change)) continue;
    if (change.put === "run") added += 1;
    else if (change.put === "invocation" && change.value.finishedAt !== undefined) added += 1;
  }
  let excess = realm.runs.size + realm.finished.size + added - limits.historyRecords;
  if (excess <= 0) return [];
  const changes: Change[] = [];
  let runs = 0;
  const finished = realm.finished.entries();
  let oldestInvocation = finished.next();
  const pastRuns = realm.runs.oldestFirst();
  let oldestRun = pastRuns.next();
  for (; excess > 0; excess -= 1) {
    const runAt = oldestRun.done === true ? Infinity : (oldestRun.value.finishedAt ?? 0);
    const invocationAt = oldestInvocation.done === true ? Infinity : oldestInvocation.value[1];
    if (runAt === Infinity && invocationAt === Infinity) break;
    if (runAt <= invocationAt) {
      runs += 1;
      oldestRun = pastRuns.next();
    } else if (oldestInvocation.done !== true) {
      changes.push({ del: "invocation", id: oldestInvocation.value[0] });
      oldestInvocation = finished.next();
    }
  }
  if (runs > 0) changes.unshift({ del: "runs", count: runs });
  return changes;
}

/** What is older than the days that history is kept, and client tokens that are forgotten. */
export function expired(
  realm: Realm,
  nowMs: number,
  limits: Pick<Limits, "historyDays" | "clientTokenMs">,
): Change[] {
  const before = nowMs - limits.historyDays * DAY_MS;
  const changes: Change[] = [];
  let runs = 0;
  for (const run of realm.runs.oldestFirst()) {
    if ((run.finishedAt ?? 0) >= before) break;
    runs += 1;
  }
  if (runs > 0) changes.push({ del: "runs", count: runs });
  for (const [id, finishedAt] of realm.finished) {
    if (finishedAt >= before) break;
    changes.push({ del: "invocation", id });
  }
  for (const token of realm.tokens.values()) {
    if (token.at > nowMs - limits.clientTokenMs) break;
    changes.push({ del: "token", id: token.key });
  }
  return changes;
}

const DAY_MS = 86_400_000;

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
): readonly Change[] {
  let added = 0;
  for (const change of coming) {
    if (!("put" in change)) continue;
    if (change.put === "run") added += 1;
    else if (change.put === "invocation" && change.value.finishedAt !== undefined) added += 1;
  }
  const excess = realm.runs.size + realm.finished.size + added - limits.historyRecords;
  if (excess <= 0) return NOTHING;
  if (excess === 1) return dropOldest(realm);
  return dropSeveral(realm, excess);
}

const NOTHING: readonly Change[] = [];

/** The everyday case of a schedule at the limit: one comes, one goes. */
function dropOldest(realm: Realm): readonly Change[] {
  const run = realm.runs.oldest();
  const [invocation] = realm.finished;
  if (run !== undefined && (run.finishedAt ?? 0) <= (invocation?.[1] ?? Infinity)) {
    return [{ del: "runs", count: 1 }];
  }
  return invocation === undefined ? NOTHING : [{ del: "invocation", id: invocation[0] }];
}

function dropSeveral(realm: Realm, excess: number): readonly Change[] {
  const changes: Change[] = [];
  const finished = realm.finished.entries();
  let invocation = finished.next();
  const pastRuns = realm.runs.oldestFirst();
  let run = pastRuns.next();
  let runs = 0;
  for (let left = excess; left > 0; left -= 1) {
    const runAt = run.done === true ? Infinity : (run.value.finishedAt ?? 0);
    if (invocation.done !== true && invocation.value[1] < runAt) {
      changes.push({ del: "invocation", id: invocation.value[0] });
      invocation = finished.next();
    } else if (run.done !== true) {
      runs += 1;
      run = pastRuns.next();
    } else break;
  }
  return runs > 0 ? [{ del: "runs", count: runs }, ...changes] : changes;
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

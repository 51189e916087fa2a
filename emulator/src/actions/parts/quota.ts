import type { Limits } from "../../limits.js";
import type { Change } from "../../state/change.js";
import type { Realm } from "../../state/realm.js";
import { refuse, type Refused } from "../../validations/rules/refusal.js";

/** Commands that use the region's quota: not those that go after their execution. */
export function savedCommands(realm: Realm): number {
  let count = 0;
  for (const command of realm.commands.values()) if (command.kept) count += 1;
  return count;
}

/** One more accepted invocation today, or the refusal. A call is counted, not its instances. */
export function countInvocation(
  realm: Realm,
  nowMs: number,
  limits: Pick<Limits, "invocationsPerDay" | "dayOffsetMinutes">,
): Change | Refused {
  const day = Math.floor((nowMs + limits.dayOffsetMinutes * 60_000) / 86_400_000);
  const count = realm.day.day === day ? realm.day.count : 0;
  if (count >= limits.invocationsPerDay) return refuse("Invocation.ExceedQuota");
  return { put: "day", value: { day, count: count + 1 } };
}

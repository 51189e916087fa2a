export type QuotaVerdict =
  | { readonly kind: "fits" }
  /** Might not fit, by an estimate. */
  | { readonly kind: "doubtful"; readonly text: string }
  | { readonly kind: "exceeds"; readonly text: string };

/**
 * Calls against the limit of a day. It exceeds where the limit alone forbids the calls, or where
 * even the smaller count of today's use leaves no room; where only the larger one does, it is
 * doubtful.
 */
export function judgeQuota(facts: {
  readonly needed: number;
  readonly limit: number;
  readonly used: { readonly least: number; readonly most: number } | undefined;
}): QuotaVerdict {
  const { needed, limit, used } = facts;
  const text = (given: string): string =>
    `quota: the calls do not fit into what the region allows a day. Given: ${given}. Allowed: ` +
    `${limit} (max-axt-invocation-daily). Run on fewer machines, take more instances a call, wait ` +
    `for the next day, or raise the quota.`;
  if (needed > limit) return { kind: "exceeds", text: text(`${needed} calls`) };
  if (used === undefined) return { kind: "fits" };
  const counted = `${needed} calls, and about ${used.most} made today (an estimate from the records)`;
  if (used.least + needed > limit) return { kind: "exceeds", text: text(counted) };
  if (used.most + needed > limit) return { kind: "doubtful", text: text(counted) };
  return { kind: "fits" };
}

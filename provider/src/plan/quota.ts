export type QuotaVerdict =
  | { readonly kind: "fits" }
  /** Might not fit, by an estimate. */
  | { readonly kind: "doubtful"; readonly text: string }
  | { readonly kind: "exceeds"; readonly text: string };

/**
 * Calls against the limit of a day. It exceeds where the limit alone forbids the calls, or where
 * today's use is known exactly and leaves no room; an estimate that leaves none is doubtful.
 *
 * @param facts.used by others, counted as if the day began in either of the zones that it may
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
  if (used === undefined || used.most + needed <= limit) return { kind: "fits" };
  if (used.least === used.most) {
    return { kind: "exceeds", text: text(`${needed} calls, and ${used.most} made today`) };
  }
  const estimate =
    `${needed} calls, and between ${used.least} and ${used.most} made today (an estimate: ` +
    `nobody says when the day begins)`;
  return { kind: "doubtful", text: text(estimate) };
}

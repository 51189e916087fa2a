import type { CountOrPercent, Rollout } from "../inputs.js";

/** What is in flight together: one call, or several when it is larger than a call. */
export type Batch = {
  /** From 1. */
  readonly number: number;
  readonly canary: boolean;
  readonly calls: readonly (readonly string[])[];
};

/**
 * Cuts members into batches and calls. Canaries come first, in a batch of their own; a batch is one
 * call unless `batchSize` says otherwise; a batch larger than a call is several calls at once.
 *
 * @param members in the order of the run
 * @param canaries members that the canary's tags chose; used when `rollout.canary.tags` is given
 */
export function planBatches(
  members: readonly string[],
  options: {
    readonly maxPerCall: number;
    readonly rollout?: Rollout | undefined;
    readonly canaries?: ReadonlySet<string> | undefined;
    /** What percentages are of: the members at the start of the run. */
    readonly membersAtStart?: number;
  },
): readonly Batch[] {
  const { maxPerCall, rollout } = options;
  const total = options.membersAtStart ?? members.length;
  const first = chooseCanaries(members, rollout?.canary, options.canaries, total);
  const chosen = new Set(first);
  const rest = members.filter((id) => !chosen.has(id));
  const size = rollout?.batchSize === undefined ? maxPerCall : sizeOf(rollout.batchSize, total);
  const cuts = [
    ...(first.length > 0 ? [{ canary: true, ids: first }] : []),
    ...chunk(rest, size).map((ids) => ({ canary: false, ids })),
  ];
  return cuts.map(({ canary, ids }, index) => ({
    number: index + 1,
    canary,
    calls: chunk(ids, maxPerCall),
  }));
}

/** Groups of members behind one another, each cut alone: no call holds members of two of them. */
export function planGroups(
  groups: readonly (readonly string[])[],
  options: Parameters<typeof planBatches>[1],
): readonly Batch[] {
  return groups
    .flatMap((members) => planBatches(members, options))
    .map((batch, index) => ({ ...batch, number: index + 1 }));
}

/** Members that carry the tags by which canaries are chosen; undefined where they are not. */
export function taggedCanaries(
  rollout: Rollout | undefined,
  ids: readonly string[],
  tagsOf: (id: string) => Readonly<Record<string, string>> | undefined,
): ReadonlySet<string> | undefined {
  const wanted = Object.entries(rollout?.canary?.tags ?? {});
  if (wanted.length === 0) return undefined;
  return new Set(ids.filter((id) => wanted.every(([key, value]) => tagsOf(id)?.[key] === value)));
}

function chooseCanaries(
  members: readonly string[],
  canary: Rollout["canary"],
  tagged: ReadonlySet<string> | undefined,
  total: number,
): readonly string[] {
  if (canary === undefined) return [];
  if (canary.tags !== undefined) return members.filter((id) => tagged?.has(id) === true);
  return members.slice(0, sizeOf(canary.size ?? 1, total));
}

/** A size: percentages are rounded up, and at least 1. */
export function sizeOf(size: CountOrPercent, total: number): number {
  const percent = percentOf(size);
  return Math.max(1, percent === undefined ? Number(size) : Math.ceil((percent * total) / 100));
}

/** A budget: percentages are rounded down. */
export function budgetOf(budget: CountOrPercent | undefined, total: number): number {
  if (budget === undefined) return 0;
  const percent = percentOf(budget);
  return percent === undefined ? Number(budget) : Math.floor((percent * total) / 100);
}

function percentOf(value: CountOrPercent): number | undefined {
  if (typeof value !== "string" || !value.endsWith("%")) return undefined;
  return Number(value.slice(0, -1));
}

/** Cuts a list into pieces of at most `size`. */
export function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const pieces: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += size) pieces.push(items.slice(at, at + size));
  return pieces;
}

import { chunk } from "./batches.js";

/** Members that one call arms together. Its number stays for as long as it has members. */
export type Shard = { readonly number: number; readonly members: readonly string[] };

/** A shard that may take newcomers, and those whom it cannot take: it had them before. */
export type Room = {
  readonly number: number;
  readonly members: number;
  readonly had: ReadonlySet<string>;
};

export type Placement = {
  /** Newcomers by the number of the shard that takes them. */
  readonly joined: ReadonlyMap<number, readonly string[]>;
  /** Those for whom there was no room. */
  readonly left: readonly string[];
};

/**
 * Gives newcomers a place. Nobody who has a place is moved: the first shard with room takes the
 * next newcomer, in order.
 */
export function placeNewcomers(
  newcomers: readonly string[],
  rooms: readonly Room[],
  maxPerCall: number,
): Placement {
  const inOrder = [...rooms].sort((a, b) => a.number - b.number);
  const joined = new Map<number, string[]>();
  const left: string[] = [];
  for (const id of newcomers) {
    const room = inOrder.find(
      ({ number, members, had }) =>
        members + (joined.get(number)?.length ?? 0) < maxPerCall && !had.has(id),
    );
    if (room === undefined) left.push(id);
    else joined.set(room.number, [...(joined.get(room.number) ?? []), id]);
  }
  return { joined, left };
}

/** Cuts members into shards, numbered by what `nextNumber` gives. */
export function newShards(
  members: readonly string[],
  maxPerCall: number,
  nextNumber: () => number,
): readonly Shard[] {
  return chunk(members, maxPerCall).map((piece) => ({ number: nextNumber(), members: piece }));
}

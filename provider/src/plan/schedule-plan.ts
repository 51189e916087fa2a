import type { Ledger } from "../inputs.js";
import { newShards, placeNewcomers, type Room, type Shard } from "./shards.js";
import { editsOf, type Edit, type FoundSchedule, type Wanted } from "./schedule-wanted.js";

/** What an update of a schedule knows when it decides. */
export type ScheduleFacts = {
  readonly rows: Ledger;
  /** The ledger's invocations and those taken over, whether or not anything of them is alive. */
  readonly invocations: readonly FoundSchedule[];
  readonly wanted: Wanted;
  /** The input hash of what the state says; an invocation without tags counts as of that hash. */
  readonly savedHash: string;
  /** Inputs that changed and are changed in place; empty when some need a renewal. */
  readonly modifies: readonly string[];
  /** Everyone who is to be armed, in order. */
  readonly members: readonly string[];
  /** Those of them who are armed now if they are not. */
  readonly toArm: ReadonlySet<string>;
  /** Those of them who failed or were stopped before, and are armed alone. */
  readonly again: ReadonlySet<string>;
  readonly suspended: boolean;
  /** No run is to come: nothing is armed or changed any more. */
  readonly over: boolean;
  /** What is armed is left as it is; only members come and go. */
  readonly abandoned?: boolean;
  readonly maxPerCall: number;
};

/** Where a member is armed already. */
export type Home = { readonly invokeId: string; readonly shard: number };

export type StopReason = "left" | "surplus" | "suspended";

export type SchedulePlan = {
  readonly homes: ReadonlyMap<string, Home>;
  readonly stops: readonly {
    readonly invokeId: string;
    readonly ids: readonly string[];
    /** Nothing of it stays alive. */
    readonly whole: boolean;
    readonly why: StopReason;
  }[];
  readonly modifies: readonly {
    readonly invokeId: string;
    readonly shard: number;
    readonly edits: readonly Edit[];
  }[];
  readonly renews: readonly {
    readonly invokeId: string;
    /** Usually one; more where a call takes fewer members than it did. */
    readonly arms: readonly Shard[];
  }[];
  readonly additions: readonly { readonly invokeId: string; readonly shard: Shard }[];
  readonly arms: readonly Shard[];
};

/**
 * What is to be done so that every member is armed once, as wanted, and nobody else is. It goes by
 * what the service shows, so that an operation that was cut off is continued by deciding again.
 */
export function planSchedule(facts: ScheduleFacts): SchedulePlan {
  const { invocations, wanted, suspended } = facts;
  const living = [...invocations].filter((one) => one.alive.size > 0).sort(byPreference(facts));
  const numbers = numberShards(living, facts.rows);
  const numberOf = (invokeId: string): number => numbers.of.get(invokeId) ?? 0;
  const { homes, stops } = settle(living, new Set(facts.members), suspended, numberOf);
  if (suspended || facts.over) {
    return { homes, stops, modifies: [], renews: [], additions: [], arms: [] };
  }

  const staying = living.filter((one) =>
    [...homes.values()].some((h) => h.invokeId === one.invokeId),
  );
  const treatments = new Map(staying.map((one) => [one.invokeId, treatmentOf(one, facts, wanted)]));
  const renewed = staying.filter((one) => treatments.get(one.invokeId) === "renew");
  const kept = staying.filter((one) => treatments.get(one.invokeId) !== "renew");
  for (const list of [renewed, kept]) {
    list.sort((a, b) => numberOf(a.invokeId) - numberOf(b.invokeId));
  }
  const arming = armingOf(facts, homes, renewed, kept, numbers, numberOf);
  return {
    homes,
    stops,
    modifies: kept.flatMap((one) => {
      const edits = treatments.get(one.invokeId);
      return edits === undefined || edits === "renew" || edits.length === 0
        ? []
        : [{ invokeId: one.invokeId, shard: numberOf(one.invokeId), edits }];
    }),
    ...arming,
  };
}

/** What is as wanted first, then what the ledger names, then the oldest. */
function byPreference(facts: ScheduleFacts): (a: FoundSchedule, b: FoundSchedule) => number {
  const named = new Set(Object.values(facts.rows).map((row) => row.invocationId));
  const rank = (one: FoundSchedule): number =>
    (one.inputHash === facts.wanted.hash ? 0 : 2) + (named.has(one.invokeId) ? 0 : 1);
  return (a, b) =>
    rank(a) - rank(b) || a.createdMs - b.createdMs || (a.invokeId < b.invokeId ? -1 : 1);
}

type Numbers = { readonly of: ReadonlyMap<string, number>; readonly next: () => number };

/** The numbers of shards: those of the ledger, and for what was taken over the one it stands for. */
function numberShards(living: readonly FoundSchedule[], rows: Ledger): Numbers {
  const of = new Map<string, number>();
  const taken = new Set<number>();
  const alive = new Set(living.map((one) => one.invokeId));
  let highest = 0;
  for (const row of Object.values(rows)) {
    highest = Math.max(highest, row.batch ?? 0);
    if (row.invocationId === undefined || row.batch === undefined) continue;
    if (!alive.has(row.invocationId) || of.has(row.invocationId) || taken.has(row.batch)) continue;
    of.set(row.invocationId, row.batch);
    taken.add(row.batch);
  }
  const next = (): number => (highest += 1);
  for (const one of living) {
    if (of.has(one.invokeId)) continue;
    const stood = [...one.alive].map((id) => rows[id]?.batch).find((batch) => batch !== undefined);
    const number = stood === undefined || taken.has(stood) ? next() : stood;
    of.set(one.invokeId, number);
    taken.add(number);
  }
  return { of, next };
}

/** Each member stays in one place; what is armed besides, or for somebody else, is stopped. */
function settle(
  living: readonly FoundSchedule[],
  members: ReadonlySet<string>,
  suspended: boolean,
  numberOf: (invokeId: string) => number,
): Pick<SchedulePlan, "homes" | "stops"> {
  const homes = new Map<string, Home>();
  const stops: SchedulePlan["stops"][number][] = [];
  for (const { invokeId, alive } of living) {
    const surplus: string[] = [];
    const left: string[] = [];
    for (const id of alive) {
      if (suspended || !members.has(id)) left.push(id);
      else if (homes.has(id)) surplus.push(id);
      else homes.set(id, { invokeId, shard: numberOf(invokeId) });
    }
    const ids = [...left, ...surplus];
    if (ids.length === 0) continue;
    const why = suspended ? "suspended" : left.length > 0 ? "left" : "surplus";
    stops.push({ invokeId, ids, whole: ids.length === alive.size, why });
  }
  return { homes, stops };
}

/** Edits to make in place, none, or a renewal. */
function treatmentOf(
  found: FoundSchedule,
  facts: ScheduleFacts,
  wanted: Wanted,
): "renew" | readonly Edit[] {
  if (facts.abandoned === true) return [];
  const seen = editsOf(found, wanted);
  if (found.repeatMode !== wanted.repeatMode || seen.includes("command")) return "renew";
  const hash = found.inputHash === "" ? facts.savedHash : found.inputHash;
  if (hash === wanted.hash) return seen;
  // Of another time than the state: nobody can say what else is different.
  if (hash !== facts.savedHash || facts.modifies.length === 0) return "renew";
  const asked = facts.modifies.flatMap((name): readonly Edit[] => editOf(name));
  return [...new Set([...asked, ...seen])];
}

function editOf(input: string): readonly Edit[] {
  switch (input) {
    case "schedule":
      return ["frequency"];
    case "parameters":
      return ["parameters"];
    case "script":
      return ["content"];
    case "enableParameter":
      return ["enableParameter"];
    default:
      return [];
  }
}

function armingOf(
  facts: ScheduleFacts,
  homes: ReadonlyMap<string, Home>,
  renewed: readonly FoundSchedule[],
  kept: readonly FoundSchedule[],
  numbers: Numbers,
  numberOf: (invokeId: string) => number,
): Pick<SchedulePlan, "renews" | "additions" | "arms"> {
  const { rows, maxPerCall } = facts;
  const homeless = facts.members.filter((id) => facts.toArm.has(id) && !homes.has(id));
  const keptNumbers = new Set(kept.map((one) => numberOf(one.invokeId)));
  const renewing = new Map(renewed.map((one) => [numberOf(one.invokeId), one]));
  // Members whose shard is made anew go with it; the others of a shard that is gone stay together.
  const groups = new Map<number, string[]>([...renewing.keys()].map((number) => [number, []]));
  const newcomers: string[] = [];
  const again: string[] = [];
  const inOrder = facts.members.filter((id) => homes.has(id) || facts.toArm.has(id));
  const loose = new Set(homeless);
  for (const id of inOrder) {
    const shard = homes.get(id)?.shard ?? rows[id]?.batch;
    if (shard !== undefined && renewing.has(shard)) groups.get(shard)?.push(id);
    else if (!loose.has(id)) continue;
    else if (shard === undefined || rows[id]?.status === "Dropped") newcomers.push(id);
    else if (!keptNumbers.has(shard)) groups.set(shard, [...(groups.get(shard) ?? []), id]);
    else if (facts.again.has(id)) again.push(id);
    else newcomers.push(id);
  }
  const none: ReadonlySet<string> = new Set();
  const rooms: readonly Room[] = [
    ...kept.map((one) => ({
      number: numberOf(one.invokeId),
      members: [...homes.values()].filter((home) => home.invokeId === one.invokeId).length,
      had: new Set(one.members.map((seen) => seen.instanceId)),
    })),
    // Who failed before is armed alone, so that it keeps nobody else waiting.
    ...[...groups]
      .filter(([, ids]) => !ids.some((id) => facts.again.has(id)))
      .map(([number, ids]) => ({ number, members: ids.length, had: none })),
  ];
  const { joined, left } = placeNewcomers(newcomers, rooms, maxPerCall);
  for (const [number, ids] of groups) ids.push(...(joined.get(number) ?? []));
  const cut = (number: number, ids: readonly string[]): readonly Shard[] => {
    let first = true;
    return newShards(ids, maxPerCall, () => (first ? ((first = false), number) : numbers.next()));
  };
  return {
    renews: [...renewing].map(([number, one]) => ({
      invokeId: one.invokeId,
      arms: cut(number, groups.get(number) ?? []),
    })),
    additions: kept.flatMap((one) => {
      const number = numberOf(one.invokeId);
      const members = joined.get(number);
      return members === undefined ? [] : [{ invokeId: one.invokeId, shard: { number, members } }];
    }),
    arms: [
      ...[...groups].filter(([n]) => !renewing.has(n)).flatMap(([n, ids]) => cut(n, ids)),
      ...newShards(again, maxPerCall, numbers.next),
      ...newShards(left, maxPerCall, numbers.next),
    ],
  };
}

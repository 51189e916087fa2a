import type { Change } from "./change.js";
import type { Realm } from "./realm.js";

type Step = {
  readonly realm: string;
  readonly atMs: number;
  readonly undo: readonly Change[];
  readonly size: number;
};

/**
 * How to go back: the changes that undo the last ones, for reads that see the past. The last five
 * minutes are remembered, in a very busy time fewer.
 */
export class ChangeLog {
  private past: Step[] = [];
  private sincePruned = 0;
  private size = 0;

  /** @param most characters remembered, of outputs and scripts above all */
  constructor(private readonly most = MOST_CHARACTERS) {}

  /** Call it before the change is applied. */
  remember(realm: Realm, atMs: number, change: Change): void {
    const undo = realm.inverse(change);
    if (undo.length === 0) return;
    const size = undo.reduce((sum, one) => sum + sizeOf(one), 0);
    this.past.push({ realm: realm.key, atMs, undo, size });
    this.size += size;
    this.sincePruned += 1;
    if (this.sincePruned >= 1_024 || this.size > this.most) this.prune(atMs);
  }

  /** The realm as it was at that time; the realm itself when nothing changed since. */
  rewind(realm: Realm, atMs: number): Realm {
    const later = this.past.filter((step) => step.realm === realm.key && step.atMs > atMs);
    if (later.length === 0) return realm;
    const twin = realm.copy();
    for (const step of later.reverse()) {
      for (const change of step.undo) twin.apply(change);
    }
    return twin;
  }

  clear(): void {
    this.past = [];
    this.size = 0;
  }

  private prune(nowMs: number): void {
    this.sincePruned = 0;
    const recent = this.past.slice(-MOST).filter((step) => step.atMs > nowMs - KEPT_MS);
    let size = recent.reduce((sum, step) => sum + step.size, 0);
    // Well below the bound, or each change from now on would have to look through all of them.
    const target = size > this.most ? this.most / 2 : size;
    let dropped = 0;
    while (size > target) {
      size -= recent[dropped]?.size ?? 0;
      dropped += 1;
    }
    this.past = recent.slice(dropped);
    this.size = size;
  }
}

/** Close enough: what is long in a record stands at its top. */
function sizeOf(change: Change): number {
  if (!("put" in change)) return RECORD_CHARACTERS;
  let size = RECORD_CHARACTERS;
  for (const value of Object.values(change.value)) {
    if (typeof value === "string") size += value.length;
  }
  return size;
}

const RECORD_CHARACTERS = 256;
const MOST_CHARACTERS = 64 * 1_048_576;

const KEPT_MS = 5 * 60_000;
const MOST = 40_000;

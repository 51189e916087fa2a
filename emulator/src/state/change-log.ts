import type { Change } from "./change.js";
import type { Realm } from "./realm.js";

type Step = { readonly realm: string; readonly atMs: number; readonly undo: readonly Change[] };

/**
 * How to go back: the changes that undo the last ones, for reads that see the past. The last five
 * minutes are remembered, in a very busy time fewer.
 */
export class ChangeLog {
  private past: Step[] = [];
  private sincePruned = 0;

  /** Call it before the change is applied. */
  remember(realm: Realm, atMs: number, change: Change): void {
    const undo = realm.inverse(change);
    if (undo.length === 0) return;
    this.past.push({ realm: realm.key, atMs, undo });
    this.sincePruned += 1;
    if (this.sincePruned < 1_024) return;
    this.sincePruned = 0;
    this.past = this.past.slice(-MOST).filter((step) => step.atMs > atMs - KEPT_MS);
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
  }
}

const KEPT_MS = 5 * 60_000;
const MOST = 40_000;

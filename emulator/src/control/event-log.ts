import type { ServiceEvent } from "../service-api.js";

type WithoutPlace<T> = T extends unknown ? Omit<T, "seq" | "at" | "accountId" | "regionId"> : never;

/** What happened, without where and when. */
export type Happening = WithoutPlace<ServiceEvent>;

type Place = { readonly accountId: string; readonly regionId: string };

/** The last thousand events, and whoever listens. */
export class EventLog {
  private readonly ring: { seq: number; atMs: number; place: Place; what: Happening }[] = [];
  private readonly listeners = new Set<(event: ServiceEvent) => void>();
  private seq = 0;

  add(place: Place, atMs: number, what: Happening): void {
    this.seq += 1;
    const entry = { seq: this.seq, atMs, place, what };
    this.ring[(this.seq - 1) % KEPT] = entry;
    if (this.listeners.size === 0) return;
    const event = toEvent(entry);
    for (const listener of this.listeners) listener(event);
  }

  list(afterSeq = 0): ServiceEvent[] {
    return this.ring
      .filter(({ seq }) => seq > afterSeq)
      .sort((one, other) => one.seq - other.seq)
      .map(toEvent);
  }

  subscribe(listener: (event: ServiceEvent) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }
}

const KEPT = 1_000;

/** The text of the time is made only for those who look. */
function toEvent(entry: {
  seq: number;
  atMs: number;
  place: Place;
  what: Happening;
}): ServiceEvent {
  const { accountId, regionId } = entry.place;
  const at = new Date(entry.atMs).toISOString();
  return { seq: entry.seq, at, accountId, regionId, ...entry.what };
}

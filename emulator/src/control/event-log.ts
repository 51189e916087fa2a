import type { ServiceEvent } from "../service-api.js";

type OfKind<K extends ServiceEvent["kind"]> = Omit<
  Extract<ServiceEvent, { kind: K }>,
  "seq" | "at" | "accountId" | "regionId" | "startedAt"
>;

/** What happened, without where and when, and with the time of a run not yet put into words. */
export type Happening =
  | OfKind<"task">
  | (OfKind<"run"> & { readonly startedAtMs: number })
  | OfKind<"invocation">
  | OfKind<"skipped">
  | OfKind<"power">
  | OfKind<"agent">;

type Place = { readonly accountId: string; readonly regionId: string };

type Entry = {
  readonly seq: number;
  readonly atMs: number;
  readonly place: Place;
  readonly what: Happening;
};

/** The last thousand events, and whoever listens. */
export class EventLog {
  private readonly ring: Entry[] = [];
  private readonly listeners = new Set<(event: ServiceEvent) => void>();
  private seq = 0;
  private lastMs: number | undefined;
  private lastText = "";

  add(place: Place, atMs: number, what: Happening): void {
    this.seq += 1;
    const entry = { seq: this.seq, atMs, place, what };
    this.ring[(this.seq - 1) % KEPT] = entry;
    if (this.listeners.size === 0) return;
    const event = this.toEvent(entry);
    for (const listener of this.listeners) listener(event);
  }

  list(afterSeq = 0): ServiceEvent[] {
    return this.ring
      .filter(({ seq }) => seq > afterSeq)
      .sort((one, other) => one.seq - other.seq)
      .map((entry) => this.toEvent(entry));
  }

  subscribe(listener: (event: ServiceEvent) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Made only for those who look. Every field is named: spread objects cost many times as much. */
  private toEvent({ seq, atMs, place, what }: Entry): ServiceEvent {
    const { accountId, regionId } = place;
    const at = this.timeText(atMs);
    switch (what.kind) {
      case "task":
      case "run": {
        const { invokeId, instanceId, run, status, exitCode, errorCode } = what;
        const facts = { invokeId, instanceId, run, status, exitCode, errorCode };
        if (what.kind === "task") {
          return { seq, at, accountId, regionId, kind: what.kind, ...facts };
        }
        const startedAt = this.timeText(what.startedAtMs);
        return { seq, at, accountId, regionId, kind: what.kind, ...facts, startedAt };
      }
      case "invocation":
      case "skipped":
      case "power":
      case "agent":
        return { seq, at, accountId, regionId, ...what };
    }
  }

  /** Most events come in crowds at one instant. */
  private timeText(atMs: number): string {
    if (atMs !== this.lastMs) {
      this.lastMs = atMs;
      this.lastText = new Date(atMs).toISOString();
    }
    return this.lastText;
  }
}

const KEPT = 1_000;

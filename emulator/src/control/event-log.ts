import type { ServiceEvent } from "../service-api.js";

type OfKind<K extends ServiceEvent["kind"]> = Omit<
  Extract<ServiceEvent, { kind: K }>,
  "seq" | "at" | "accountId" | "regionId" | "startedAt" | "exitCode" | "errorCode"
>;

/** What happened, without where and when, and with the time of a run not yet put into words. */
export type Happening =
  | (OfKind<"task"> & Verdict)
  | (OfKind<"run"> & Verdict & { readonly startedAtMs: number })
  | OfKind<"invocation">
  | OfKind<"skipped">
  | OfKind<"power">
  | OfKind<"agent">;

type Verdict = {
  readonly exitCode: number | undefined;
  readonly errorCode: string | undefined;
};

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

/** The text of the times is made only for those who look. */
function toEvent({ seq, atMs, place, what }: Entry): ServiceEvent {
  const { accountId, regionId } = place;
  const head = { seq, at: new Date(atMs).toISOString(), accountId, regionId };
  switch (what.kind) {
    case "task":
      return { ...head, ...withVerdict(what) };
    case "run": {
      const { startedAtMs, ...rest } = withVerdict(what);
      return { ...head, ...rest, startedAt: new Date(startedAtMs).toISOString() };
    }
    case "invocation":
    case "skipped":
    case "power":
    case "agent":
      return { ...head, ...what };
  }
}

function withVerdict<T extends Verdict>(what: T) {
  const { exitCode, errorCode, ...rest } = what;
  return {
    ...rest,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(errorCode === undefined || errorCode === "" ? {} : { errorCode }),
  };
}

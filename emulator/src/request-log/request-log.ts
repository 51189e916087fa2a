import { waitFor, type Waiting } from "../wait-for.js";
import { matchesFilter, type RequestFilter, type RequestLogEntry } from "./entry.js";

export type RequestLogOptions = {
  /** Entries kept. @default 20000 */
  readonly entries?: number;
  /** Characters kept over all entries, of parameters above all; the oldest go first. @default 64 Mi */
  readonly characters?: number;
};

type Open = { -readonly [K in keyof RequestLogEntry]: RequestLogEntry[K] };

/** The last requests, in order of arrival. An entry is there from its arrival on. */
export class RequestLog {
  private entries: Open[] = [];
  /** Index of the oldest entry that is still kept; the array is cut only now and then. */
  private first = 0;
  private seq = 0;
  private size = 0;
  /** Of the entries that are kept. */
  private readonly sizes = new Map<RequestLogEntry, number>();
  private readonly watchers = new Set<() => void>();
  private readonly maxEntries: number;
  private readonly maxSize: number;

  constructor(options: RequestLogOptions = {}) {
    this.maxEntries = options.entries ?? 20_000;
    this.maxSize = options.characters ?? 64 * 1024 * 1024;
  }

  /** Opens an entry; `update` fills it in as more becomes known. */
  open(entry: Omit<RequestLogEntry, "seq">): RequestLogEntry {
    this.seq += 1;
    const opened: Open = { seq: this.seq, ...entry };
    this.entries.push(opened);
    this.weigh(opened);
    this.trim();
    if (this.watchers.size > 0) for (const look of [...this.watchers]) look();
    return opened;
  }

  update(entry: RequestLogEntry, change: Partial<RequestLogEntry>): void {
    Object.assign(entry, change);
    // One that went or was cleared meanwhile counts no more.
    const grew = change.stringToSign !== undefined || change.canonicalRequest !== undefined;
    if (grew && this.sizes.has(entry)) {
      this.weigh(entry);
      this.trim();
    }
    if (this.watchers.size > 0) for (const look of [...this.watchers]) look();
  }

  list(filter: RequestFilter = {}): RequestLogEntry[] {
    const found: RequestLogEntry[] = [];
    for (let i = this.first; i < this.entries.length; i += 1) {
      const entry = this.entries[i];
      if (entry !== undefined && matchesFilter(entry, filter)) found.push({ ...entry });
    }
    return found;
  }

  /** Resolves with the entries as soon as `count` of them match. */
  wait(filter: RequestFilter, count: number, until: Waiting): Promise<RequestLogEntry[]> {
    const matching = (): RequestLogEntry[] | undefined => {
      const found = this.list(filter);
      return found.length >= count ? found : undefined;
    };
    return waitFor(matching, (look) => this.watch(look), {
      ...until,
      describe: () => `${this.list(filter).length} of ${count} requests came`,
    });
  }

  private watch(look: () => void): () => void {
    this.watchers.add(look);
    return () => this.watchers.delete(look);
  }

  clear(): void {
    this.entries = [];
    this.first = 0;
    this.size = 0;
    this.sizes.clear();
  }

  private weigh(entry: RequestLogEntry): void {
    const before = this.sizes.get(entry);
    const now = sizeOf(entry);
    this.sizes.set(entry, now);
    this.size += now - (before ?? 0);
  }

  private trim(): void {
    while (this.entries.length - this.first > 1) {
      if (this.entries.length - this.first <= this.maxEntries && this.size <= this.maxSize) break;
      const oldest = this.entries[this.first];
      if (oldest !== undefined) {
        this.size -= this.sizes.get(oldest) ?? 0;
        this.sizes.delete(oldest);
      }
      this.first += 1;
    }
    if (this.first > 1024 && this.first * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.first);
      this.first = 0;
    }
  }
}

function sizeOf(entry: RequestLogEntry): number {
  const { params, action, userAgent, stringToSign = "", canonicalRequest = "" } = entry;
  let size = action.length + userAgent.length + stringToSign.length + canonicalRequest.length;
  for (const key in params) size += key.length + (params[key]?.length ?? 0);
  return size;
}

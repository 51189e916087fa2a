import type { Logger } from "pino";
import type { Change } from "./change.js";
import { makeId, placeOf } from "./ids.js";
import { Journal } from "./journal.js";
import type { Entry } from "./journal-file.js";
import { Realm, realmKey } from "./realm.js";
import { ChangeLog } from "./change-log.js";
import type { PublicCommandRecord } from "./records.js";

export type StoreOptions = {
  /** Without it everything is in memory alone. */
  readonly folder?: string;
  readonly seed: string;
  readonly log?: Logger | undefined;
};

/** A state that was read and not yet taken. */
export type Replacement = {
  readonly realms: ReadonlyMap<string, Realm>;
  readonly ids: number;
  readonly lastMs: number;
};

/**
 * All state, by account and region. A commit is in the journal before it is in memory, and in both
 * before it returns. The store never asks what time it is.
 */
export class Store {
  private realms = new Map<string, Realm>();
  private readonly log = new ChangeLog();
  private journal: Journal | undefined;
  private compactAt = COMPACT_BYTES;
  private seq = 0;
  private ids = 0;
  private lastMs = 0;
  private seedText: string;
  private saidUncompacted = false;

  /** Commands of the provider AlibabaCloud: the same for every account, given at the start. */
  readonly publicCommands: PublicCommandRecord[] = [];

  private constructor(
    seed: string,
    private readonly logger: Logger | undefined,
  ) {
    this.seedText = seed;
  }

  static open(options: StoreOptions): Store {
    const store = new Store(options.seed, options.log);
    if (options.folder === undefined) return store;
    store.journal = Journal.open(options.folder, { seed: options.seed }, (entry) => {
      store.replay(entry);
    });
    store.seedText = store.journal.seed;
    return store;
  }

  /** True when the folder was new, or there is none. */
  get isNew(): boolean {
    return this.seq === 0;
  }

  /** The emulator's time at the last commit; 0 when there was none. */
  get lastCommitMs(): number {
    return this.lastMs;
  }

  get seed(): string {
    return this.seedText;
  }

  realm(accountId: string, regionId: string): Realm {
    return realmIn(this.realms, accountId, regionId);
  }

  /** Realms that were ever asked for; some may be empty. */
  all(): Iterable<Realm> {
    return this.realms.values();
  }

  /** A realm as it was at that time, as far back as changes are remembered. */
  asOf(realm: Realm, atMs: number): Realm {
    return this.log.rewind(realm, atMs);
  }

  /** A new id. It counts as given out with the next commit. */
  nextId(prefix: string, regionId: string): string {
    this.ids += 1;
    return makeId(prefix, placeOf(regionId), this.seedText, this.ids);
  }

  /** The order number for a new record: unique, growing. */
  nextSeq(): number {
    this.ids += 1;
    return this.ids;
  }

  commit(realm: Realm, atMs: number, changes: readonly Change[]): void {
    // What is still under way for a state that was replaced must not reach the new one.
    if (changes.length === 0 || this.realms.get(realm.key) !== realm) return;
    const entry: Entry = {
      seq: this.seq + 1,
      atMs,
      ids: this.ids,
      realm: realm.key,
      changes,
    };
    this.journal?.append(entry);
    this.seq = entry.seq;
    this.lastMs = atMs;
    for (const change of changes) {
      this.log.remember(realm, atMs, change);
      realm.apply(change);
    }
    if (this.journal !== undefined && this.journal.size > this.compactAt) {
      this.compact(this.journal);
    }
  }

  /** Everything, as entries that make it anew. */
  entries(): Generator<Entry> {
    return entriesOf({ realms: this.realms, ids: this.ids, lastMs: this.lastMs }, this.seq);
  }

  /** Reads a state without taking it; throws where the entries cannot be one. */
  read(entries: Iterable<Entry>): Replacement {
    const realms = new Map<string, Realm>();
    let ids = 0;
    let lastMs = this.lastMs;
    for (const entry of entries) {
      ids = Math.max(ids, entry.ids);
      lastMs = entry.atMs;
      applyTo(realms, entry);
    }
    return { realms, ids, lastMs };
  }

  /** Forgets everything and takes this instead. If that cannot be written, all is as it was. */
  replaceAll(next: Replacement): void {
    const seq = this.seq + 1;
    if (this.journal !== undefined) {
      this.compactAt = Math.max(COMPACT_BYTES, this.journal.compact(entriesOf(next, seq)));
    }
    this.seq = seq;
    this.ids = next.ids;
    this.lastMs = next.lastMs;
    this.realms = new Map(next.realms);
    this.log.clear();
  }

  close(): void {
    this.journal?.close();
    this.journal = undefined;
  }

  private compact(journal: Journal): void {
    try {
      // A large state must not be written again after each small change.
      this.compactAt = Math.max(COMPACT_BYTES, journal.compact(this.entries()));
      this.saidUncompacted = false;
    } catch (reason) {
      // What was committed is in the journal, and its caller must be told so.
      this.compactAt = journal.size + COMPACT_BYTES;
      if (this.saidUncompacted) return;
      this.saidUncompacted = true;
      this.logger?.error(
        { err: reason },
        "the journal could not be made shorter; it goes on growing",
      );
    }
  }

  private replay(entry: Entry): void {
    this.seq = entry.seq;
    this.ids = Math.max(this.ids, entry.ids);
    this.lastMs = entry.atMs;
    applyTo(this.realms, entry);
  }
}

function applyTo(realms: Map<string, Realm>, entry: Entry): void {
  if (entry.realm === "") return;
  const [accountId = "", regionId = ""] = entry.realm.split("/");
  const realm = realmIn(realms, accountId, regionId);
  for (const change of entry.changes) realm.apply(change);
}

function realmIn(realms: Map<string, Realm>, accountId: string, regionId: string): Realm {
  const key = realmKey(accountId, regionId);
  let realm = realms.get(key);
  if (realm === undefined) {
    realm = new Realm(accountId, regionId);
    realms.set(key, realm);
  }
  return realm;
}

function* entriesOf(state: Replacement, seq: number): Generator<Entry> {
  const { ids, lastMs: atMs } = state;
  const entry = (realm: string, changes: readonly Change[]): Entry => {
    return { seq, atMs, ids, realm, changes };
  };
  for (const realm of state.realms.values()) {
    let changes: Change[] = [];
    for (const change of realm.changes()) {
      changes.push(change);
      if (changes.length < ENTRY_CHANGES) continue;
      yield entry(realm.key, changes);
      changes = [];
    }
    if (changes.length > 0) yield entry(realm.key, changes);
  }
  // Carries the counters, also when there is nothing else.
  yield entry("", []);
}

const COMPACT_BYTES = 16 * 1_048_576;
const ENTRY_CHANGES = 200;

import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { EmulatorError } from "../errors.js";
import { lockFolder, type FolderLock } from "./folder-lock.js";
import {
  damaged,
  endLine,
  entryLine,
  headLine,
  readJournalFile,
  type Entry,
  type Head,
} from "./journal-file.js";

/**
 * Everything that changed, one line an entry, written before the answer is given. A plain write
 * without fsync: the kernel keeps it when the process is killed; a power cut may lose the last ones.
 */
export class Journal {
  private bytes = 0;
  private broken: Error | undefined;

  private constructor(
    private readonly folder: string,
    private readonly lock: FolderLock,
    private file: number,
    private readonly head: Head,
  ) {}

  /**
   * Opens a folder and hands everything in it to `replay`, in order. `head` is written into a new
   * folder; an old one answers with its own. Throws EmulatorError DataInUse, DataDamaged, DataNewer.
   */
  static open(folder: string, head: Head, replay: (entry: Entry) => void): Journal {
    const lock = takeFolder(folder);
    try {
      rmSync(join(folder, TEMPORARY), { force: true });
      const snapshot = readJournalFile(join(folder, SNAPSHOT), "whole");
      const log = readJournalFile(join(folder, JOURNAL), "may-end-early");
      let seq = 0;
      for (const entry of snapshot?.entries ?? []) {
        replay(entry);
        seq = entry.seq;
      }
      const snapshotSeq = seq;
      for (const [index, entry] of (log?.entries ?? []).entries()) {
        // Left over where a crash came between a new snapshot and its new journal.
        if (entry.seq <= snapshotSeq) continue;
        if (entry.seq !== seq + 1) {
          const why = `it is entry ${String(entry.seq)} where ${String(seq + 1)} belongs`;
          throw damaged(join(folder, JOURNAL), index + 2, why);
        }
        replay(entry);
        seq = entry.seq;
      }
      const kept = log?.head ?? snapshot?.head ?? head;
      const file = openSync(join(folder, JOURNAL), "a+", 0o600);
      const journal = new Journal(folder, lock, file, kept);
      if (log === undefined) {
        ftruncateSync(file, 0);
        journal.write(headLine("journal", kept));
      } else {
        ftruncateSync(file, log.goodBytes);
        journal.bytes = log.goodBytes;
      }
      return journal;
    } catch (reason) {
      lock.release();
      throw reason;
    }
  }

  get seed(): string {
    return this.head.seed;
  }

  /** Bytes written since the last snapshot. */
  get size(): number {
    return this.bytes;
  }

  /** When it returns, the entry survives the process. Throws if it could not be written whole. */
  append(entry: Entry): void {
    if (this.broken !== undefined) throw unwritable(this.broken);
    const before = this.bytes;
    try {
      this.write(entryLine(entry));
    } catch (reason) {
      this.undo(before, reason as Error);
      throw unwritable(reason as Error);
    }
  }

  /**
   * Replaces all files by one that holds these entries, and goes on with an empty journal. Where it
   * throws, either the old files are in force and it goes on, or nothing more is accepted.
   * @returns the snapshot's bytes
   */
  compact(entries: Iterable<Entry>): number {
    if (this.broken !== undefined) throw unwritable(this.broken);
    const bytes = this.writeSnapshot(entries);
    try {
      syncFolder(this.folder);
      ftruncateSync(this.file, 0);
      this.bytes = 0;
      this.write(headLine("journal", this.head));
    } catch (reason) {
      // Entries behind half a head, or before those that the snapshot counts, could not be read.
      this.broken = reason as Error;
      throw unwritable(this.broken);
    }
    return bytes;
  }

  close(): void {
    closeSync(this.file);
    this.lock.release();
  }

  private writeSnapshot(entries: Iterable<Entry>): number {
    const temporary = join(this.folder, TEMPORARY);
    try {
      const bytes = this.writeTemporary(temporary, entries);
      renameSync(temporary, join(this.folder, SNAPSHOT));
      return bytes;
    } catch (reason) {
      removeIfPossible(temporary);
      throw unwritable(reason as Error);
    }
  }

  private writeTemporary(temporary: string, entries: Iterable<Entry>): number {
    const file = openSync(temporary, "w", 0o600);
    let bytes = 0;
    try {
      let text = headLine("snapshot", this.head);
      let count = 0;
      for (const entry of entries) {
        text += entryLine(entry);
        count += 1;
        if (text.length > CHUNK) {
          bytes += writeAll(file, text);
          text = "";
        }
      }
      bytes += writeAll(file, text + endLine(count));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return bytes;
  }

  private write(text: string): void {
    this.bytes += writeAll(this.file, text);
  }

  /** Takes a half-written line back. If even that fails, nothing more is accepted. */
  private undo(bytes: number, reason: Error): void {
    try {
      ftruncateSync(this.file, bytes);
      this.bytes = bytes;
    } catch {
      this.broken = reason;
    }
  }
}

const JOURNAL = "journal.jsonl";
const SNAPSHOT = "snapshot.jsonl";
const TEMPORARY = "snapshot.jsonl.new";
const CHUNK = 1_048_576;

function unwritable(reason: Error): EmulatorError {
  return new EmulatorError("Internal", `The journal cannot be written: ${reason.message}`, {
    cause: reason,
  });
}

/** A write to a file may take less than it was given. */
function writeAll(file: number, text: string): number {
  const bytes = Buffer.from(text, "utf8");
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
  return bytes.length;
}

/** What is left of a snapshot would only fill a disk that is full already. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Something else stands there.
  }
}

function syncFolder(folder: string): void {
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Whether an emulator has kept its state there. */
export function holdsState(folder: string): boolean {
  return [JOURNAL, SNAPSHOT].some((file) => existsSync(join(folder, file)));
}

/** Makes the folder and locks it. */
function takeFolder(folder: string): FolderLock {
  try {
    makeFolder(folder);
    return lockFolder(folder);
  } catch (cause) {
    if (cause instanceof EmulatorError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EmulatorError(
      "InvalidOption",
      `The data folder ${folder} cannot be used: ${why}. Name a folder that this user may write to.`,
      { cause },
    );
  }
}

/** Node's own `recursive` never returns where the kernel lets nobody make a folder, as in /proc. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (reason) {
    // Another process may have been faster.
    if (!isFolder(folder)) throw reason;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { EmulatorError } from "../errors.js";
import type { Change } from "./change.js";
import { checkedLine, readCheckedLine } from "./checked-line.js";
import { lockFolder, type FolderLock } from "./folder-lock.js";

/** Raised when a line can no longer be read as it was meant. Older ones are still read. */
export const SCHEMA = 1;

/** What one accepted call or report changed: all of it is there after a crash, or nothing. */
export type Entry = {
  /** Counts without gaps. */
  readonly seq: number;
  readonly atMs: number;
  /** How many ids were given out so far. */
  readonly ids: number;
  /** "" for what belongs to no realm. */
  readonly realm: string;
  readonly changes: readonly Change[];
};

/** What every file begins with. */
export type Head = { readonly seed: string };

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
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = lockFolder(folder);
    try {
      rmSync(join(folder, TEMPORARY), { force: true });
      const snapshot = readFile(join(folder, SNAPSHOT), "whole");
      const log = readFile(join(folder, JOURNAL), "may-end-early");
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
      this.write(checkedLine(entryObject(entry)));
    } catch (reason) {
      this.undo(before, reason as Error);
      throw unwritable(reason as Error);
    }
  }

  /**
   * Replaces all files by one that holds these entries, and goes on with an empty journal.
   * @returns the snapshot's bytes
   */
  compact(entries: Iterable<Entry>): number {
    const temporary = join(this.folder, TEMPORARY);
    const file = openSync(temporary, "w", 0o600);
    let bytes = 0;
    try {
      let text = headLine("snapshot", this.head);
      let count = 0;
      for (const entry of entries) {
        text += checkedLine(entryObject(entry));
        count += 1;
        if (text.length > CHUNK) {
          bytes += writeAll(file, text);
          text = "";
        }
      }
      bytes += writeAll(file, text + checkedLine({ end: true, count }));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, join(this.folder, SNAPSHOT));
    syncFolder(this.folder);
    ftruncateSync(this.file, 0);
    this.bytes = 0;
    this.write(headLine("journal", this.head));
    return bytes;
  }

  close(): void {
    closeSync(this.file);
    this.lock.release();
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

type FileContent = {
  readonly head: Head;
  readonly entries: readonly Entry[];
  readonly goodBytes: number;
};

/** Undefined when there is no such file, or a journal whose very first line was cut short. */
function readFile(path: string, end: "whole" | "may-end-early"): FileContent | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const entries: Entry[] = [];
  let head: Head | undefined;
  let start = 0;
  let ended = false;
  for (let number = 1; start < bytes.length; number += 1) {
    const lineEnd = bytes.indexOf(10, start);
    // The last line was being written when the process died: its call was never answered.
    if (lineEnd === -1 && end === "may-end-early") break;
    if (lineEnd === -1) throw damaged(path, number, "the file ends inside it");
    const line = readCheckedLine(bytes.toString("utf8", start, lineEnd));
    if ("problem" in line) throw damaged(path, number, line.problem);
    if (ended) throw damaged(path, number, "it follows the end");
    if (number === 1) head = readHead(line.value, path);
    else if (line.value.end === true) ended = checkEnd(line.value, entries.length, path, number);
    else entries.push(readEntry(line.value, path, number));
    start = lineEnd + 1;
  }
  if (end === "whole" && !ended) throw damaged(path, entries.length + 2, "the end is missing");
  return head === undefined ? undefined : { head, entries, goodBytes: start };
}

function headLine(kind: "journal" | "snapshot", head: Head): string {
  return checkedLine({ format: `cloud-assistant-emulator ${kind}`, schema: SCHEMA, ...head });
}

function readHead(value: Record<string, unknown>, path: string): Head {
  const { format, schema, seed } = value;
  if (typeof format !== "string" || !format.startsWith("cloud-assistant-emulator ")) {
    throw damaged(path, 1, "it is not the first line of an emulator's file");
  }
  if (typeof schema !== "number" || schema > SCHEMA) {
    throw new EmulatorError(
      "DataNewer",
      `${path} was written by a newer emulator (schema ${String(schema)}; this one reads up to ` +
        `${String(SCHEMA)}). Use that version, or name another data folder.`,
    );
  }
  return { seed: typeof seed === "string" ? seed : "" };
}

function entryObject(entry: Entry): Record<string, unknown> {
  const { seq, atMs, ids, realm, changes } = entry;
  return { seq, at: atMs, ids, realm, changes };
}

function readEntry(value: Record<string, unknown>, path: string, line: number): Entry {
  const { seq, at, ids, realm, changes } = value;
  if (
    typeof seq !== "number" ||
    typeof at !== "number" ||
    typeof ids !== "number" ||
    typeof realm !== "string" ||
    !Array.isArray(changes)
  ) {
    throw damaged(path, line, "it is not an entry");
  }
  return { seq, atMs: at, ids, realm, changes: changes as Change[] };
}

function checkEnd(
  value: Record<string, unknown>,
  count: number,
  path: string,
  line: number,
): boolean {
  if (value.count !== count) throw damaged(path, line, "entries are missing before it");
  return true;
}

function damaged(path: string, line: number, why: string): EmulatorError {
  return new EmulatorError(
    "DataDamaged",
    `${path}, line ${String(line)} is damaged: ${why}. Nothing of the folder was used. Restore ` +
      `the file, or name another data folder.`,
  );
}

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

function syncFolder(folder: string): void {
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

import { existsSync, readFileSync } from "node:fs";
import { EmulatorError } from "../errors.js";
import type { Change } from "./change.js";
import { checkedLine, readCheckedLine } from "./checked-line.js";

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

export type FileContent = {
  readonly head: Head;
  readonly entries: readonly Entry[];
  readonly goodBytes: number;
};

/** Undefined when there is no such file, or a journal whose very first line was cut short. */
export function readJournalFile(
  path: string,
  end: "whole" | "may-end-early",
): FileContent | undefined {
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

export function headLine(kind: "journal" | "snapshot", head: Head): string {
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

export function entryLine({ seq, atMs, ids, realm, changes }: Entry): string {
  return checkedLine({ seq, at: atMs, ids, realm, changes });
}

export function endLine(count: number): string {
  return checkedLine({ end: true, count });
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

export function damaged(path: string, line: number, why: string): EmulatorError {
  return new EmulatorError(
    "DataDamaged",
    `${path}, line ${String(line)} is damaged: ${why}. Nothing of the folder was used. Restore ` +
      `the file, or name another data folder.`,
  );
}

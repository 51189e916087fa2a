import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, parseStat, type ProcessId } from "./proc.js";
import { readRegular } from "./regular-file.js";
import { isCode } from "./script-file.js";

/** What must be known of a running task after the emulator itself was killed. */
export type TaskRecord = {
  readonly schema: 1;
  /** By the emulator's clock. */
  readonly startedAt: number;
  /** The same by the host's clock, which is the one that processes know. */
  readonly startedWall: number;
  readonly hostBootId: string;
  readonly guarded: boolean;
};

/** The files of one task: what the emulator notes and what the wrapper writes. */
export class TaskFolder {
  constructor(readonly path: string) {}

  create(record: TaskRecord): void {
    mkdirSync(this.path, { recursive: true });
    // A record appears whole or not at all: it is one write of a few hundred bytes.
    writeFileSync(join(this.path, "record.json"), JSON.stringify(record));
  }

  record(): TaskRecord | undefined {
    const text = this.#text("record.json");
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as TaskRecord;
    } catch {
      return undefined;
    }
  }

  /** Takes the task away from its wrapper. False when that has begun already. */
  claim(): boolean {
    try {
      writeFileSync(join(this.path, "claim"), "", { flag: "wx" });
      return true;
    } catch (error) {
      if (isCode(error, "EEXIST")) return false;
      if (isCode(error, "ENOENT")) return true;
      throw error;
    }
  }

  /** The shell that looks after the command. */
  wrapper(): ProcessId | undefined {
    return this.#process("wrapper");
  }

  /** The command's own process, or the one that guards it. */
  command(): ProcessId | undefined {
    return this.#process("process");
  }

  /** The exit status, once it is there as a whole. */
  exitCode(): number | undefined {
    const found = /^(\d+)\n$/.exec(this.#text("exit") ?? "");
    return found?.[1] === undefined ? undefined : Number(found[1]);
  }

  /** When the exit status was written, by the host's clock. */
  endedWall(): number {
    try {
      return lstatSync(join(this.path, "exit")).mtimeMs;
    } catch {
      return Date.now();
    }
  }

  /** Whether nobody is there any more who could write the exit status. */
  isLost(isWrapperGone: boolean): boolean {
    const wrapper = this.wrapper();
    if (!isWrapperGone && (wrapper === undefined || isAlive(wrapper))) return false;
    const command = this.command();
    if (command !== undefined && isAlive(command)) return false;
    return this.exitCode() === undefined;
  }

  /** Whether all output was read, because nobody holds the pipe any more. */
  isDrained(): boolean {
    return existsSync(join(this.path, "eof"));
  }

  /** Notes that the end of the command is the emulator's doing and says nothing about it. */
  markInterrupted(): void {
    try {
      writeFileSync(join(this.path, "interrupted"), "");
    } catch (error) {
      if (!isCode(error, "ENOENT")) throw error;
    }
  }

  isInterrupted(): boolean {
    return existsSync(join(this.path, "interrupted"));
  }

  exists(): boolean {
    return existsSync(this.path);
  }

  /** Moved away first: a wrapper that still writes finds no folder then, and none fills up again. */
  remove(): void {
    const away = `${this.path}~${process.hrtime.bigint()}`;
    try {
      renameSync(this.path, away);
    } catch (error) {
      if (isCode(error, "ENOENT")) return;
      throw error;
    }
    rmSync(away, { recursive: true, force: true });
  }

  #process(name: string): ProcessId | undefined {
    const text = this.#text(name);
    return text?.endsWith("\n") === true ? parseStat(text) : undefined;
  }

  #text(name: string): string | undefined {
    return readRegular(join(this.path, name), MOST_BYTES);
  }
}

/** Of any of its files but the output. */
const MOST_BYTES = 65_536;

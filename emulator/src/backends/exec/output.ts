import { join } from "node:path";
import { readPart, sizeOf } from "./regular-file.js";

/**
 * How much of a task's output the agent has sent while it runs: 2,048 bytes a second at most, and
 * none any more once more than 6,000 bytes went out. What it has sent is kept for good. Seen in the
 * genuine agent's streams.
 */
export function nextStreamed(streamed: number, available: number): number {
  if (streamed > STREAM_UNTIL) return streamed;
  return Math.min(Math.max(available, streamed), streamed + STREAM_STEP);
}

const STREAM_UNTIL = 6_000;
const STREAM_STEP = 2_048;

/** What is kept at the end: the head already sent, and of the rest the tail that still fits. */
export function keptOutput(
  source: OutputFiles,
  streamed: number,
  keepBytes: number,
): { readonly output: Buffer; readonly dropped: number } {
  const { total, tail } = source.tail(Math.max(keepBytes - streamed, 0));
  const head = source.head(streamed);
  const rest = total - head.length;
  const kept = tail.subarray(Math.max(tail.length - rest, 0));
  return { output: Buffer.concat([head, kept]), dropped: rest - kept.length };
}

/** The output of one task on disk, while it is being written and afterwards. */
export class OutputFiles {
  constructor(private readonly folder: string) {}

  /** The first bytes, as far as they are there. */
  head(length: number): Buffer {
    return partOf(this.segment("0"), 0, length);
  }

  /** Bytes at hand in the first segment, which is all that streaming looks at. */
  headSize(): number {
    return sizeOf(this.segment("0"));
  }

  /** How much there is in all, and the last bytes of it. */
  tail(length: number): { readonly total: number; readonly tail: Buffer } {
    for (;;) {
      const before = this.turn();
      const { base, current, previous } = before;
      const size = sizeOf(this.segment(current));
      const last = partOf(this.segment(current), size - length, Math.min(length, size));
      const missing = previous === undefined ? 0 : length - last.length;
      const earlier = missing > 0 ? lastPart(this.segment(previous ?? current), missing) : NOTHING;
      // Who still writes may have turned to another segment meanwhile.
      if (this.turn().base === before.base) {
        return { total: base + size, tail: Buffer.concat([earlier, last]) };
      }
    }
  }

  private segment(name: string): string {
    return join(this.folder, `out.${name}`);
  }

  private turn(): Turn {
    const path = join(this.folder, "segments");
    // It grows with the output.
    return lastTurn(lastPart(path, TURN_BYTES).toString("latin1"));
  }
}

/** Which segment is being written, and how many bytes were written before it. */
type Turn = { readonly base: number; readonly current: string; readonly previous?: string };

const FIRST_TURN: Turn = { base: 0, current: "0" };
const NOTHING = Buffer.alloc(0);

function lastTurn(text: string): Turn {
  const line = text.slice(0, text.lastIndexOf("\n")).split("\n").pop() ?? "";
  const [base, current, previous] = line.split(" ");
  if (base === undefined || current === undefined || previous === undefined) return FIRST_TURN;
  return { base: Number(base), current, previous };
}

function lastPart(path: string, length: number): Buffer {
  const size = sizeOf(path);
  return partOf(path, size - length, Math.min(length, size));
}

function partOf(path: string, from: number, length: number): Buffer {
  if (length <= 0) return NOTHING;
  return readPart(path, Math.max(from, 0), length) ?? NOTHING;
}

/** More than the longest last line of `segments` and the end of the one before. */
const TURN_BYTES = 1_024;

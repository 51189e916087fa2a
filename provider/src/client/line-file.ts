import { appendFileSync } from "node:fs";

/** Takes one value a line, as JSON. It never throws. */
export type LineSink = (value: unknown) => void;

/**
 * Appends lines of JSON to a file that only its owner may read. Each line is written whole and at
 * once, so that several processes may write to one file, and a killed one loses nothing.
 *
 * @param complain told once when the file cannot be written; the work goes on without it
 */
export function lineFile(path: string, complain: (reason: string) => void): LineSink {
  let broken = false;
  return (value) => {
    if (broken) return;
    try {
      appendFileSync(path, `${JSON.stringify(value)}\n`, { mode: 0o600 });
    } catch (reason) {
      broken = true;
      complain(reason instanceof Error ? reason.message : String(reason));
    }
  };
}

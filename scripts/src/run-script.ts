import path from "node:path";

/** The repository's root: this file is built to scripts/dist. */
export const root = path.resolve(__dirname, "..", "..");

/** Something that the person in front of the terminal can mend. */
export class SetUpError extends Error {
  override readonly name = "SetUpError";
}

/** Prints a line for people. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Runs what a script does, and ends the process with its code; errors are one readable message. */
export async function main(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (reason) {
    process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
    process.exitCode = 1;
  }
}

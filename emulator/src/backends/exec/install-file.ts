import { readFileSync, renameSync, writeFileSync } from "node:fs";

/**
 * Puts a text into a file unless it is there already. A file that changes is a new one: a shell
 * reads its script while it runs, and wrappers of an earlier emulator may still be at it.
 */
export function installFile(path: string, text: string, mode = 0o644): void {
  if (current(path) === text) return;
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { mode });
  renameSync(fresh, path);
}

function current(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

import { readRegular, replaceFile } from "./regular-file.js";

/**
 * Puts a text into a file unless it is there already. A file that changes is a new one: a shell
 * reads its script while it runs, and wrappers of an earlier emulator may still be at it.
 */
export function installFile(path: string, text: string, mode = 0o644): void {
  if (readRegular(path, Buffer.byteLength(text)) === text) return;
  replaceFile(path, text, mode);
}

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";

/**
 * Files in places that a command can reach. It may have put anything there: a pipe or a device that
 * never answers would hold up the whole emulator, a link would lead elsewhere, and a file may have
 * no end.
 */

/** Opens a file for reading. Undefined when there is none, or something else. */
export function openRegular(path: string): number | undefined {
  let file: number;
  try {
    // Looked at first: merely opening some devices does something.
    if (!lstatSync(path).isFile()) return undefined;
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  try {
    if (fstatSync(file).isFile()) return file;
  } catch {
    // As good as none.
  }
  closeSync(file);
  return undefined;
}

/** The text of a file. Undefined when there is none, something else, or more than that. */
export function readRegular(path: string, mostBytes: number): string | undefined {
  const read = readPart(path, 0, mostBytes + 1);
  return read === undefined || read.length > mostBytes ? undefined : read.toString("utf8");
}

/** Bytes of a file from a place on, as many as are there. */
export function readPart(path: string, from: number, length: number): Buffer | undefined {
  const file = openRegular(path);
  if (file === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const read = readSync(file, buffer, done, length - done, from + done);
      if (read === 0) break;
      done += read;
    }
    return buffer.subarray(0, done);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** Whether something is there that is no file, or a larger one than it can ever be. */
export function cannotBe(path: string, mostBytes: number): boolean {
  try {
    const stat = lstatSync(path);
    return !stat.isFile() || stat.size > mostBytes;
  } catch {
    return false;
  }
}

export function sizeOf(path: string): number {
  try {
    const stat = lstatSync(path);
    return stat.isFile() ? stat.size : 0;
  } catch {
    return 0;
  }
}

/** Puts a file in the place of whatever is there; it appears whole. */
export function replaceFile(path: string, text: string, mode = 0o644): void {
  const fresh = `${path}.new`;
  rmSync(fresh, { recursive: true, force: true });
  writeFileSync(fresh, text, { flag: "wx", mode });
  renameSync(fresh, path);
}

/** Removes a file. A folder in its place stays, and is in nobody's way but its maker's. */
export function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays.
  }
}

import { chmodSync, closeSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Task } from "../backend.js";
import { safeName } from "./layout.js";

export type SavedScript =
  | { readonly kind: "saved"; readonly path: string }
  | { readonly kind: "exists"; readonly path: string }
  | { readonly kind: "failed"; readonly path: string; readonly reason: string };

/** `t-1.iv2.sh`, as the agent names it. A command's name goes before it when one was sent. */
export function scriptName(
  task: Pick<Task, "invokeId" | "run" | "commandName">,
  extension: string,
): string {
  const { invokeId, run, commandName = "" } = task;
  const name = commandName === "" ? "" : `${commandName}-`;
  const version = run > 0 ? `.iv${run}` : "";
  return `${name}${safeName(invokeId)}${version}${extension}`;
}

/** Writes a script file that must not be there yet, and opens it for everybody. */
export function saveScript(
  folder: string,
  name: string,
  content: Buffer,
  replaces = false,
): SavedScript {
  const path = join(folder, name);
  // A command's name may hold slashes and dots. The agent would follow them; the host is not ours.
  if (dirname(path) !== folder) return { kind: "failed", path, reason: "not in the folder" };
  let file: number;
  try {
    if (replaces) rmSync(path, { force: true });
    file = openSync(path, "wx", 0o700);
  } catch (error) {
    if (isCode(error, "EEXIST")) return { kind: "exists", path };
    return { kind: "failed", path, reason: String(error) };
  }
  try {
    writeWhole(file, content);
    chmodSync(path, 0o755);
    return { kind: "saved", path };
  } catch (error) {
    rmSync(path, { force: true });
    return { kind: "failed", path, reason: String(error) };
  } finally {
    closeSync(file);
  }
}

function writeWhole(file: number, content: Buffer): void {
  for (let done = 0; done < content.length;) done += writeSync(file, content, done);
}

/** Not by `instanceof`: errors of the file system may come from another realm. */
export function isCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}

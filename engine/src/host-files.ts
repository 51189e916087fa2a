import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { EngineError } from "./engine-error.js";

/** A file of our built language host. */
export type HostFile = { readonly name: string; readonly text: string };

/**
 * The files of the built language host: `main.js` and what it requires, in the order found. Not all that lies in the
 * folder, since a compiler leaves the output of files that are gone.
 */
export function hostFiles(folder: string): readonly HostFile[] {
  if (!existsSync(path.join(folder, "main.js"))) {
    throw new EngineError("not-built", "The language host is not built: run npm run build.");
  }
  const files = new Map<string, HostFile>();
  const add = (name: string): void => {
    if (files.has(name)) return;
    const text = readFileSync(path.join(folder, name), "utf8").replace(SOURCE_MAP, "");
    files.set(name, { name, text });
    for (const [, next] of text.matchAll(REQUIRED_BESIDE)) {
      if (next !== undefined) add(next);
    }
  };
  add("main.js");
  return [...files.values()];
}

/** How `tsc` writes the import of a file in the same folder. */
const REQUIRED_BESIDE = /require\("\.\/([\w-]+\.js)"\)/g;

/** The maps stay behind. */
const SOURCE_MAP = /\n\/\/# sourceMappingURL=.*\s*$/;

import { existsSync, mkdirSync, readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Resolves with a file's text as soon as it has any. */
export function fileWritten(path: string): Promise<string> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  return new Promise((resolve) => {
    const watcher = watch(folder, (_event, name) => {
      if (name === basename(path)) look();
    });
    const look = (): void => {
      const text = existsSync(path) ? readFileSync(path, "utf8") : "";
      if (text === "") return;
      watcher.close();
      resolve(text);
    };
    look();
  });
}

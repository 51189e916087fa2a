import { readdirSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import { isPowerDoorbell } from "./isolation/doorbell-names.js";
import { discard } from "./regular-file.js";

/**
 * Notices files that processes make in one folder. A watcher can miss one when very many come at
 * once, so whoever waits also looks by itself from time to time. A file that nobody waits for is
 * removed.
 */
export class Doorbells {
  readonly #rings = new Map<string, () => void>();
  readonly #watcher: FSWatcher | undefined;
  /** In place of a watcher where the host has no more of them to give. */
  #poll: NodeJS.Timeout | undefined;

  constructor(private readonly folder: string) {
    this.#watcher = this.#watch();
    if (this.#watcher === undefined) this.#lookRegularly();
  }

  /** Calls `ring` whenever the file of that name is made or written, until `off`. */
  on(name: string, ring: () => void): void {
    this.#rings.set(name, ring);
  }

  off(name: string): void {
    this.#rings.delete(name);
  }

  /** Rings for every file that is there. */
  lookAround(): void {
    for (const name of readdirSync(this.folder)) this.#ring(name);
  }

  close(): void {
    this.#rings.clear();
    this.#watcher?.close();
    clearInterval(this.#poll);
  }

  #watch(): FSWatcher | undefined {
    try {
      const watcher = watch(this.folder, { persistent: false }, (_event, name) => {
        if (name === null) this.lookAround();
        else this.#ring(name);
      });
      watcher.on("error", () => {
        this.#lookRegularly();
      });
      return watcher;
    } catch {
      return undefined;
    }
  }

  #lookRegularly(): void {
    this.#poll ??= setInterval(() => {
      this.lookAround();
    }, POLL_MS).unref();
  }

  #ring(name: string): void {
    const ring = this.#rings.get(name);
    if (ring !== undefined) ring();
    else if (!isKept(name)) discard(join(this.folder, name));
  }
}

const POLL_MS = 100;

/** Whether a file stays that nobody waits for: the lease, and a wish for power not yet heard. */
function isKept(name: string): boolean {
  return name.startsWith(".") || isPowerDoorbell(name);
}

/**
 * Lines of waiting items, one for each key. Whoever asks gets the first of the line whose turn it
 * is, so that one long line does not hold up the others.
 */
export class FairQueue<T> {
  /** In the order of turns: a line that was served goes to the end. */
  readonly #lines = new Map<string, T[]>();

  get size(): number {
    let size = 0;
    for (const line of this.#lines.values()) size += line.length;
    return size;
  }

  push(key: string, item: T): void {
    const line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, [item]);
    else line.push(item);
  }

  lengthOf(key: string): number {
    return this.#lines.get(key)?.length ?? 0;
  }

  /** Takes the next item of the first line that may be served now. */
  take(mayServe: (key: string) => boolean): T | undefined {
    for (const [key, line] of this.#lines) {
      if (!mayServe(key)) continue;
      const item = line.shift();
      this.#lines.delete(key);
      if (line.length > 0) this.#lines.set(key, line);
      return item;
    }
    return undefined;
  }

  /** Takes one item out of a line. False when it is not there. */
  remove(key: string, item: T): boolean {
    const line = this.#lines.get(key);
    const at = line?.indexOf(item) ?? -1;
    if (line === undefined || at < 0) return false;
    line.splice(at, 1);
    if (line.length === 0) this.#lines.delete(key);
    return true;
  }

  /** Takes a whole line. */
  drop(key: string): readonly T[] {
    const line = this.#lines.get(key) ?? [];
    this.#lines.delete(key);
    return line;
  }

  keys(): readonly string[] {
    return [...this.#lines.keys()];
  }
}

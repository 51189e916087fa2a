export type Due = {
  readonly atMs: number;
  /** Order of setting: of two timers at one instant the older one fires first. */
  readonly order: number;
  run: (() => void) | undefined;
};

/** Timers by time. A cancelled one keeps its place, empty, until it comes up. */
export class TimerHeap {
  private heap: Due[] = [];

  push(due: Due): void {
    const heap = this.heap;
    let index = heap.length;
    heap.push(due);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(due, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = due;
  }

  /** The next timer that was not cancelled. */
  peek(): Due | undefined {
    while (this.heap[0] !== undefined && this.heap[0].run === undefined) this.pop();
    return this.heap[0];
  }

  pop(): Due | undefined {
    const heap = this.heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      if (below === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && before(right, below)) {
        child += 1;
        below = right;
      }
      if (!before(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return top;
  }

  clear(): void {
    this.heap = [];
  }
}

function before(one: Due, other: Due): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

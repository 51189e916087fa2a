type Timer = { readonly at: number; readonly run: () => void };

/** Virtual time with nothing in it but a binary heap of timers. */
export class TimerHeap {
  private readonly heap: Timer[] = [];
  now = 0;

  set(at: number, run: () => void): void {
    const { heap } = this;
    let index = heap.length;
    heap.push({ at, run });
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent]!.at <= heap[index]!.at) break;
      this.swap(index, parent);
      index = parent;
    }
  }

  /** Fires what is due, in order. @returns how many fired */
  advanceTo(end: number): number {
    let fired = 0;
    for (let first = this.heap[0]; first !== undefined && first.at <= end; first = this.heap[0]) {
      this.takeFirst();
      this.now = first.at;
      first.run();
      fired += 1;
    }
    this.now = end;
    return fired;
  }

  private takeFirst(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let least = index;
      if (left < heap.length && heap[left]!.at < heap[least]!.at) least = left;
      if (right < heap.length && heap[right]!.at < heap[least]!.at) least = right;
      if (least === index) return;
      this.swap(index, least);
      index = least;
    }
  }

  private swap(a: number, b: number): void {
    const { heap } = this;
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  }
}

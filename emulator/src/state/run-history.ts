import type { RunRecord } from "./records.js";

/**
 * Past runs of schedules, in order of their end. A schedule of minutes makes tens of thousands, of
 * which only the newest are kept, so forgetting the oldest must cost nothing.
 */
export class RunHistory {
  private readonly byInvocation = new Map<string, Queue<RunRecord>>();
  private readonly order = new Queue<RunRecord>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(run: RunRecord): void {
    let queue = this.byInvocation.get(run.invokeId);
    if (queue === undefined) {
      queue = new Queue();
      this.byInvocation.set(run.invokeId, queue);
    }
    queue.push(run);
    this.order.push(run);
    this.count += 1;
  }

  /** Oldest first. */
  of(invokeId: string): readonly RunRecord[] {
    return this.byInvocation.get(invokeId)?.toArray() ?? [];
  }

  /** When the oldest run ended, or undefined when there is none. */
  oldest(): RunRecord | undefined {
    this.skipForgotten();
    return this.order.peek();
  }

  *oldestFirst(): Generator<RunRecord> {
    for (const run of this.order.items()) if (this.holds(run)) yield run;
  }

  /** Drops the oldest of all invocations. */
  trim(count: number): void {
    for (let left = count; left > 0; left -= 1) {
      this.skipForgotten();
      const run = this.order.shift();
      if (run === undefined) return;
      this.byInvocation.get(run.invokeId)?.shift();
      this.count -= 1;
    }
  }

  /** Drops all of one invocation. */
  forget(invokeId: string): void {
    const queue = this.byInvocation.get(invokeId);
    if (queue === undefined) return;
    this.count -= queue.length;
    this.byInvocation.delete(invokeId);
    if (this.order.length > 2 * this.count + 1_024) {
      this.order.keep((run) => this.holds(run));
    }
  }

  private skipForgotten(): void {
    for (let run = this.order.peek(); run !== undefined; run = this.order.peek()) {
      if (this.holds(run)) return;
      this.order.shift();
    }
  }

  /** Whether a run of the common order is still its invocation's. Ids are never used twice. */
  private holds(run: RunRecord): boolean {
    return this.byInvocation.has(run.invokeId);
  }
}

/** First in, first out, both in constant time. */
class Queue<T> {
  private held: (T | undefined)[] = [];
  private head = 0;

  get length(): number {
    return this.held.length - this.head;
  }

  push(item: T): void {
    this.held.push(item);
  }

  peek(): T | undefined {
    return this.held[this.head];
  }

  shift(): T | undefined {
    const item = this.held[this.head];
    if (item === undefined) return undefined;
    this.held[this.head] = undefined;
    this.head += 1;
    if (this.head > 1_024 && this.head * 2 > this.held.length) {
      this.held = this.held.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  *items(): Generator<T> {
    for (let index = this.head; index < this.held.length; index += 1) {
      const item = this.held[index];
      if (item !== undefined) yield item;
    }
  }

  keep(wanted: (item: T) => boolean): void {
    this.held = this.toArray().filter(wanted);
    this.head = 0;
  }

  toArray(): T[] {
    return this.held.slice(this.head) as T[];
  }
}

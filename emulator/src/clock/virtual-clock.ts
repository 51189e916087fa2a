import { EmulatorError } from "../errors.js";
import type { Clock, Work } from "./clock.js";
import { TimerHeap, type Due } from "./timer-heap.js";

/**
 * Time that stands still until it is advanced. What is due at the present instant fires by itself,
 * soon but not synchronously; everything later waits for an advance.
 */
export function createVirtualClock(startMs: number): Clock {
  let nowMs = startMs;
  let order = 0;
  let advancing: Promise<void> = Promise.resolve();
  let soon: NodeJS.Immediate | undefined;
  let isAdvancing = false;
  let closed = false;
  const heap = new TimerHeap();
  const works: Work[] = [];

  const settle = async (): Promise<void> => {
    for (let busy = works.find((work) => work.busy()); busy !== undefined;) {
      await busy.settled();
      busy = works.find((work) => work.busy());
    }
  };
  const fire = (due: Due): void => {
    const run = due.run;
    due.run = undefined;
    run?.();
  };
  const fireDue = (): void => {
    soon = undefined;
    if (isAdvancing || closed) return;
    for (let due = heap.peek(); due !== undefined && due.atMs <= nowMs; due = heap.peek()) {
      heap.pop();
      fire(due);
    }
  };
  const fireSoon = (): void => {
    if (soon === undefined && !isAdvancing && !closed) soon = setImmediate(fireDue);
  };

  const advance = async (targetMs: number): Promise<void> => {
    isAdvancing = true;
    try {
      let yieldAt = performance.now() + SLICE_MS;
      if (works.some((work) => work.busy())) await settle();
      for (;;) {
        const due = heap.peek();
        if (due === undefined || due.atMs > targetMs || closed) break;
        heap.pop();
        nowMs = Math.max(nowMs, due.atMs);
        fire(due);
        if (works.some((work) => work.busy())) await settle();
        if (performance.now() < yieldAt) continue;
        // A month of timers must not make the server deaf.
        await new Promise((resolve) => setImmediate(resolve));
        yieldAt = performance.now() + SLICE_MS;
      }
      nowMs = Math.max(nowMs, targetMs);
    } finally {
      isAdvancing = false;
    }
  };

  return {
    mode: "virtual",
    now: () => nowMs,
    setTimer: (atMs, run) => {
      const due: Due = { atMs: Math.max(atMs, nowMs), order: (order += 1), run };
      if (closed) return { cancel: () => undefined };
      heap.push(due);
      if (due.atMs <= nowMs) fireSoon();
      return {
        cancel: () => {
          due.run = undefined;
        },
      };
    },
    advanceTo: (atMs) => {
      if (!Number.isFinite(atMs)) {
        return Promise.reject(new EmulatorError("ClockRefused", "That is not a time."));
      }
      // Advances queue up: each begins where the one before it ended.
      const next = advancing.then(() => {
        if (atMs < nowMs) {
          throw new EmulatorError(
            "ClockRefused",
            `The clock shows ${new Date(nowMs).toISOString()} and does not go back to ` +
              `${new Date(atMs).toISOString()}.`,
          );
        }
        return advance(atMs);
      });
      advancing = next.catch(() => undefined);
      return next;
    },
    attach: (work) => works.push(work),
    close: () => {
      closed = true;
      if (soon !== undefined) clearImmediate(soon);
      heap.clear();
    },
  };
}

const SLICE_MS = 50;

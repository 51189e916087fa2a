import { setInterval } from "node:timers";
import { getHeapStatistics } from "node:v8";

export type Memory = {
  /** The largest heap that was seen, in megabytes. */
  readonly heapSeenMegabytes: number;
  /** What the process may use, as node was told. */
  readonly heapLimitMegabytes: number;
  /** The largest resident set, in megabytes. */
  readonly residentMegabytes: number;
};

/** Watches this process's memory until the returned function is called. */
export function watchMemory(): () => Memory {
  let seen = 0;
  const look = (): void => {
    seen = Math.max(seen, getHeapStatistics().used_heap_size);
  };
  const timer = setInterval(look, 100);
  return () => {
    clearInterval(timer);
    look();
    return {
      heapSeenMegabytes: Math.round(seen / megabyte),
      heapLimitMegabytes: Math.round(getHeapStatistics().heap_size_limit / megabyte),
      residentMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  };
}

const megabyte = 1024 * 1024;

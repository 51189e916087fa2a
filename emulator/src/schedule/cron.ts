import type { Cron } from "./cron-expression.js";
import { searchFrom } from "./cron-search.js";
import { plainRefusal } from "./refusals.js";
import type { ArmResult, Next, Timetable } from "./types.js";
import type { Zone } from "./zone.js";

/** A cron's timetable in a zone. The same one serves every instance with that expression and zone. */
export type CronTimetable = Timetable & {
  /** What the agent computes when its clock reads `clockMs`. */
  compute(clockMs: number): Next;
};

export function cronTimetable(cron: Cron, zone: Zone): CronTimetable {
  const search = searchFrom(cron, zone);
  // A fleet asks for the same second many times over. Milliseconds do not matter to the search.
  let lastSecond = Number.NaN;
  let lastFound: ReturnType<typeof search> = "none";
  const compute = (clockMs: number): Next => {
    const second = Math.floor(clockMs / 1000);
    if (second !== lastSecond) {
      lastFound = search(second * 1000);
      lastSecond = second;
    }
    if (lastFound === "none") return { kind: "finished" };
    if (lastFound === "crash") return { kind: "crash" };
    return lastFound < clockMs ? { kind: "dead" } : { kind: "at", atMs: lastFound };
  };
  return { compute, next: (afterMs) => compute(afterMs + 1) };
}

/** A cron that has no run left when it arrives is refused; one whose first run lies behind is not. */
export function armCron(timetable: CronTimetable, nowMs: number): ArmResult {
  const first = timetable.compute(nowMs);
  switch (first.kind) {
    case "finished":
      return { kind: "refused", refusal: plainRefusal("CronExpressionExpired") };
    case "crash":
      return { kind: "crash" };
    case "at":
    case "dead":
      return { kind: "armed", timetable, first };
  }
}

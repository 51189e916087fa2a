import { armAt } from "./at.js";
import { armCron, cronTimetable, type CronTimetable } from "./cron.js";
import { readCron } from "./cron-expression.js";
import { armRate } from "./rate.js";
import type { Arm, Refusal } from "./types.js";
import { openZone, UTC, type Zone } from "./zone.js";

type CronOutcome = { readonly timetable: CronTimetable } | { readonly refusal: Refusal };

/** Beyond so many expressions the memory is emptied and filled anew. */
const REMEMBERED = 10_000;

/**
 * Makes an `arm` that remembers zones and timetables, so that ten thousand instances with one
 * expression cost one parse and one search a tick. What it answers does not depend on what it
 * remembers.
 */
export function createArm(): Arm {
  const zones = new Map<string, Zone | undefined>();
  const crons = new Map<string, CronOutcome>();
  const zoneNamed = (name: string): Zone | undefined =>
    remembered(zones, name, () => openZone(name));
  const cronOutcome = (expr: string, instanceZone: string): CronOutcome =>
    remembered(crons, `${instanceZone}\n${expr}`, () => {
      const reading = readCron(expr, zoneNamed);
      if (!reading.ok) return { refusal: reading.refusal };
      const zone = reading.zone ?? zoneNamed(instanceZone) ?? UTC;
      return { timetable: cronTimetable(reading.cron, zone) };
    });
  return (repeat, expr, at) => {
    switch (repeat) {
      case "At":
        return armAt(expr, at.nowMs);
      case "Rate":
        return armRate(expr, at.nowMs, at.creationTimeMs);
      case "Period": {
        const outcome = cronOutcome(expr, at.instanceZone);
        if ("refusal" in outcome) return { kind: "refused", refusal: outcome.refusal };
        return armCron(outcome.timetable, at.nowMs);
      }
    }
  };
}

/** What the agent does with a task's expression. Remembers nothing: for many tasks, `createArm`. */
export const arm: Arm = (repeat, expr, at) => createArm()(repeat, expr, at);

function remembered<T>(memory: Map<string, T>, key: string, make: () => T): T {
  if (memory.has(key)) return memory.get(key) as T;
  if (memory.size >= REMEMBERED) memory.clear();
  const made = make();
  memory.set(key, made);
  return made;
}

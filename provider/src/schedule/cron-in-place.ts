import type { CronSets } from "./grammar.js";
import type { Zone } from "./zone.js";

/** A cron expression that was read, and where and when it is judged. */
export type CronInPlace = {
  readonly cron: string;
  readonly sets: CronSets;
  readonly zone: Zone;
  /** Seconds since 1970. */
  readonly now: number;
  /** Seconds ahead in which a clock change that ends it is looked for. */
  readonly lookAhead: number;
};

/** Each clock change of a year is met once. */
export const thirteenMonths = 400 * 86_400;
/** A schedule for one day of the year meets a clock change in some years only. */
export const tenYears = 10 * 366 * 86_400;

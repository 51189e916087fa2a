import { IANAZone } from "luxon";
import { ZONE_NAMES } from "./zone-names.js";

/** A zone's rules. Remembers the stretches it has looked at, so share one per name. */
export type Zone = {
  /** Local time minus UTC at an instant, in milliseconds. */
  offsetMs(atMs: number): number;
};

const DAY_MS = 86_400_000;

// No zone changes its clock and back within so few days (the shortest time between since 1970 is 7).
const STRETCH_MS = 4 * DAY_MS;

export const UTC: Zone = fixedZone(0);

export function fixedZone(offsetMs: number): Zone {
  return { offsetMs: () => offsetMs };
}

/** Whether this is the name of a zone, spelled as the tz database spells it. */
export function isZoneName(name: string): boolean {
  return ZONE_NAMES.has(name) && IANAZone.isValidZone(name);
}

/** The zone of that exact name; undefined if the tz database has none. */
export function openZone(name: string): Zone | undefined {
  if (!isZoneName(name)) return undefined;
  const rules = IANAZone.create(name);
  return rememberingZone((atMs) => Math.round(rules.offset(atMs) * 60_000));
}

/**
 * The instant of a local time that is given as if it were UTC, as Go's `time.Date` picks it: the
 * offset in force at the guess is tried, then the one at the instant that this gives. For a local
 * time that does not exist, or exists twice, the side of Greenwich decides which one comes out.
 */
export function instantOf(zone: Zone, localMs: number): number {
  return localMs - zone.offsetMs(localMs - zone.offsetMs(localMs));
}

/** Asking the runtime takes microseconds; one answer at each end serves a whole stretch. */
function rememberingZone(ask: (atMs: number) => number): Zone {
  const atStart = new Map<number, number>();
  const startOffset = (stretch: number): number => {
    const known = atStart.get(stretch);
    if (known !== undefined) return known;
    const offset = ask(stretch * STRETCH_MS);
    atStart.set(stretch, offset);
    return offset;
  };
  return {
    offsetMs(atMs) {
      const stretch = Math.floor(atMs / STRETCH_MS);
      const offset = startOffset(stretch);
      return offset === startOffset(stretch + 1) ? offset : ask(atMs);
    },
  };
}

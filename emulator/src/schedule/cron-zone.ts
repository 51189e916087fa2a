import { plainRefusal, zoneNotLoaded } from "./refusals.js";
import type { Refusal } from "./types.js";
import { fixedZone, UTC, type Zone } from "./zone.js";

export type ZoneSpelling =
  { readonly zone: Zone; readonly refusal?: never } | { readonly refusal: Refusal };

const GMT_OFFSET = /GMT([+-])([0-9]|1[0-4]):([0-5][0-9])/g;

/**
 * Reads a cron expression's zone: a name with a slash, `GMT±h:mm`, `GMT` or `UTC`. The offset may
 * stand anywhere in the word, once.
 */
export function readZone(
  spec: string,
  zoneNamed: (name: string) => Zone | undefined,
): ZoneSpelling {
  if (spec.includes("/")) return namedZone(spec, zoneNamed);
  if (/[+-]/.test(spec)) return offsetZone(spec);
  if (spec === "GMT" || spec === "UTC") return { zone: UTC };
  return { refusal: plainRefusal("TimezoneInformationCorrupt") };
}

function offsetZone(spec: string): ZoneSpelling {
  const [offset, second] = spec.matchAll(GMT_OFFSET);
  if (offset === undefined || second !== undefined) {
    return { refusal: plainRefusal("InvalidGMTOffsetForTimezone") };
  }
  const [, sign, hours, minutes] = offset;
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return { zone: fixedZone(sign === "-" ? -ms : ms) };
}

/**
 * The agent opens a file below the zone directory, so a path to one does as well as its name: empty
 * and `.` segments vanish, and Linux ships every zone again under `posix/` and `right/` (whose clock
 * changes come 27 leap seconds late; that is left out here).
 */
function namedZone(spec: string, zoneNamed: (name: string) => Zone | undefined): ZoneSpelling {
  if (spec.includes("..") || /^[/\\]/.test(spec)) {
    return { refusal: zoneNotLoaded("time: invalid location name") };
  }
  const segments = spec.split("/");
  const file = segments.at(-1);
  const name = segments.filter((segment) => segment !== "" && segment !== ".").join("/");
  const zone =
    file === "" || file === "." ? undefined : zoneNamed(name.replace(/^(posix|right)\//, ""));
  return zone ? { zone } : { refusal: zoneNotLoaded(`unknown time zone ${spec}`) };
}

/**
 * Time zones as the agent finds them: by exact name among the machine's zone files, or as a fixed
 * offset. And the way from a wall clock to an instant as the agent's runtime (Go) goes it.
 */
import { IANAZone } from "luxon";

import type { Refused } from "./fields.js";
import { linkNames, plainNames } from "./zone-names.js";

/** Seconds since 1970 as a wall clock shows them: as if the clock stood in Greenwich. */
export type WallSeconds = number;

export type Zone = {
  readonly name: string;
  /** Seconds east of Greenwich at an instant, in seconds since 1970. */
  readonly offsetAt: (seconds: number) => number;
  /** Whether the offset never changes. */
  readonly fixed: boolean;
};

export const utc: Zone = fixedZone("UTC", 0);

const corrupt = "TimezoneInformationCorrupt";
const corruptText = `${corrupt}: Information of sepcified timezone in cron expression cannot be parsed`;

const areaNames: ReadonlySet<string> = new Set([
  ...Intl.supportedValuesOf("timeZone"),
  ...Object.entries(linkNames).flatMap(([area, names]) =>
    names.split(" ").map((name) => `${area}/${name}`),
  ),
]);

/** The names with an area that an expression may hold, exactly as they are spelled. */
export function zoneNames(): ReadonlySet<string> {
  return areaNames;
}

/** The zone that an expression names, or the agent's refusal. */
export function agentZone(text: string): Zone | Refused {
  if (text.includes("/")) {
    const zone = zoneFile(text);
    return "refused" in zone ? { refused: `${corruptText}: ${zone.refused}` } : zone;
  }
  if (/[+-]/.test(text)) return offsetZone(text);
  return text === "GMT" || text === "UTC" ? utc : { refused: corrupt };
}

/**
 * The zone of a machine, by the name that its TZ or its system has. A name that the machine does not
 * know makes its agent count in UTC; then the answer is undefined.
 */
export function machineZone(name: string): Zone | undefined {
  const file = name.replace(/^:?(?:\/usr\/share\/zoneinfo\/)?/, "");
  if (file === "" || file === "UTC") return utc;
  const zone = zoneFile(file);
  return "refused" in zone ? undefined : zone;
}

/** The wall clock at an instant. */
export function wallAt(zone: Zone, seconds: number): WallSeconds {
  return seconds + zone.offsetAt(seconds);
}

/**
 * The instant at which the agent takes a wall clock to show `wall`. The offset is looked up as if the
 * wall clock stood in Greenwich, then again at the instant that this gives: so a time that does not
 * exist comes a gap later east of Greenwich and a gap earlier west of it, and a time that exists
 * twice is the second pass in the east and the first in the west.
 */
export function instantOf(zone: Zone, wall: WallSeconds): number {
  const guess = zone.offsetAt(wall);
  // Go leaves it at that for an offset of zero: London's skipped 01:30 is 01:30Z.
  return guess === 0 ? wall : wall - zone.offsetAt(wall - guess);
}

export function fixedZone(name: string, offset: number): Zone {
  return { name, offsetAt: () => offset, fixed: true };
}

/** `GMT+8:00` somewhere in the text, exactly once; what stands around it is not looked at. */
function offsetZone(text: string): Zone | Refused {
  const matches = [...text.matchAll(/GMT([+-])([0-9]|1[0-4]):([0-5][0-9])/g)];
  const [name = "", sign, hours, minutes] = matches[0] ?? [];
  if (matches.length !== 1) return { refused: "InvalidGMTOffsetForTimezone" };
  const seconds = Number(hours) * 3600 + Number(minutes) * 60;
  return fixedZone(name, sign === "-" ? -seconds : seconds);
}

/** Looks a name up as the machine opens a file under /usr/share/zoneinfo: case and all. */
function zoneFile(path: string): Zone | Refused {
  if (path.includes("..") || /^[/\\]/.test(path)) return { refused: "time: invalid location name" };
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  // Two more trees of the same zones; `right` counts leap seconds, which the agent leaves out.
  const name = (/^(?:posix|right)$/.test(parts[0] ?? "") ? parts.slice(1) : parts).join("/");
  if (!areaNames.has(name) && !plainNames.includes(name)) return { refused: noFile(name, path) };
  if (path.endsWith("/")) return { refused: "not a directory" };
  if (name === "UTC" || name === "GMT") return utc;
  const zone = IANAZone.create(name);
  if (!zone.isValid) return { refused: `unknown time zone ${path}` };
  // Minutes, with a fraction for the local mean times of old.
  const offsetAt = (seconds: number): number => Math.round(zone.offset(seconds * 1000) * 60);
  return { name, offsetAt, fixed: false };
}

function noFile(name: string, path: string): string {
  const isFolder = name === "" || [...areaNames].some((other) => other.startsWith(`${name}/`));
  return isFolder ? "is a directory" : `unknown time zone ${path}`;
}

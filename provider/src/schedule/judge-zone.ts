/** `schedule.timezone`: matched exactly, as the agent does on Linux. */
import { anyOf, type Findings, nothingFound, shown } from "./finding.js";
import { isOffsetName, meantZones } from "./meant-zone.js";
import { agentZone, machineZone, type Zone, zoneNames } from "./zone.js";

const path = "schedule.timezone";
const allowed =
  'a name of the tz database with its exact spelling, UTC, GMT+8:00 and the like, or "instance"';

export type JudgedZone = {
  /** Absent where it is not known: a wrong name, or machines whose zones are not given. */
  readonly zone: Zone | undefined;
  readonly findings: Findings;
};

/** Judges the zone. `instanceZone` is the machines' own, for `"instance"`. */
export function judgeZone(given: string, instanceZone: string | undefined): JudgedZone {
  if (given === "instance") {
    const zone = instanceZone === undefined ? undefined : machineZone(instanceZone);
    return { zone, findings: { problems: [], warnings: [ownClocks(instanceZone)] } };
  }
  const zone = isServiceZone(given) ? agentZone(given) : undefined;
  if (zone === undefined || "refused" in zone) {
    return { zone: undefined, findings: { problems: [unknownName(given)], warnings: [] } };
  }
  return { zone, findings: reversedSign(given) };
}

function isServiceZone(name: string): boolean {
  return name === "UTC" || name === "GMT" || isOffsetName(name) || zoneNames().has(name);
}

function unknownName(given: string): Findings["problems"][number] {
  const meant = meantZones(given).map((name) => `"${name}"`);
  const nameless = /^[A-Za-z0-9_]+$/.test(given);
  const problem =
    given === ""
      ? "is empty"
      : `is not a zone that the agent finds: names are matched exactly${nameless ? ", and one without / must be UTC or GMT" : ""}`;
  const action =
    meant.length === 0
      ? 'write a name such as "Asia/Shanghai", or "instance" for each machine\'s own clock'
      : `write ${anyOf(meant)}`;
  return { path, problem, given: shown(given), allowed, action };
}

function ownClocks(instanceZone: string | undefined): string {
  const seen =
    instanceZone === undefined ? "" : ` The runs shown are those of a machine in ${instanceZone}.`;
  return (
    `${path}: "instance" means each machine's own clock: machines may run hours apart, and one west ` +
    `of Greenwich may stop for good when its clock goes forward.${seen} A zone gives one instant for all.`
  );
}

/** `Etc/GMT-8` lies east of Greenwich, as POSIX writes zones. */
function reversedSign(given: string): Findings {
  const [, sign, hours] = /^Etc\/GMT([+-])([1-9]\d?)$/.exec(given) ?? [];
  if (sign === undefined || hours === undefined) return nothingFound;
  const [real, side] = sign === "-" ? ["+", "east"] : ["-", "west"];
  const other = `GMT${sign}${hours}:00`;
  const warning =
    `${path}: "${given}" is ${hours} h ${side} of Greenwich, UTC${real}${hours}: its sign is reversed. ` +
    `"GMT${real}${hours}:00" says the same plainly` +
    (isOffsetName(other) ? `; if the other side is meant, write "${other}".` : ".");
  return { problems: [], warnings: [warning] };
}

/** What to write instead of an expression that dies at a clock change. */
import { type ClockChange, deathOf } from "./clock-changes.js";
import { clockText } from "./clock-text.js";
import { readCron, splitFields } from "./grammar.js";
import type { CronInPlace } from "./cron-in-place.js";

/** An hour that exists every day; or a clock that is never changed. */
export function saferSchedule(place: CronInPlace, change: ClockChange): string {
  const later = afterTheGap(place, change);
  const zone = unchangingZone(place, change);
  const fixed =
    zone === "UTC"
      ? `timezone: "UTC", where it runs as often and never stops`
      : `timezone: "${zone}", the same clock all year`;
  if (later === undefined) return `write ${fixed}`;
  return `write cron: "${later.cron}" (${later.at} exists on every day), or ${fixed}`;
}

/** The expression with its one hour moved behind the skipped time. */
function afterTheGap(
  place: CronInPlace,
  change: ClockChange,
): { readonly cron: string; readonly at: string } | undefined {
  const { cron, sets, zone, now, lookAhead } = place;
  const [hour, ...more] = sets.hours;
  const [minute, second] = [sets.minutes[0] ?? 0, sets.seconds[0] ?? 0];
  if (hour === undefined || more.length > 0) return undefined;
  const next = hour + Math.ceil((change.after - change.before) / 3600);
  const moved = splitFields(cron)
    .map((field, i) => (i === 2 ? String(next) : field))
    .join(" ");
  const read = readCron(moved);
  if ("refused" in read || deathOf(read.sets, zone, now, now + lookAhead) !== undefined)
    return undefined;
  return { cron: moved, at: clockText(next * 3600 + minute * 60 + second) };
}

/** UTC where the hour does not matter; else the zone's winter offset. */
function unchangingZone({ sets }: CronInPlace, change: ClockChange): string {
  const wholeHours = change.before % 3600 === 0;
  const { ofMonth, ofWeek } = sets.days;
  const anyTime = sets.hours.length === 24 && !ofMonth.restricted && !ofWeek.restricted;
  if (wholeHours && anyTime) return "UTC";
  const minutes = Math.abs(change.before) / 60;
  const sign = change.before < 0 ? "-" : "+";
  return `GMT${sign}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

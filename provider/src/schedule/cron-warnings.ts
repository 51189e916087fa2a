/** What is accepted and runs, and may still surprise. */
import { clockText, dateText } from "./clock-text.js";
import { type Disturbance, disturbanceOf } from "./clock-changes.js";
import type { Finding } from "./finding.js";
import { splitFields } from "./grammar.js";
import { type CronInPlace, thirteenMonths } from "./cron-in-place.js";
import { emptyFields } from "./hazards.js";
import { isoOfSeconds } from "./instant.js";
import { isYearLast, meantCron } from "./meant-cron.js";
import { dayName, fromSundayOne } from "./meant-field.js";
import { wallAt } from "./zone.js";

const path = "schedule.cron";
/** Whole sentences. `hazards` are the problems that were found already. */
export function cronWarnings(place: CronInPlace, hazards: readonly Finding[]): readonly string[] {
  const { cron, sets, zone, now } = place;
  const found = [
    yearLast(cron),
    sundayOne(cron),
    leadingZero(cron),
    ...(hazards.length > 0 ? [] : emptyRanges(cron)),
    bothDays(place),
  ];
  const disturbance =
    hazards.length > 0 ? undefined : disturbanceOf(sets, zone, now, now + thirteenMonths);
  if (disturbance !== undefined) found.push(disturbed(place, disturbance));
  return found.flatMap((text) => (text === undefined ? [] : [`${path}: ${text}.`]));
}

/** AWS: minute, hour, day, month, weekday, year. Read as six fields from the second on, it may pass. */
function yearLast(cron: string): string | undefined {
  const meant = isYearLast(splitFields(cron)) ? meantCron(cron)?.write.cron : undefined;
  if (meant === undefined) return undefined;
  return `"${cron}" reads like an expression of AWS, whose first field is the minute and whose last is the year; here the first is the second. If so, write "${meant}"`;
}

/** AWS and Quartz: 1 is Sunday. */
function sundayOne(cron: string): string | undefined {
  const field = splitFields(cron)[5] ?? "";
  if (!/^(?:2-6|1,7|7,1|6L)$/i.test(field)) return undefined;
  const here = field.replace(/\d/g, (digit) => dayName(Number(digit) % 7));
  return `"${field}" is ${here} here, where 1 is Monday; in AWS and Quartz, where 1 is Sunday, it is ${fromSundayOne(field)}. Write the names`;
}

function leadingZero(cron: string): string | undefined {
  const field = splitFields(cron)[5] ?? "";
  const zeros = field.match(/(?<![#/\d])0[1-6](?!\d)/g) ?? [];
  if (zeros.length === 0) return undefined;
  const meant = field.replace(/(?<![#/\d])0([1-6])(?!\d)/g, (_, digit) => dayName(Number(digit)));
  return `"${field}" has a leading zero, which makes Sunday of any day of the week (observed on the agent); write "${meant}"`;
}

function emptyRanges(cron: string): readonly string[] {
  const meant = meantCron(cron)?.write.cron;
  const instead = meant === undefined || meant === cron ? "" : `; write "${meant}"`;
  return emptyFields(cron).map((text) => text + instead);
}

/** Both day fields restrict: joined by or, unlike what many take it for. */
function bothDays({ cron, sets }: CronInPlace): string | undefined {
  const { ofMonth, ofWeek } = sets.days;
  if (!ofMonth.restricted || !ofWeek.restricted) return undefined;
  const fields = splitFields(cron);
  const [day = "", weekday = ""] = [fields[3], fields[5]];
  const week = ["1-7", "8-14", "15-21", "22-28"].indexOf(day) + 1;
  const both = `day of month "${day}" and day of week "${weekday}" are joined by or: it runs on the days of either`;
  if (week === 0 || ofWeek.days.length !== 1 || /[,/]/.test(weekday)) {
    return `${both}. The service's pages ask for "?" in one of the two`;
  }
  const meant = fields.map((field, i) => (i === 3 ? "?" : i === 5 ? `${weekday}#${week}` : field));
  return `${both}. For that day in that week only, write "${meant.join(" ")}"`;
}

function disturbed({ zone }: CronInPlace, found: Disturbance): string {
  const { change } = found;
  const [from, to] = [change.at + change.before, change.at + change.after];
  const moves = `on ${dateText(from)} the clock of ${zone.name} goes from ${clockText(from)} to ${clockText(to)}`;
  switch (found.kind) {
    case "moved": {
      const at = clockText(wallAt(zone, found.run));
      return `${moves}: the run of ${clockText(found.named)} comes at ${at} (${isoOfSeconds(found.run)})`;
    }
    case "merged": {
      const at = clockText(wallAt(zone, found.run));
      return `${moves}: the run of ${clockText(found.named)} falls together with that of ${at}, and there is one (${isoOfSeconds(found.run)})`;
    }
    case "hole": {
      const [last, next] = [isoOfSeconds(found.from), isoOfSeconds(found.to)];
      return `${moves}, and the agent runs the repeated time once: nothing runs between ${last} and ${next}`;
    }
  }
}

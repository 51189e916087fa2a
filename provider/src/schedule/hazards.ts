/** What the agent would accept, or crash on, and what the user would then wait for in vain. */
import { clockText, dateText } from "./clock-text.js";
import { type ClockChange, clockChanges, type Death, deathOf, isNamed } from "./clock-changes.js";
import { type Finding, type Findings, nothingFound, shown } from "./finding.js";
import type { CronInPlace } from "./cron-in-place.js";
import { type CronSets, splitFields } from "./grammar.js";
import { fromSeconds, isoOfSeconds } from "./instant.js";
import { meantCron, sayMeant } from "./meant-cron.js";
import { cronFields, unwrapped } from "./meant-field.js";
import { nextTime } from "./next-run.js";
import { saferSchedule } from "./safer-schedule.js";
import { cronTimer, observedRelease } from "./timer.js";
import { wallAt, type Zone } from "./zone.js";

const path = "schedule.cron";
const observed = `(observed on agent ${observedRelease})`;

/** The first hazard of an expression: one is enough, and the later ones would follow from it. */
export function hazardsOf(place: CronInPlace): Findings {
  const { sets, zone, now, lookAhead } = place;
  const next = nextTime(sets, zone, wallAt(zone, now));
  if (next.kind === "crash") return { problems: [crash(place)], warnings: [] };
  if (next.kind === "none") return { problems: [never(place)], warnings: [] };
  const behind = deadAtOnce(place);
  if (behind !== undefined) return { problems: [diesNow(place, behind)], warnings: [] };
  const death = deathOf(sets, zone, now, now + lookAhead);
  return death === undefined ? nothingFound : { problems: [dies(place, death)], warnings: [] };
}

/** How a death is told: when the clock is put forward, and which run is the last. */
export function tellDeath(sets: CronSets, zone: Zone, death: Death): string {
  const { change, lastRun } = death;
  const [from, to] = [change.at + change.before, change.at + change.after];
  const skip = `on ${dateText(from)} the clock of ${zone.name} skips ${clockText(from)} to ${clockText(to)}`;
  if (lastRun === undefined) return `${skip}, and the agent never runs it`;
  const wall = wallAt(zone, lastRun);
  const early = isNamed(sets, zone, wall) ? "" : ", ahead of its time";
  const last = `the last run is ${isoOfSeconds(lastRun)} (${clockText(wall)} on that clock${early})`;
  return `${skip}; ${last}, and then the agent never runs it again`;
}

function crash({ cron }: CronInPlace): Finding {
  const empty = emptyFields(cron);
  const why = empty.length === 0 ? "it looks for the next run for ever" : empty.join(" and ");
  return {
    path,
    problem: `crashes the agent's process: ${why}; nothing is reported ${observed}`,
    given: shown(cron),
    allowed: 'ranges that do not wrap; or this, with "crashes-agent" in schedule.allow',
    action: actionFor(cron, "write the ranges so that they do not wrap"),
    hazard: "crashes-agent",
  };
}

function never(place: CronInPlace): Finding {
  const { cron, sets, zone } = place;
  const empty = emptyFields(cron);
  const past = nextTime(sets, zone, 0).kind === "time";
  const why = past ? "its last time is past" : "no day fits it";
  const last = past
    ? "leave the year out, or write a later one"
    : 'write days that its months have; "L" is the last day of a month';
  return {
    path,
    problem: `never runs: ${empty.length === 0 ? why : empty.join(" and ")}; every machine answers CronExpressionExpired ${observed}`,
    given: shown(cron),
    allowed: 'a time to come; or this, with "never-fires" in schedule.allow',
    action: empty.length === 0 ? last : actionFor(cron, last),
    hazard: "never-fires",
  };
}

function dies(place: CronInPlace, death: Death): Finding {
  const { cron, sets, zone } = place;
  const told = tellDeath(sets, zone, death);
  return {
    path,
    problem: `dies at a clock change: ${told}, without a report, until the task is delivered again ${observed}`,
    given: `${shown(cron)} in ${zone.name}`,
    allowed:
      'times that exist on every day; or this, with "dies-at-clock-change" in schedule.allow',
    action: saferSchedule(place, death.change),
    hazard: "dies-at-clock-change",
  };
}

/**
 * The clock change that makes a schedule die as it is armed: the clock was just put back, and the
 * time it looks for is taken for the first pass, which is past.
 */
function deadAtOnce({ sets, zone, now }: CronInPlace): ClockChange | undefined {
  if (cronTimer(sets, zone)(fromSeconds(now)).kind !== "dead") return undefined;
  return [...clockChanges(zone, now - 2 * 86_400, now)].filter(goesBack).pop();
}

function goesBack(change: ClockChange): boolean {
  return change.after < change.before;
}

function diesNow({ cron, zone }: CronInPlace, change: ClockChange): Finding {
  const over = isoOfSeconds(change.at + change.before - change.after);
  return {
    path,
    problem: `is dead at once if it is armed now: the clock of ${zone.name} went back at ${isoOfSeconds(change.at)}, and the agent takes the next time for one that is past ${observed}`,
    given: `${shown(cron)} in ${zone.name}`,
    allowed:
      'to be armed when the repeated time is over; or now, with "dies-at-clock-change" in schedule.allow',
    action: `arm it after ${over}`,
    hazard: "dies-at-clock-change",
  };
}

/** `the range 22-6 in the hour field is empty, since it ends before it begins`, for each. */
export function emptyFields(cron: string): readonly string[] {
  return splitFields(cron).flatMap((text, i) => {
    const field = cronFields[i];
    if (field === undefined) return [];
    return text
      .split(",")
      .filter((entry) => unwrapped(entry, field) !== undefined)
      .map(
        (entry) =>
          `the range ${entry} in the ${field.name} field is empty, since it ends before it begins`,
      );
  });
}

function actionFor(cron: string, otherwise: string): string {
  const meant = meantCron(cron);
  if (meant?.write.cron === undefined || meant.write.cron === cron) return otherwise;
  return sayMeant({ ...meant, why: "the same times, without a range that wraps" });
}

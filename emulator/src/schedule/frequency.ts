import { readCron } from "./cron-expression.js";
import { readZone } from "./cron-zone.js";
import { shortestGapMs } from "./cron-gap.js";
import { parseGoTime } from "./go-time.js";
import type { Repeat } from "./types.js";
import { unicodeWords } from "./words.js";
import { openZone, type Zone } from "./zone.js";

export type FrequencyReading =
  | {
      readonly ok: true;
      readonly repeat: Repeat;
      /** What is handed to the agent. */
      readonly agentExpr: string;
      /** The shortest time between two runs, where there are two and the text says it: Timeout must not be longer. */
      readonly intervalMs?: number;
    }
  /** The service answers InvalidParam.Frequency; `reason` is for a log, the service gives none. */
  | { readonly ok: false; readonly reason: string };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SHORTEST_RATE_MS = MINUTE_MS;
const LONGEST_RATE_MS = 7 * DAY_MS;
const SHORTEST_CRON_GAP_MS = 10_000;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: MINUTE_MS,
  h: 3_600_000,
  d: DAY_MS,
};

/**
 * What the service does with the Frequency of a request before it accepts the call.
 *
 * How much it checks is not documented. The reading here: it refuses what it must understand itself,
 * and what the documentation calls its limits. That is the whole of `rate` and `at` (the limits of the
 * one, the conversion of the other), and of a cron the number of fields, their alphabet, and the least
 * gap of 10 s. It lets pass what the documentation has per-instance error codes for, so users do meet
 * them: field values (BadCronExpression), zones (TimezoneInformationCorrupt,
 * InvalidGMTOffsetForTimezone) and expressions without a further run (CronExpressionExpired,
 * AtExpressionExpired).
 */
export function parseFrequency(frequency: string): FrequencyReading {
  const text = frequency.trim();
  if (/^rate\s*\(/i.test(text)) return rateFrequency(text);
  if (/^at\s*\(/i.test(text)) return atFrequency(text);
  return cronFrequency(text);
}

function rateFrequency(text: string): FrequencyReading {
  const [, digits, unit] = /^rate\s*\(\s*(\d+)\s*([smhd])\s*\)$/i.exec(text) ?? [];
  const unitMs = UNIT_MS[(unit ?? "").toLowerCase()];
  if (digits === undefined || unit === undefined || unitMs === undefined) {
    return refused("rate is not rate(<number><s|m|h|d>)");
  }
  const intervalMs = Number(digits) * unitMs;
  if (intervalMs < SHORTEST_RATE_MS || intervalMs > LONGEST_RATE_MS) {
    return refused("the interval is not between 60 seconds and 7 days");
  }
  const agentExpr = `rate(${Number(digits)}${unit.toLowerCase()})`;
  return { ok: true, repeat: "Rate", agentExpr, intervalMs };
}

function atFrequency(text: string): FrequencyReading {
  const [, day, time, zoneSpec] =
    /^at\s*\(\s*(\d{4}-\d{2}-\d{2})\s+(\d{2}:\d{2}:\d{2})(?:\s+(\S+))?\s*\)$/i.exec(text) ?? [];
  if (day === undefined || time === undefined) {
    return refused("at is not at(yyyy-MM-dd HH:mm:ss <zone>)");
  }
  const local = parseGoTime(`${day}T${time}`);
  if (!local.ok) return refused("at names a time that does not exist");
  const spelling = readZone(zoneSpec ?? "UTC", openZone);
  if (spelling.refusal) return refused("at names an unknown time zone");
  const instant = new Date(serviceInstant(spelling.zone, local.atMs)).toISOString();
  // ISO 8601 spells a year that has not four digits with a sign; the agent could not read it.
  if (/^[+-]/.test(instant)) return refused("at names a time that does not exist in UTC");
  return { ok: true, repeat: "At", agentExpr: `at(${instant.slice(0, 19)})` };
}

/**
 * The instant of a local time. Not documented for a time that the clock skips or repeats; taken as the
 * usual libraries do: a skipped one moves on by the gap, of a repeated one the first counts.
 */
function serviceInstant(zone: Zone, localMs: number): number {
  const earlier = localMs - zone.offsetMs(localMs - DAY_MS);
  const later = localMs - zone.offsetMs(localMs + DAY_MS);
  const fits = [earlier, later].filter((atMs) => atMs + zone.offsetMs(atMs) === localMs);
  return fits.length === 0 ? earlier : Math.min(...fits);
}

function cronFrequency(text: string): FrequencyReading {
  const words = unicodeWords(text);
  if (words.length < 6 || words.length > 8) {
    return refused("a cron expression has six fields, and may have a year and a time zone");
  }
  const [fields, rest] = [words.slice(0, 6), words.slice(6)];
  if (!fields.every((field) => /^[0-9A-Za-z*?,/#-]+$/.test(field))) {
    return refused("a cron field holds only letters, digits and * ? , / # -");
  }
  if (!rest.every((word) => /^[0-9A-Za-z*?,/:_+-]+$/.test(word))) {
    return refused("the year or the time zone holds a character that none has");
  }
  const reading = readCron(text, openZone);
  const intervalMs = reading.ok ? shortestGapMs(reading.cron) : undefined;
  if (intervalMs !== undefined && intervalMs < SHORTEST_CRON_GAP_MS) {
    return refused("two runs are less than 10 seconds apart");
  }
  const accepted = { ok: true, repeat: "Period", agentExpr: text } as const;
  return intervalMs === undefined ? accepted : { ...accepted, intervalMs };
}

function refused(reason: string): FrequencyReading {
  return { ok: false, reason };
}

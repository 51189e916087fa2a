/** `schedule.rate`: an interval such as `"30m"`. */
import { DEFAULT_LIMITS } from "cloud-assistant-api";

import { type Findings, nothingFound, shown } from "./finding.js";

const path = "schedule.rate";
const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const shortest = DEFAULT_LIMITS.rateMinimumSeconds.value;
const longest = DEFAULT_LIMITS.rateMaximumSeconds.value;

/** The interval in seconds; undefined where it is none. */
export function readInterval(text: string): number | undefined {
  const [, digits, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * unitSeconds[unit as keyof typeof unitSeconds];
}

/** Judges the interval; `timeoutSeconds` absent is not judged. */
export function judgeRate(given: string, timeoutSeconds: number | undefined): Findings {
  const refuse = (problem: string, allowed: string, action: string): Findings => ({
    problems: [{ path, problem, given: shown(given), allowed, action }],
    warnings: [],
  });
  const seconds = readInterval(given);
  const range = "60s to 7d";
  if (seconds === undefined) {
    const allowed = 'a whole number and one of s, m, h, d, for example "30m"';
    const meant = meantInterval(given);
    const action = meant === undefined ? 'write it like "30m"' : `write "${meant}"`;
    return refuse("is not an interval that the service reads", allowed, action);
  }
  if (seconds < shortest) {
    const action = 'write "60s" or more; a cron expression may run every 10 seconds';
    return refuse(`is shorter than the service allows`, range, action);
  }
  if (seconds > longest) {
    const action = "write a cron expression: it may run as seldom as once a year";
    return refuse("is longer than the service allows", range, action);
  }
  if (timeoutSeconds !== undefined && seconds <= timeoutSeconds) {
    const problem = `is not longer than the time-out of ${timeoutSeconds} s, as the service asks`;
    const action = `write "${timeText(timeoutSeconds + 1)}" or more, or lower timeout`;
    return refuse(problem, `more than ${timeoutSeconds}s, at most 7d`, action);
  }
  return nothingFound;
}

/** What a text says in other words for an interval. */
export function meantInterval(text: string): string | undefined {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/^rate\s*\((.*)\)$/, "$1")
    .replace(/^(?:@?every|pt?)\s*(?=\d)/, "")
    .trim();
  const [, amount, word = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(plain) ?? [];
  const unit = unitMeant(word);
  if (amount === undefined || unit === undefined) return undefined;
  const seconds = Number(amount) * unit;
  return seconds > 0 && Number.isInteger(seconds) ? timeText(seconds) : undefined;
}

/** Seconds in the largest unit that fits. */
export function timeText(seconds: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
  ] as const;
  const fits = units.find(([, size]) => seconds % size === 0);
  return fits === undefined ? `${seconds}s` : `${seconds / fits[1]}${fits[0]}`;
}

function unitMeant(word: string): number | undefined {
  if (/^(?:s|secs?|seconds?)$/.test(word)) return 1;
  if (/^(?:m|mins?|minutes?)$/.test(word)) return 60;
  if (/^(?:h|hrs?|hours?)$/.test(word)) return 3_600;
  if (/^(?:d|days?)$/.test(word)) return 86_400;
  return /^(?:w|weeks?)$/.test(word) ? 7 * 86_400 : undefined;
}

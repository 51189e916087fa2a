import type { Schedule } from "../inputs.js";
import { nextRuns } from "../schedule/index.js";

/** Runs that fell into a time in which nothing was armed. */
export type MissedRuns =
  | { readonly kind: "known"; readonly runs: readonly string[]; readonly more: boolean }
  /** Each machine goes by its own clock. */
  | { readonly kind: "by-machine" };

/** More than this are not counted. */
const most = 100;

/** A zone for each distance from UTC that a clock may have, summer times included. */
const someClocks: readonly string[] = [
  "UTC",
  ...Array.from({ length: 12 }, (_, n) => `Etc/GMT+${n + 1}`),
  ...Array.from({ length: 14 }, (_, n) => `Etc/GMT-${n + 1}`),
  "Pacific/Marquesas",
  "America/St_Johns",
  "Asia/Tehran",
  "Asia/Kabul",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Asia/Yangon",
  "Australia/Eucla",
  "Australia/Darwin",
  "Australia/Adelaide",
  "Pacific/Chatham",
];

/**
 * The runs of a schedule between two moments: after the first, up to and with the second.
 *
 * @param armedMs when it had been armed: the origin of a rate
 */
export function missedRuns(
  schedule: Schedule,
  armedMs: number,
  fromMs: number,
  toMs: number,
): MissedRuns {
  if (schedule.boot !== undefined) return { kind: "known", runs: [], more: false };
  const { suspend: _suspend, ...when } = schedule;
  if (schedule.timezone === "instance") {
    // Where no clock in the world has a run in that time, no machine has missed one.
    const some = someClocks.some((instanceZone) => {
      const next = nextRuns(when, { from: fromMs, createdAt: armedMs, count: 1, instanceZone });
      return "runs" in next && next.runs.some((run) => Date.parse(run) <= toMs);
    });
    return some ? { kind: "by-machine" } : { kind: "known", runs: [], more: false };
  }
  const next = nextRuns(when, { from: fromMs, createdAt: armedMs, count: most + 1 });
  const runs = "refused" in next ? [] : next.runs.filter((run) => Date.parse(run) <= toMs);
  return { kind: "known", runs: runs.slice(0, most), more: runs.length > most };
}

/** Missed runs for people; undefined where there is nothing to say. */
export function describeMissed(
  missed: MissedRuns,
  fromMs: number,
  toMs: number,
): string | undefined {
  if (missed.kind === "by-machine") {
    return `runs between ${iso(fromMs)} and ${iso(toMs)} are missed, by each machine's own clock`;
  }
  const { runs, more } = missed;
  if (runs.length === 0) return undefined;
  const shown = runs.slice(0, 5).join(", ");
  const count = more ? `more than ${most}` : String(runs.length);
  return `missed ${count} run${runs.length === 1 ? "" : "s"}: ${shown}${runs.length > 5 ? ", …" : ""}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

import { nodeHash } from "../client/node-hash.js";
import { CloudAssistantError } from "../errors.js";
import type { Ledger, Row } from "../inputs.js";
import { mustBeAccount } from "../lifecycle/account.js";
import { readRuns } from "../lifecycle/schedule/runs.js";
import { named } from "../plan/targets.js";
import { countRuns, sinceOf, type RunCounts, type ScheduleRun } from "../result/schedule-runs.js";
import type { CliDeps } from "./deps.js";
import { findByName, readInvocation } from "./invocation-resource.js";
import type { CommonOptions, Session } from "./session.js";
import { exportStack } from "./stack.js";
import { usageError } from "./usage-error.js";

export type RunsCommandOptions = CommonOptions & {
  readonly stack?: string;
  readonly since: string;
  readonly minSuccess?: string;
  readonly json?: boolean;
};

/**
 * `runs`: what a schedule has run on its machines.
 * @returns whether the share of successes is as high as it has to be
 */
export async function runs(
  name: string,
  options: RunsCommandOptions,
  session: Session,
  deps: CliDeps,
): Promise<boolean> {
  const sinceMs = sinceOf(options.since, deps.clock.now());
  if (sinceMs === undefined) {
    throw usageError(
      `--since names no moment. Given: "${options.since}". Allowed: 24h, 30m, 7d, or an instant ` +
        `such as 2026-03-01T00:00:00Z.`,
    );
  }
  const least = options.minSuccess === undefined ? undefined : shareOf(options.minSuccess);
  const state = await exportStack(deps.pulumi, {
    cwd: session.cwd,
    stack: options.stack,
    showSecrets: false,
  });
  const resource = findByName(state, name);
  if (resource.outputs.schedule === undefined) throw runNow(name);
  const saved = readInvocation(resource);
  const api = await session.api(saved.region, saved.connection);
  await mustBeAccount(api, saved);
  const codes = resource.outputs.successExitCodes;
  const found = await readRuns(
    api,
    { ...saved, sinceMs, successExitCodes: Array.isArray(codes) ? codes.map(Number) : [0] },
    nodeHash,
    {},
  );
  const counts = countRuns(found);
  if (options.json === true) deps.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else print(found, counts, silentOf(saved.results, found), options.since, deps);
  if (least === undefined || (counts.share !== undefined && counts.share >= least)) return true;
  deps.stderr.write(`${belowText(counts, options)}\n`);
  return false;
}

/** `95%` or `95`, from 0 to 1. */
function shareOf(text: string): number {
  const [, number] = /^(\d{1,3}(?:\.\d+)?)%?$/.exec(text.trim()) ?? [];
  const percent = Number(number);
  if (number !== undefined && percent <= 100) return percent / 100;
  throw usageError(
    `--min-success is no percentage. Given: "${text}". Allowed: 0% to 100%, such as 95%.`,
  );
}

function runNow(name: string): CloudAssistantError {
  return new CloudAssistantError(
    "InvalidInputs",
    `${name} is a run now, which has no history. Given: a CommandInvocation without a schedule. ` +
      `Allowed: one with a schedule. Look at its results, or at \`pulumi-cloud-assistant output\`.`,
  );
}

/** Machines of the ledger that have run nothing in that time. */
function silentOf(ledger: Ledger | undefined, found: readonly ScheduleRun[]): readonly string[] {
  const ran = new Set(found.map((run) => run.instanceId));
  return Object.entries<Row>(ledger ?? {})
    .filter(([id, row]) => row.status !== "Dropped" && !ran.has(id))
    .map(([id]) => id);
}

function print(
  found: readonly ScheduleRun[],
  counts: RunCounts,
  silent: readonly string[],
  since: string,
  deps: CliDeps,
): void {
  for (const run of found) deps.stdout.write(`${lineOf(run)}\n`);
  const under = counts.underWay === 0 ? "" : `, ${counts.underWay} under way`;
  const share = counts.share === undefined ? "" : ` (${percentOf(counts.share)})`;
  deps.stdout.write(
    `${counts.succeeded} of ${counts.runs} runs succeeded${share}${under}, on ${counts.machines} ` +
      `machine${counts.machines === 1 ? "" : "s"}, since ${since}\n`,
  );
  if (silent.length > 0) deps.stdout.write(`no run at all: ${named(silent, 20)}\n`);
}

function lineOf(run: ScheduleRun): string {
  const code = run.exitCode === undefined ? "" : ` (exit code ${run.exitCode})`;
  const error =
    run.errorCode === undefined || run.errorCode === "ExitCodeNonzero" ? "" : ` ${run.errorCode}`;
  return `${run.startedAt}  ${run.instanceId}  ${run.status}${code}${error}`;
}

function belowText(counts: RunCounts, { since, minSuccess = "" }: RunsCommandOptions): string {
  if (counts.share === undefined) return `below ${minSuccess}: nothing has run since ${since}`;
  return `below ${minSuccess}: ${percentOf(counts.share)} succeeded`;
}

/** Rounded down, so that what is below never reads as if it were not. */
function percentOf(share: number): string {
  return `${Math.floor(share * 1_000) / 10}%`;
}

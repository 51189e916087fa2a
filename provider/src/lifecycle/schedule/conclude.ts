import type {
  CommandInvocationInputs,
  CommandInvocationState,
  Ledger,
  ResourceStatus,
  Row,
  Schedule,
} from "../../inputs.js";
import { schemaVersion } from "../../names.js";
import { unreadyBudget } from "../../plan/readiness.js";
import { isOver } from "../../plan/schedule-end.js";
import { pendingOf } from "../../plan/tracking.js";
import { failureLines, sentence } from "../../result/failure-text.js";
import { summaryOf } from "../../result/ledger.js";
import { redactor, secretValues } from "../../result/redact.js";
import { settledRow } from "../../result/schedule-row.js";
import {
  countSchedule,
  scheduleVerdictOf,
  standingOfArmed,
  type ScheduleCounts,
} from "../../result/schedule-verdict.js";
import type { Ending, Verdict } from "../../result/verdict.js";
import { withoutMembers, type Identity } from "../invocation/conclude.js";
import type { Outcome } from "../invocation/outcome.js";

export type ScheduleConclusion = {
  readonly ending: Ending;
  /** What is said where the service refused a call for reasons of its own. */
  readonly refusal?: string | undefined;
  readonly holdId: string;
  readonly releasedHolds: readonly string[];
  readonly membersAtStart: number;
  /** Whom an operator gave up on: they are neither failed nor missing. */
  readonly setAside: readonly string[];
  readonly invocationIds: readonly string[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
};

/** From the rows of a schedule to outputs, or to a failure that carries them. */
export function concludeSchedule(
  inputs: CommandInvocationInputs,
  identity: Identity,
  rows: Ledger,
  conclusion: ScheduleConclusion,
): Outcome {
  const { schedule = {} } = inputs;
  const over = isOver(schedule, conclusion.nowMs);
  const results: Ledger = Object.fromEntries(
    Object.entries(rows).map(([id, row]) => [id, settledRow(row, schedule)]),
  );
  const setAside = conclusion.setAside.filter((id) => isOut(results[id], schedule, over));
  const aside = new Set(setAside);
  const counted = Object.entries(results).filter(([id]) => !aside.has(id));
  const counts = countSchedule(
    counted.map(([, row]) => row),
    schedule,
    over,
  );
  const verdictOfRows = scheduleVerdictOf(counts, conclusion.ending, {
    suspended: schedule.suspend === true,
    unreadyBudget: unreadyBudget(inputs.readiness, conclusion.membersAtStart),
    retryOnNextUp: inputs.retry?.onNextUp !== false,
  });
  const judged: Verdict =
    verdictOfRows.red || setAside.length === 0 || schedule.suspend === true
      ? verdictOfRows
      : { status: "Abandoned", red: false };
  const verdict: Verdict =
    conclusion.refusal === undefined || judged.red ? judged : { status: "Failed", red: true };
  const { plan, ...withoutPlan } = inputs;
  const state: CommandInvocationState = {
    ...withoutPlan,
    ...(plan === undefined ? {} : { plan: withoutMembers(plan) }),
    schemaVersion,
    owner: identity.owner,
    runId: identity.runId,
    inputHash: identity.inputHash,
    holdId: verdict.holdReason === undefined ? "" : conclusion.holdId,
    ...(verdict.holdReason === undefined ? {} : { holdReason: verdict.holdReason }),
    releasedHolds: conclusion.releasedHolds,
    invocationIds: conclusion.invocationIds,
    status: verdict.status,
    membersAtStart: conclusion.membersAtStart,
    ...(setAside.length === 0 ? {} : { setAside }),
    results,
    summary: { ...summaryOf(Object.values(results)), pending: pendingOf(inputs, results).length },
    commandContentHash: identity.contentHash,
    accountId: identity.accountId,
    region: identity.region,
  };
  if (!verdict.red) return { id: identity.id, state };
  const failure = describe(inputs, state, Object.fromEntries(counted), counts, conclusion, over);
  return { id: identity.id, state, failure };
}

/** Whether a row is neither armed nor done. */
function isOut(row: Row | undefined, schedule: Schedule, over: boolean): boolean {
  if (row === undefined) return false;
  const standing = standingOfArmed(row, schedule, over);
  return standing !== "armed" && standing !== "fired" && standing !== "aside";
}

function describe(
  inputs: CommandInvocationInputs,
  state: CommandInvocationState,
  counted: Ledger,
  counts: ScheduleCounts,
  conclusion: ScheduleConclusion,
  over: boolean,
): NonNullable<Outcome["failure"]> {
  const redact = redactor(secretValues(inputs, inputs.secretInputs ?? []));
  const { armed, fired, pending, failed, notStarted, unready, unknown } = counts;
  const all = armed + fired + pending + failed + notStarted + unready + unknown;
  const parts = [
    `${armed} of ${all} armed`,
    ...(fired > 0 ? [`${fired} done`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(pending > 0 ? [`${pending} not answered for yet`] : []),
    ...(notStarted > 0 ? [`${notStarted} not armed`] : []),
    ...(unready > 0 ? [`${unready} not ready`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ].join(", ");
  const next = over && state.status === "Failed" ? noRunToCome : whatNext(state, conclusion);
  const headline = `${headlineOf(state.status, conclusion)} ${parts}. ${next}`;
  const troubled = Object.entries<Row>(counted).filter(([, row]) => {
    const standing = standingOfArmed(row, inputs.schedule ?? {}, over);
    return standing === "failed" || standing === "unready" || standing === "unknown";
  });
  // A schedule is judged by its arming: what it printed is not asked for.
  const lines = [
    ...(conclusion.refusal === undefined ? [] : [conclusion.refusal]),
    ...failureLines(troubled, false),
  ];
  const reasons = [headline, ...lines].map((line) => redact(line));
  return { message: reasons.join("\n"), reasons };
}

/** What was not armed in time never runs, however often it is tried. */
const noRunToCome =
  "No run is to come, so that nothing is armed any more: write a later schedule.at (or last year of " +
  "schedule.cron), or take out of `targets` who has missed it.";

function headlineOf(status: ResourceStatus, { ending, refusal }: ScheduleConclusion): string {
  if (ending.kind === "held") return sentence(`The schedule is held: ${ending.reason}`);
  if (ending.kind === "interrupted") {
    return sentence(`The arming was interrupted: ${ending.reason}`);
  }
  if (refusal !== undefined) return "The service refused a call, and not all is as asked for:";
  if (status === "Interrupted") return "Not everything was armed in time:";
  if (status === "Held") return "The schedule is held:";
  return "The schedule is not armed everywhere:";
}

function whatNext(
  { status, holdReason, holdId }: CommandInvocationState,
  { refusal }: ScheduleConclusion,
): string {
  if (holdReason !== undefined) {
    return (
      `Nothing more is called until it is released: set CLOUD_ASSISTANT_RESUME=${holdId} to arm it ` +
      `again, or CLOUD_ASSISTANT_ABANDON=${holdId} to leave it as it is.`
    );
  }
  if (refusal !== undefined) {
    return "Mend what the refusal names; the next `pulumi up` goes on with what is not done.";
  }
  return status === "Interrupted"
    ? "The next `pulumi up` goes on with what is not done."
    : "The next `pulumi up` arms the failed ones again, and only those.";
}

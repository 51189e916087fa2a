import type {
  CommandInvocationInputs,
  CommandInvocationState,
  HoldReason,
  Plan,
  Row,
} from "../../inputs.js";
import { schemaVersion } from "../../names.js";
import { budgetOf } from "../../plan/batches.js";
import { unreadyBudget } from "../../plan/readiness.js";
import { pendingOf } from "../../plan/tracking.js";
import { redactedLedger, summaryOf, type LedgerBook } from "../../result/ledger.js";
import { failureLines, sentence } from "../../result/failure-text.js";
import { verdictOf, type Ending, type Verdict } from "../../result/verdict.js";
import type { Outcome } from "./outcome.js";
import { rowsOf } from "./run.js";

/** What stays the same over the life of a resource, or of a run. */
export type Identity = {
  readonly id: string;
  readonly owner: string;
  readonly runId: string;
  readonly inputHash: string;
  readonly contentHash: string;
  readonly accountId: string;
  readonly region: string;
};

export type Conclusion = {
  readonly ending: Ending;
  /** The id of the hold, should this end in one. */
  readonly holdId: string;
  /** Of a hold that stays in force: what it was made for. */
  readonly heldFor?: HoldReason | undefined;
  readonly releasedHolds: readonly string[];
  /** What percentages of the rollout are of; a resume does not compute them again. */
  readonly membersAtStart: number;
  /** InvokeIds of earlier operations of this run. */
  readonly earlierInvocationIds: readonly string[];
  readonly accepted: readonly string[];
  readonly redact: (text: string) => string;
  readonly outputCut: boolean;
  /** Members that were given up on with an abandoned hold. */
  readonly setAside?: readonly string[] | undefined;
  /** What an interrupted update left, and this one did not touch. */
  readonly strays?: readonly string[] | undefined;
};

/** From ledger and ending to outputs, or to a failure that carries the ledger. */
export function conclude(
  inputs: CommandInvocationInputs,
  identity: Identity,
  book: LedgerBook,
  conclusion: Conclusion,
): Outcome {
  const { membersAtStart } = conclusion;
  const setAside = new Set(conclusion.setAside ?? []);
  const counted = [...book.entries()].filter(([id]) => !setAside.has(id)).map(([, row]) => row);
  const judged = verdictOf(counted, conclusion.ending, {
    budget: budgetOf(inputs.rollout?.maxFailures, membersAtStart),
    unreadyBudget: unreadyBudget(inputs.readiness, membersAtStart),
    retryOnNextUp: inputs.retry?.onNextUp !== false,
    wait: inputs.wait,
  });
  const verdict: Verdict =
    setAside.size > 0 && !judged.red ? { status: "Abandoned", red: false } : judged;
  const holdReason =
    verdict.holdReason === undefined ? undefined : (conclusion.heldFor ?? verdict.holdReason);
  const results = redactedLedger(book.toLedger(), conclusion.redact);
  const { plan, ...withoutPlan } = inputs;
  const state: CommandInvocationState = {
    ...withoutPlan,
    ...(plan === undefined ? {} : { plan: withoutMembers(plan) }),
    schemaVersion,
    owner: identity.owner,
    runId: identity.runId,
    inputHash: identity.inputHash,
    holdId: holdReason === undefined ? "" : conclusion.holdId,
    ...(holdReason === undefined ? {} : { holdReason }),
    releasedHolds: conclusion.releasedHolds,
    invocationIds: [...new Set([...conclusion.earlierInvocationIds, ...conclusion.accepted])],
    status: verdict.status,
    ...(setAside.size === 0 ? {} : { setAside: [...setAside] }),
    ...(conclusion.strays === undefined ? {} : { strays: conclusion.strays }),
    membersAtStart,
    results,
    summary: { ...summaryOf(rowsOf(book)), pending: pendingOf(inputs, results).length },
    commandContentHash: identity.contentHash,
    accountId: identity.accountId,
    region: identity.region,
  };
  if (!verdict.red) return { id: identity.id, state };
  const failure = describeFailure(inputs, state, conclusion);
  return { id: identity.id, state, failure };
}

/** The ledger has the members already; a second and a third list of them would swell the state. */
export function withoutMembers(plan: Plan): Plan {
  const { tracked: _tracked, ...rest } = plan;
  return { ...rest, calls: [] };
}

function describeFailure(
  inputs: CommandInvocationInputs,
  state: CommandInvocationState,
  conclusion: Conclusion,
): { readonly message: string; readonly reasons: readonly string[] } {
  const quote = inputs.output?.secret !== true && (inputs.secretInputs ?? []).every(harmlessSecret);
  const rows = Object.entries<Row>(state.results);
  const { members, succeeded, failed, running, notStarted, unready, unknown } = state.summary;
  const counts = [
    `${succeeded} of ${members} succeeded`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running > 0 ? [`${running} still running`] : []),
    ...(notStarted > 0 ? [`${notStarted} not started`] : []),
    ...(unready > 0 ? [`${unready} not ready`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ].join(", ");
  const headline = `${headlineOf(state, conclusion.ending)} ${counts}. ${whatNext(state)}`;
  const lines = failureLines(rows, quote).map(conclusion.redact);
  const cut = conclusion.outputCut ? ["Some output was cut: one resource keeps 256 KiB."] : [];
  const reasons = [conclusion.redact(headline), ...lines, ...cut];
  return { message: reasons.join("\n"), reasons };
}

/** Secrets of these inputs cannot show up in what a command prints. */
function harmlessSecret(path: string): boolean {
  return !/^(script|parameters|command)\b/.test(path);
}

/** What happened, before the counts. */
function headlineOf(state: CommandInvocationState, ending: Ending): string {
  const { status, holdReason, summary, wait } = state;
  if (ending.kind === "held") return sentence(`The run is held: ${ending.reason}`);
  if (ending.kind === "budget") return sentence(`The run is held: ${ending.where}`);
  if (ending.kind === "interrupted") return sentence(`The run was interrupted: ${ending.reason}`);
  if (status === "Interrupted") {
    if (summary.running === 0) return "Not every machine was reached:";
    return `Not everything ${wait?.for === "acceptance" ? "began" : "ended"} in time:`;
  }
  if (holdReason === "unknown") return "Nobody can say how it ended everywhere:";
  if (holdReason === "failures") {
    return "The run is held, since more failed than may and retry.onNextUp is false:";
  }
  if (holdReason === "budget") return "The run is held, since more failed than may:";
  return "The command failed:";
}

function whatNext(state: CommandInvocationState): string {
  switch (state.status) {
    case "Held":
      return (
        `Nothing more is called until it is released: set CLOUD_ASSISTANT_RESUME=${state.holdId} ` +
        `to go on, or CLOUD_ASSISTANT_ABANDON=${state.holdId} to leave it as it is.`
      );
    case "Interrupted":
      return "The next `pulumi up` goes on with what is not done.";
    case "Failed":
      return state.holdReason === "unknown"
        ? `What has no record is not run again by itself: ` +
            `set CLOUD_ASSISTANT_RESUME=${state.holdId} to run it again, or ` +
            `CLOUD_ASSISTANT_ABANDON=${state.holdId} to leave it as it is.`
        : "The next `pulumi up` runs the failed ones again, and only those.";
    case "Success":
    case "PartialFailed":
    case "Abandoned":
    case "Scheduled":
    case "Suspended":
    case "Finished":
    case "Stopped":
      return "";
  }
}

import type { CommandInvocationInputs, CommandInvocationState } from "../../inputs.js";
import { budgetOf } from "../../plan/batches.js";
import { sameJson } from "../../plan/canonical-json.js";
import { changeOf, releaseOf, type Change } from "../../plan/change.js";
import { holdStands } from "../../plan/hold-stands.js";
import { unreadyBudget } from "../../plan/readiness.js";
import { tracks } from "../../plan/tracking.js";
import { LedgerBook } from "../../result/ledger.js";
import { mustBeAccount, mustBeAllowed } from "../account.js";
import { updateSchedule } from "../schedule/update.js";
import type { World } from "../world.js";
import { conclude, type Identity } from "./conclude.js";
import { continueRun } from "./continue-run.js";
import { historyOf } from "./history.js";
import { leftAsItIs } from "./holds.js";
import { deadlineMs } from "./limits-of-time.js";
import { newRun } from "./new-run.js";
import type { Outcome } from "./outcome.js";
import { reporting, reportVerdict } from "./report.js";
import { settleCommand } from "./settle.js";
import { settleChange } from "./tracked.js";
import { type UpdateContext, returned, unchanged, drop } from "./update-context.js";

/** Brings what exists to what is asked for: a new run, the rows in question, or nothing. */
export async function update(
  id: string,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Outcome> {
  return reportVerdict(await bring(id, state, inputs, reporting(world, inputs, state)), world);
}

async function bring(
  id: string,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Outcome> {
  if (inputs.schedule !== undefined && state.schedule !== undefined) {
    return updateSchedule(id, state, inputs, world);
  }
  const change = changeOf(state, inputs);
  const release = releaseOf(state, world.operator);
  const identity = identityOf(id, state);
  // Who is meant has to be looked up.
  const looks = tracks(inputs) || change.added.length > 0;
  if (change.runs.length === 0) {
    if (release === "abandon") {
      const left = abandoned(identity, state, inputs, state.holdId);
      // Who joins at the same time is no part of what was given up on.
      return looks ? bring(id, { ...left.state, targets: state.targets }, inputs, world) : left;
    }
    if (!looks && callsNothing(state, change, release)) {
      return saveOnly(identity, state, inputs, change, world);
    }
  }

  const api = world.apiFor(state.region, inputs.connection);
  const deadline = deadlineMs(inputs.deadline?.update, world);
  const options = { deadlineMs: deadline, signal: world.signal };
  await mustBeAccount(api, state, options);
  mustBeAllowed(state.accountId, world.operator.allowedAccountIds, inputs.connection?.accountId);
  const command = await settleCommand(api, inputs, world.hash, options);
  const moves =
    change.runs.length === 0 && looks
      ? await settleChange(api, state, inputs, command.type, world, options)
      : undefined;
  if (moves !== undefined && moves.ready.size === 0 && callsNothing(state, moves.change, release)) {
    return saveOnly(identity, state, inputs, moves.change, world);
  }
  const past = state.ownership === "none" ? [] : await historyOf(api, state.owner, options);
  const releasedHolds =
    release === "resume" ? [...state.releasedHolds, state.holdId] : state.releasedHolds;
  const context: UpdateContext = {
    api,
    identity,
    state,
    inputs,
    change: moves?.change ?? change,
    ready: moves?.ready ?? new Set(),
    command,
    past,
    options,
    released: release === "resume",
    releasedHolds,
  };
  return change.runs.length > 0 ? newRun(context, world) : continueRun(context, world);
}

function identityOf(id: string, state: CommandInvocationState): Identity {
  return {
    id,
    owner: state.owner,
    runId: state.runId,
    inputHash: state.inputHash,
    contentHash: state.commandContentHash,
    accountId: state.accountId,
    region: state.region,
  };
}

/** Whether the ledger is only saved: there is nothing to do, or nothing may be done. */
function callsNothing(
  { strays = [] }: CommandInvocationState,
  change: Change,
  release: ReturnType<typeof releaseOf>,
): boolean {
  if (change.unfinished === "held") return release === undefined;
  const wanted =
    strays.length > 0 || change.unfinished === "retry" || change.unfinished === "continue";
  return !wanted && change.added.length === 0 && release === undefined;
}

/** The ledger as it is, with dropped members taken out and judged by the new inputs. */
function saveOnly(
  identity: Identity,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  change: Change,
  world: World,
): Outcome {
  const book = new LedgerBook(state.results);
  drop(book, change.removed);
  // Under a hold, who joins waits like everybody else.
  for (const id of change.added) book.set(id, returned(book, id));
  const rows = Object.values(book.toLedger());
  const held =
    change.unfinished === "held" &&
    (change.removed.length === 0 || holdStands(state, inputs, rows));
  const outcome = conclude(inputs, identity, book, {
    ...unchanged(state, inputs),
    holdId: state.holdId === "" ? `${state.runId}.${world.randomId(8)}` : state.holdId,
    ending: held
      ? { kind: "held", reason: `hold ${state.holdId} is in force` }
      : { kind: "complete" },
    heldFor: held ? state.holdReason : undefined,
  });
  return outcome.failure !== undefined && staysGreen(state, inputs, change)
    ? asItWas(outcome, state)
    : outcome;
}

/** What only is saved turns nothing red: a run that ended green is judged by its members and budget. */
function staysGreen(
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  { added, removed }: Change,
): boolean {
  const green = ["Success", "PartialFailed", "Abandoned"].includes(state.status);
  const { membersAtStart } = state;
  const bounds = ({ rollout, readiness }: CommandInvocationInputs): readonly number[] => [
    budgetOf(rollout?.maxFailures, membersAtStart),
    unreadyBudget(readiness, membersAtStart),
  ];
  return green && added.length + removed.length === 0 && sameJson(bounds(state), bounds(inputs));
}

function asItWas({ id, state }: Outcome, { status }: CommandInvocationState): Outcome {
  const { holdReason: _reason, ...rest } = state;
  return { id, state: { ...rest, holdId: "", status } };
}

function abandoned(
  identity: Identity,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  holdId: string,
): Outcome {
  const outcome = conclude(inputs, identity, new LedgerBook(state.results), {
    ...unchanged(state, inputs),
    ending: { kind: "complete" },
  });
  return leftAsItIs(outcome, holdId);
}

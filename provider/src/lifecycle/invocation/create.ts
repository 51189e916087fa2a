import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, Row } from "../../inputs.js";
import { firstRunId, inputHashOf, ownerOf } from "../../plan/identity.js";
import { baseOf, historyAtCreate, type PastInvocation } from "../../plan/history.js";
import { judgeHolds } from "../../plan/hold.js";
import type { Membership } from "../../plan/targets.js";
import type { LedgerBook } from "../../result/ledger.js";
import type { Ending } from "../../result/verdict.js";
import { redactor, secretValues } from "../../result/redact.js";
import { accountOf, mustBeAllowed } from "../account.js";
import { createSchedule } from "../schedule/create.js";
import { nameOf, type World } from "../world.js";
import { adopt } from "./adopt.js";
import {
  adoptsGiven,
  findGiven,
  markAsOwn,
  membershipOfGiven,
  otherContent,
} from "./adopt-given.js";
import { reportCut, startCapture } from "./capture.js";
import { conclude, type Identity } from "./conclude.js";
import { historyOf, markSuperseded, refuseForeign } from "./history.js";
import { concludingHolds, leftAsItIs, untriedOf } from "./holds.js";
import { deadlineMs, waitMs } from "./limits-of-time.js";
import type { Outcome } from "./outcome.js";
import { prepareRun } from "./prepare.js";
import { missingRow } from "./ready.js";
import { reporting, reportVerdict, startedBook } from "./report.js";
import { runMembers } from "./run.js";
import { settleCommand, settleMembers } from "./settle.js";

/**
 * Runs the command on every member, and waits for the end. What an earlier operation of the same
 * owner and the same inputs has started already is taken over, not run again.
 * @throws CloudAssistantError when nothing was accepted: then nothing is saved
 */
export async function create(inputs: CommandInvocationInputs, world: World): Promise<Outcome> {
  return reportVerdict(await runAtCreate(inputs, world), world);
}

async function runAtCreate(inputs: CommandInvocationInputs, world: World): Promise<Outcome> {
  if (inputs.schedule !== undefined) return createSchedule(inputs, world);
  const api = world.apiFor(inputs.connection?.region, inputs.connection);
  const deadline = deadlineMs(inputs.deadline?.create, world);
  const options = { deadlineMs: deadline, signal: world.signal };
  const accountId = await accountOf(api, options);
  mustBeAllowed(accountId, world.operator.allowedAccountIds, inputs.connection?.accountId);
  const found = await settleMembers(api, inputs, world, options);
  const seen = { instances: found.instances, at: world.clock.now() };
  const given = await findGiven(api, inputs, world, options);
  const handedOver = new Set(given.map((one) => one.invokeId));
  const membership = adoptsGiven(inputs) ? membershipOfGiven(found, given) : found;
  const command = await settleCommand(api, inputs, world.hash, options);
  const owner = ownerOf(
    {
      accountId,
      organization: inputs.organization ?? "",
      salt: world.operator.ownerSalt,
      urn: inputs.resourceUrn,
    },
    world.hash,
  );
  const inputHash = await inputHashOf(inputs, command, owner, world.hash);
  const owned = inputs.ownership !== "none";
  const past: readonly PastInvocation[] = owned ? await historyOf(api, owner, options) : [];
  const others = past.filter((one) => !handedOver.has(one.invokeId));
  const history = historyAtCreate(others, inputHash);
  refuseForeign(history);
  await markSuperseded(
    api,
    owner,
    history.mark.map((one) => one.invokeId),
    world,
    options,
  );
  const identity: Identity = {
    id: `ci-${world.randomId(16)}`,
    owner,
    runId:
      history.runId === undefined
        ? firstRunId(owner, inputHash, world.hash)
        : baseOf(
            history.runId,
            past.filter((one) => one.superseded),
            world.hash,
          ),
    inputHash,
    contentHash: command.contentHash,
    accountId,
    region: api.region,
  };

  const told = reporting(world, inputs, identity);
  const book = startedBook(startingRows(membership), told);
  const name = nameOf(inputs.resourceUrn);
  const codes = inputs.successExitCodes ?? [0];
  const adopted = [
    ...adopt(name, history.adopt, book, codes, told),
    // One after the other: of two that ran on the same machine the later one counts.
    ...given.flatMap((one) => adopt(name, [one], book, codes, told)),
  ];
  if (given.length > 0) {
    for (const line of otherContent(given, command.contentHash)) world.print(name, line);
    if (owned && (await world.presence())) await markAsOwn(api, given, identity, options);
  }
  const held = judgeHolds([...history.adopt, ...given], [], world.operator);
  const untried = given.length > 0 ? [] : untriedOf(membership.members, book, held);
  const membersAtStart = book.ids().length;
  const watching = adopted.length > 0;
  const wanted = { toRun: untried, membersAtStart, seen, watching };
  const prepared = await prepareRun(api, inputs, command.type, wanted, book, told, options);
  const redact = redactor(secretValues(inputs, inputs.secretInputs ?? []));
  const capture = startCapture(inputs.output, redact);
  const end = await runMembers(
    api,
    {
      inputs,
      identity,
      runnable: command.runnable,
      type: command.type,
      ...prepared,
      toWatch: adopted,
      retryWatched: given.length === 0 && held.kind === "resumed",
      // What is handed over is not run again by the create that takes it over.
      ...(given.length === 0 ? {} : { attemptsBefore: () => Number.NEGATIVE_INFINITY }),
      maxPerCall: world.operator.maxInstancesPerCall,
      membersAtStart,
      past,
      waitMs: waitMs(inputs, command.timeout),
      deadlineMs: deadline,
      capture,
      holds: (holdId) => holdId !== world.operator.resume,
    },
    book,
    told,
  );
  reportCut(capture, inputs, world);
  const outcome = conclude(inputs, { ...identity, runId: end.runId }, book, {
    ...concludingHolds(end, held, [], world),
    membersAtStart,
    earlierInvocationIds: adopted.map((call) => call.invokeId),
    accepted: end.accepted,
    redact,
    outputCut: capture.cut,
  });
  if (end.accepted.length + adopted.length === 0 && outcome.failure !== undefined) {
    throw end.firstRefusal ?? nothingRan(name, end.ending, book);
  }
  return held.kind === "abandoned" ? leftAsItIs(outcome, held.hold.id) : outcome;
}

/** Every member is NotStarted, but for declared ids that do not exist: those have failed already. */
export function startingRows(membership: Membership): Readonly<Record<string, Row>> {
  const missing = new Set(membership.missing);
  return Object.fromEntries(
    membership.members.map((id) => [id, missing.has(id) ? missingRow(0) : notStarted]),
  );
}

export const notStarted: Row = { status: "NotStarted", attempt: 0 };

function nothingRan(name: string, ending: Ending, book: LedgerBook): CloudAssistantError {
  if (ending.kind !== "complete") {
    const why = ending.kind === "budget" ? ending.where : ending.reason;
    return new CloudAssistantError("RunInterrupted", `${name}: nothing ran: ${why}`);
  }
  const rows = [...book.entries()];
  const missing = rows.filter(([, row]) => row.errorCode === "InstanceNotExists");
  if (missing.length === 0) {
    return new CloudAssistantError(
      "TargetsRefused",
      `targets: no machine is left to run on. Given: ${rows.length} members, none of them ready or ` +
        `there. Allowed: at least one. Look at the machines; nothing ran.`,
    );
  }
  return new CloudAssistantError(
    "TargetsRefused",
    `targets.instanceIds: none of the machines can be run on. Given: ${missing
      .map(([id]) => id)
      .join(
        ", ",
      )}, which do not exist. Allowed: ids of machines in this account and region. Mend ` +
      `the ids; nothing ran.`,
  );
}

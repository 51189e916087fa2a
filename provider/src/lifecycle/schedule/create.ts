import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs } from "../../inputs.js";
import { chainOf } from "../../plan/history.js";
import { judgeHolds } from "../../plan/hold.js";
import { firstRunId, inputHashOf, ownerOf } from "../../plan/identity.js";
import { wantedOf, type FoundSchedule } from "../../plan/schedule-wanted.js";
import { accountOf, mustBeAllowed } from "../account.js";
import type { Identity } from "../invocation/conclude.js";
import { markSuperseded, refuseForeign } from "../invocation/history.js";
import { deadlineMs, waitMs } from "../invocation/limits-of-time.js";
import type { Outcome } from "../invocation/outcome.js";
import { settleCommand, settleMembers } from "../invocation/settle.js";
import type { World } from "../world.js";
import { bring } from "./bring.js";
import { findOfOwner } from "./found.js";

/**
 * Arms a schedule on every member, and waits until each has been answered for. What is alive already
 * of the same owner and the same inputs is taken over: lost state arms no second schedule.
 * @throws CloudAssistantError when nothing was accepted: then nothing is saved
 */
export async function createSchedule(
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Outcome> {
  const api = world.apiFor(inputs.connection?.region, inputs.connection);
  const options = {
    deadlineMs: deadlineMs(inputs.deadline?.create, world),
    signal: world.signal,
  };
  const accountId = await accountOf(api, options);
  mustBeAllowed(accountId, world.operator.allowedAccountIds, inputs.connection?.accountId);
  const membership = await settleMembers(api, inputs, world, options);
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
  const past =
    inputs.ownership === "none"
      ? []
      : await findOfOwner(api, { owner, ownership: "tags" }, [], world.hash, options);
  const current = past.filter((one) => !one.superseded);
  const adopted = current.filter((one) => one.inputHash === inputHash && one.alive.size > 0);
  refuseForeign({ adopt: [], mark: [], strays: [], foreign: foreignAmong(current, adopted) });
  const ended = current.filter((one) => !one.living && one.inputHash !== inputHash);
  const endedIds = ended.map((one) => one.invokeId);
  await markSuperseded(api, owner, endedIds, world, options);
  const newest = [...adopted].sort((a, b) => a.createdMs - b.createdMs).at(-1);
  const identity: Identity = {
    id: `ci-${world.randomId(16)}`,
    owner,
    runId: newest?.runId ?? firstRunId(owner, inputHash, world.hash),
    inputHash,
    contentHash: command.contentHash,
    accountId,
    region: api.region,
  };
  const wait = waitMs(inputs, command.timeout);
  const outcome = await bring(
    {
      api,
      inputs,
      state: undefined,
      command,
      wanted: wantedOf(inputs, command.contentHash, inputHash),
      identity,
      runIds: chainOf(identity.runId, past, world.hash),
      newRun: false,
      whole: false,
      rearms: false,
      modifies: [],
      members: membership.members,
      past,
      ours: adopted,
      adopted,
      strays: [],
      ready: new Set(),
      found: judgeHolds(adopted, [], world.operator),
      releasedHolds: [],
      waitMs: wait,
      patienceMs: wait,
      options,
    },
    world,
  );
  if (outcome.failure !== undefined && outcome.state.invocationIds.length === 0) {
    throw new CloudAssistantError("TargetsRefused", outcome.failure.message);
  }
  return outcome;
}

/** Alive, and not of these inputs: nobody knows whose it is. */
function foreignAmong(
  current: readonly FoundSchedule[],
  adopted: readonly FoundSchedule[],
): readonly FoundSchedule[] {
  return current.filter((one) => one.living && !adopted.includes(one) && one.alive.size > 0);
}

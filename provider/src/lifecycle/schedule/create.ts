import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, Row } from "../../inputs.js";
import { chainOf } from "../../plan/history.js";
import { judgeHolds } from "../../plan/hold.js";
import { firstRunId, inputHashOf, ownerOf } from "../../plan/identity.js";
import { wantedOf, type FoundSchedule } from "../../plan/schedule-wanted.js";
import { accountOf, mustBeAllowed } from "../account.js";
import {
  adoptsGiven,
  findGiven,
  markAsOwn,
  membershipOfGiven,
  otherContent,
} from "../invocation/adopt-given.js";
import type { Identity } from "../invocation/conclude.js";
import { markSuperseded, refuseForeign } from "../invocation/history.js";
import { deadlineMs, waitMs } from "../invocation/limits-of-time.js";
import type { Outcome } from "../invocation/outcome.js";
import { settleCommand, settleMembers } from "../invocation/settle.js";
import { nameOf, type World } from "../world.js";
import { bring } from "./bring.js";
import { concludeSchedule } from "./conclude.js";
import { findOfOwner } from "./found.js";
import { awaitEnding } from "./settled.js";
import { rowAtHome } from "./truth.js";

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
  const settled = await settleMembers(api, inputs, world, options);
  const given = await findGiven(api, inputs, world, options);
  const membership = adoptsGiven(inputs) ? membershipOfGiven(settled, given) : settled;
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
  const wait = waitMs(inputs, command.timeout);
  const past = await pastOf(owner, wait, { api, inputs, options, world });
  const handedOver = new Set(given.map((one) => one.invokeId));
  const current = past.filter((one) => !one.superseded && !handedOver.has(one.invokeId));
  const adopted = current.filter((one) => one.inputHash === inputHash && one.alive.size > 0);
  refuseForeign({ foreign: foreignAmong(current, adopted) });
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
  if (adoptsGiven(inputs)) {
    for (const line of otherContent(given, command.contentHash)) {
      world.print(nameOf(inputs.resourceUrn), line);
    }
    if (inputs.ownership !== "none") await markAsOwn(api, given, identity, options);
    const ids = [...handedOver];
    const untagged = { owner, ownership: "none" } as const;
    const found = await findOfOwner(api, untagged, ids, world.hash, options);
    return takeOver(inputs, identity, membership.members, found, world);
  }
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

/** Everything of the owner, once nothing of it is just being stopped. */
async function pastOf(
  owner: string,
  wait: number,
  given: {
    readonly api: CloudApi;
    readonly inputs: CommandInvocationInputs;
    readonly options: { readonly deadlineMs: number; readonly signal: AbortSignal };
    readonly world: World;
  },
): Promise<readonly FoundSchedule[]> {
  const { api, inputs, options, world } = given;
  if (inputs.ownership === "none") return [];
  const owned = { owner, ownership: "tags" } as const;
  const find = (): Promise<readonly FoundSchedule[]> =>
    findOfOwner(api, owned, [], world.hash, options);
  const past = await find();
  const context = { api, ...owned, waitMs: wait, options, world };
  return (await awaitEnding(past, context)) ? find() : past;
}

/** Saves what the program hands over as it is; whatever is other than asked for shows as drift. */
function takeOver(
  inputs: CommandInvocationInputs,
  identity: Identity,
  members: readonly string[],
  found: readonly FoundSchedule[],
  world: World,
): Outcome {
  const { schedule = {} } = inputs;
  const truth = { schedule, over: false, successExitCodes: inputs.successExitCodes ?? [0] };
  const rows = new Map<string, Row>();
  for (const [index, one] of found.entries()) {
    const home = { invokeId: one.invokeId, shard: index + 1 };
    for (const id of members) {
      const armed = one.members.some((seen) => seen.instanceId === id);
      if (armed && !rows.has(id)) rows.set(id, rowAtHome(id, undefined, home, one, truth));
    }
  }
  return concludeSchedule(inputs, identity, Object.fromEntries(rows), {
    ending: { kind: "complete" },
    holdId: `${identity.runId}.${world.randomId(8)}`,
    releasedHolds: [],
    membersAtStart: members.length,
    setAside: [],
    invocationIds: found.map((one) => one.invokeId),
    nowMs: world.clock.now(),
  });
}

/** Alive, and not of these inputs: nobody knows whose it is. */
function foreignAmong(
  current: readonly FoundSchedule[],
  adopted: readonly FoundSchedule[],
): readonly FoundSchedule[] {
  return current.filter((one) => one.living && !adopted.includes(one) && one.alive.size > 0);
}

import type { CloudApi } from "../../client/port.js";
import type { CommandInvocationInputs, CommandInvocationState } from "../../inputs.js";
import { chainOf } from "../../plan/history.js";
import { judgeHolds } from "../../plan/hold.js";
import { wantedOf } from "../../plan/schedule-wanted.js";
import type { Identity } from "../invocation/conclude.js";
import { waitMs } from "../invocation/limits-of-time.js";
import type { Outcome } from "../invocation/outcome.js";
import type { SettledCommand } from "../invocation/settle.js";
import type { World } from "../world.js";
import { bring } from "./bring.js";
import { findOfOwner } from "./found.js";

export type AfterRun = {
  readonly api: CloudApi;
  /** Of the run now, whose end was awaited. */
  readonly state: CommandInvocationState;
  readonly inputs: CommandInvocationInputs;
  readonly command: SettledCommand;
  /** With the run id and the input hash of the schedule. */
  readonly identity: Identity;
  readonly members: readonly string[];
  readonly releasedHolds: readonly string[];
  readonly options: { readonly deadlineMs: number; readonly signal: AbortSignal };
};

/** Arms what was a run now until this update. */
export async function armAfterRun(given: AfterRun, world: World): Promise<Outcome> {
  const { api, state, inputs, command, identity, options } = given;
  const owned = { owner: state.owner, ownership: inputs.ownership ?? "tags" } as const;
  const past = await findOfOwner(api, owned, [], world.hash, options);
  const runIds = chainOf(
    identity.runId,
    past.filter((one) => one.alive.size === 0),
    world.hash,
  );
  const adopted = past.filter((one) => one.alive.size > 0 && runIds.has(one.runId));
  const wait = waitMs(inputs, command.timeout);
  return bring(
    {
      api,
      inputs,
      state: undefined,
      command,
      wanted: wantedOf(inputs, command.contentHash, identity.inputHash),
      identity: { ...identity, runId: adopted.at(-1)?.runId ?? identity.runId },
      runIds,
      newRun: true,
      whole: true,
      rearms: false,
      modifies: [],
      members: given.members,
      past,
      ours: adopted,
      adopted,
      strays: [],
      ready: new Set(),
      found: judgeHolds(adopted, given.releasedHolds, world.operator),
      releasedHolds: given.releasedHolds,
      waitMs: wait,
      patienceMs: wait,
      options,
    },
    world,
  );
}

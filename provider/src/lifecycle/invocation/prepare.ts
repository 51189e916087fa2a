import { findByIds } from "../../client/fleet.js";
import type { CallOptions, CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, CommandType } from "../../inputs.js";
import { planGroups, taggedCanaries } from "../../plan/batches.js";
import type { LedgerBook } from "../../result/ledger.js";
import type { Ending } from "../../result/verdict.js";
import type { World } from "../world.js";
import { checkQuota } from "./quota.js";
import { sweep, type SeenMachines } from "./ready.js";

/** Members to be called, before anything is known of their state. */
export type Wanted = {
  readonly toRun: readonly string[];
  /** Members that are new to the run: behind the others, in calls of their own. */
  readonly newcomers?: readonly string[];
  /** What percentages are of. */
  readonly membersAtStart: number;
  /** Whether calls are to be watched that were accepted before: no refusal may forget them. */
  readonly watching?: boolean;
  /** The machines as they were read to find the members. */
  readonly seen?: SeenMachines;
};

/** Members that may be called now, and what was learnt of them. */
export type Prepared = {
  readonly toRun: readonly string[];
  readonly newcomers: readonly string[];
  readonly canaries: ReadonlySet<string> | undefined;
  readonly lookedAt: number;
  /** Calls that were reserved of the quota. */
  readonly reserved: number;
  /** Why nobody may be called, where that is not thrown. */
  readonly refusal?: Ending;
};

const nobody = { toRun: [], newcomers: [], canaries: undefined, lookedAt: 0, reserved: 0 };

/**
 * Everything between knowing the members and the first call: readiness, canaries, quota. Nothing is
 * read when nothing will run.
 * @throws CloudAssistantError `NotReady` or `QuotaExceeded`, but where calls are to be watched
 */
export async function prepareRun(
  ...[api, inputs, type, wanted, book, world, options]: Parameters<typeof prepare>
): Promise<Prepared> {
  try {
    return await prepare(api, inputs, type, wanted, book, world, options);
  } catch (reason) {
    if (wanted.watching !== true) throw reason;
    const { message } = CloudAssistantError.from(reason);
    return { ...nobody, refusal: { kind: "interrupted", reason: message } };
  }
}

async function prepare(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  type: CommandType,
  wanted: Wanted,
  book: LedgerBook,
  world: World,
  options: CallOptions & { readonly deadlineMs: number },
): Promise<Prepared> {
  const { membersAtStart, newcomers = [] } = wanted;
  const ids = [...wanted.toRun, ...newcomers];
  if (ids.length === 0) return nobody;
  const { seen } = wanted;
  const swept = await sweep(api, inputs, type, { ids, membersAtStart, seen }, book, world, options);
  const ready = new Set(swept.ready);
  const toRun = wanted.toRun.filter((id) => ready.has(id));
  const joining = newcomers.filter((id) => ready.has(id));
  const canaries = await findCanaries(api, inputs, swept.ready, options);
  const batches = planGroups([toRun, joining], {
    maxPerCall: world.operator.maxInstancesPerCall,
    rollout: inputs.rollout,
    canaries,
    membersAtStart,
  });
  const calls = batches.reduce((sum, batch) => sum + batch.calls.length, 0);
  if (calls > 0) await checkQuota(api, inputs, calls, world, options);
  return { toRun, newcomers: joining, canaries, lookedAt: swept.lookedAt, reserved: calls };
}

/** Members that carry the canary's tags, when it is chosen by tags. */
async function findCanaries(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  ids: readonly string[],
  options: CallOptions,
): Promise<ReadonlySet<string> | undefined> {
  if (inputs.rollout?.canary?.tags === undefined) return undefined;
  const instances = await findByIds(api, ids, options);
  return taggedCanaries(inputs.rollout, ids, (id) => instances.get(id)?.tags);
}

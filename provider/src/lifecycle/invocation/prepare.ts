import { findByIds } from "../../client/fleet.js";
import type { CallOptions, CloudApi } from "../../client/port.js";
import type { CommandInvocationInputs, CommandType } from "../../inputs.js";
import { planBatches } from "../../plan/batches.js";
import type { LedgerBook } from "../../result/ledger.js";
import type { World } from "../world.js";
import { checkQuota } from "./quota.js";
import { sweep } from "./ready.js";

/** Members that may be called now, and what was learnt of them. */
export type Prepared = {
  readonly toRun: readonly string[];
  readonly canaries: ReadonlySet<string> | undefined;
  readonly lookedAt: number;
};

/**
 * Everything between knowing the members and the first call: readiness, canaries, quota. Nothing is
 * read when nothing will run.
 * @throws CloudAssistantError `NotReady` or `QuotaExceeded`
 */
export async function prepareRun(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  type: CommandType,
  ids: readonly string[],
  book: LedgerBook,
  world: World,
  options: CallOptions & { readonly deadlineMs: number },
): Promise<Prepared> {
  if (ids.length === 0) return { toRun: [], canaries: undefined, lookedAt: 0 };
  const { ready, lookedAt } = await sweep(api, inputs, type, ids, book, world, options);
  const canaries = await taggedCanaries(api, inputs, ready, options);
  const batches = planBatches(ready, {
    maxPerCall: world.operator.maxInstancesPerCall,
    rollout: inputs.rollout,
    canaries,
    membersAtStart: book.ids().length,
  });
  const calls = batches.reduce((sum, batch) => sum + batch.calls.length, 0);
  if (calls > 0) await checkQuota(api, inputs, calls, world, options);
  return { toRun: ready, canaries, lookedAt };
}

/** Members that carry the canary's tags, when it is chosen by tags. */
async function taggedCanaries(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  ids: readonly string[],
  options: CallOptions,
): Promise<ReadonlySet<string> | undefined> {
  const tags = Object.entries(inputs.rollout?.canary?.tags ?? {});
  if (tags.length === 0) return undefined;
  const instances = await findByIds(api, ids, options);
  return new Set(
    ids.filter((id) => tags.every(([key, value]) => instances.get(id)?.tags[key] === value)),
  );
}

import { findTargets } from "../../client/fleet.js";
import type { CallOptions, CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, CommandInvocationState, CommandType } from "../../inputs.js";
import { changeOf, type Change } from "../../plan/change.js";
import { membershipOf } from "../../plan/targets.js";
import { pendingOf, tracks } from "../../plan/tracking.js";
import type { World } from "../world.js";
import { diff, type DiffEnd } from "./diff.js";
import { lookAt } from "./ready.js";
import { refuseMembership } from "./settle.js";

/** What an update finds once it has looked who is meant. */
export type Settled = {
  readonly change: Change;
  /** Members that waited to be ready, and are. */
  readonly ready: ReadonlySet<string>;
};

/**
 * Looks who is meant: under `track`, and where ids were added. What the operator forbids, or the
 * program does not expect, is refused before anybody who is new is called, and who is excluded is no
 * newcomer.
 * @throws CloudAssistantError `TargetsRefused`
 */
export async function settleChange(
  api: CloudApi,
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
  type: CommandType,
  world: World,
  options: CallOptions,
): Promise<Settled> {
  const found = await findTargets(api, inputs.targets, options);
  const membership = membershipOf(inputs.targets, found);
  const tracked = tracks(inputs);
  const change = changeOf(state, inputs, tracked ? [...membership.selected] : undefined);
  const members = new Set(membership.members);
  const added = change.added.filter((id) => members.has(id));
  if (added.length > 0) refuseMembership(inputs, membership, world);
  const removed = new Set(change.removed);
  const pending = pendingOf(inputs, state.results).filter((id) => !removed.has(id));
  return {
    change: { ...change, added },
    ready: await readyAmong(api, pending, type, options),
  };
}

async function readyAmong(
  api: CloudApi,
  ids: readonly string[],
  type: CommandType,
  options: CallOptions,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const standings = await lookAt(api, ids, type, options);
  return new Set(ids.filter((id) => standings.get(id)?.kind === "ready"));
}

/** A preview does not wait long for a read; it says "not known" instead. */
const patienceMs = 8_000;

/** What `diff` says, where members that wait to be ready cost a look at them. */
export async function diffTracked(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  world: World,
): Promise<DiffEnd> {
  const pending = pendingOf(news, state.results);
  const type = state.plan?.command.type;
  if (pending.length === 0 || state.status === "Held" || type === undefined) {
    return diff(state, news, world.operator);
  }
  try {
    const api = world.apiForChecks(news.connection, state.region);
    const options = { patienceMs, signal: world.signal };
    return diff(state, news, world.operator, await readyAmong(api, pending, type, options));
  } catch (reason) {
    const [why = ""] = CloudAssistantError.from(reason).message.split("\n", 1);
    const end = diff(state, news, world.operator);
    const line = `whether ${pending.length} waiting members are ready: not known (${why})`;
    return { ...end, lines: [...end.lines, line] };
  }
}

import { listInvocations } from "../../client/invocations.js";
import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, CommandInvocationState, Row } from "../../inputs.js";
import { releaseOf } from "../../plan/change.js";
import { scheduleChangeOf, type ScheduleChange } from "../../plan/schedule-change.js";
import {
  describeDrift,
  driftOf,
  hasDrifted,
  noDrift,
  type Drift,
} from "../../plan/schedule-drift.js";
import { canEnd, isAlive, isOver } from "../../plan/schedule-end.js";
import { scheduleMoves } from "../../plan/schedule-moves.js";
import type { FoundSchedule } from "../../plan/schedule-wanted.js";
import { named } from "../../plan/targets.js";
import { pendingOf } from "../../plan/tracking.js";
import { standingOfArmed } from "../../result/schedule-verdict.js";
import { containsUnknown } from "../../unknown.js";
import { accountOf } from "../account.js";
import { staleReleases, type DiffEnd } from "../invocation/diff.js";
import { lookAt } from "../invocation/ready.js";
import type { World } from "../world.js";
import { findLiving, foundSchedule } from "./found.js";
import { wantedBefore } from "./update.js";

/** A preview does not wait long for a read; it says "not known" instead. */
const patienceMs = 8_000;

/**
 * Whether there is something to do about a schedule. Where the inputs ask for nothing it is compared
 * with what is alive: one read a process.
 */
export async function diffSchedule(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  world: World,
): Promise<DiffEnd> {
  const change = scheduleChangeOf(state, news);
  if (change.replaces.length > 0) return { changes: true, replaces: change.replaces, lines: [] };
  if (state.schedule === undefined) {
    const lines = ["becomes a schedule: what still runs is awaited, then it is armed"];
    return { changes: true, replaces: [], lines };
  }
  const release = releaseOf(state, world.operator);
  const stale = staleReleases(state, world.operator, release !== undefined);
  const asked = [...change.renews, ...change.modifies];
  const suspension = suspensionOf(state, news);
  const held = state.holdId !== "" && release !== "resume" && asked.length === 0;
  if (held && suspension !== "suspends") return whileHeld(state, news, change, release, stale);

  const nowMs = world.clock.now();
  const over = isOver(news.schedule ?? {}, nowMs);
  const looks = asked.length === 0 && suspension === undefined && !rests(state);
  const seen = looks ? await look(state, news, world) : nothingSeen;
  const moves = scheduleMoves(state, news, change);
  const again = failedIn(state, over);
  const lines = [
    ...stale,
    ...(release === "resume" ? [`hold ${state.holdId} is released`] : []),
    ...changeLines(change, over, news, suspension),
    ...suspensionLines(suspension),
    ...driftLines(seen.drift, news),
    ...line("joins", moves.joined),
    ...line("leaves, and is stopped", moves.left),
    ...line("ready by now, is armed", seen.ready),
    ...(asked.length === 0 && !over ? line("not armed before, is armed again", again) : []),
    ...(asked.length === 0 && over ? line("not armed in time, and no run is to come", again) : []),
    ...seen.failures,
  ];
  const drifted = hasDrifted(seen.drift) || isMarked(state, news);
  const changes =
    asked.length > 0 ||
    change.saves.length > 0 ||
    suspension !== undefined ||
    release !== undefined ||
    isUnfinished(state) ||
    drifted ||
    moves.joined.length + moves.left.length + seen.ready.length > 0;
  const continues = asked.length === 0 && (isUnfinished(state) || drifted);
  return {
    changes,
    replaces: [],
    lines: [...lines, ...(changes ? bootLines(state) : [])],
    ...(continues ? { action: "continue" as const } : {}),
  };
}

function whileHeld(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  change: ScheduleChange,
  release: "resume" | "abandon" | undefined,
  stale: readonly string[],
): DiffEnd {
  if (release === "abandon") {
    const { joined, left } = scheduleMoves(state, news, change);
    const lines = [
      `hold ${state.holdId} is abandoned: left as it is`,
      ...line("joins", joined),
      ...line("leaves, and is stopped", left),
    ];
    return { changes: true, replaces: [], lines, action: "continue" };
  }
  const lines = [`held (${state.holdId}): nothing is called until it is released`, ...stale];
  return { changes: true, replaces: [], lines, action: "held" };
}

/** What has nothing alive that could drift. */
function rests(state: CommandInvocationState): boolean {
  return state.status === "Abandoned" || state.status === "Finished";
}

function isUnfinished({ status, holdId }: CommandInvocationState): boolean {
  return status === "Failed" || status === "Interrupted" || holdId !== "";
}

/** A refresh has found it otherwise than it is to be. */
function isMarked(state: CommandInvocationState, news: CommandInvocationInputs): boolean {
  if (state.status === "Abandoned" || state.armed === undefined) return false;
  return state.armed !== news.armed;
}

function suspensionOf(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
): "suspends" | "resumes" | undefined {
  const before = state.schedule?.suspend === true;
  const after = news.schedule?.suspend === true;
  if (before === after) return undefined;
  return after ? "suspends" : "resumes";
}

/** Members that did not arm, or were stopped, by the ledger. */
function failedIn(state: CommandInvocationState, over: boolean): readonly string[] {
  const { schedule = {}, results, status } = state;
  if (status === "Abandoned" || schedule.suspend === true) return [];
  const aside = new Set(state.setAside ?? []);
  return Object.entries(results).flatMap(([id, row]) => {
    if (aside.has(id)) return [];
    const standing = standingOfArmed(row, schedule, over);
    return standing === "failed" || standing === "notStarted" ? [id] : [];
  });
}

type Seen = {
  readonly drift: Drift;
  readonly ready: readonly string[];
  readonly failures: readonly string[];
};

const nothingSeen: Seen = { drift: noDrift, ready: [], failures: [] };

async function look(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  world: World,
): Promise<Seen> {
  try {
    if (containsUnknown(news.connection)) throw new Error("the connection is not known yet");
    const api = world.apiForChecks(news.connection, state.region);
    const drift = await readDrift(api, state, world);
    if (hasDrifted(drift)) {
      const accountId = await accountOf(api, { patienceMs, signal: world.signal });
      if (accountId !== state.accountId) throw new Error(`it is in account ${state.accountId}`);
    }
    return { drift, ready: await readyAmong(api, state, news, world), failures: [] };
  } catch (reason) {
    const [why = ""] = CloudAssistantError.from(reason).message.split("\n", 1);
    return { ...nothingSeen, failures: [`whether it is still armed: not known (${why})`] };
  }
}

async function readDrift(
  api: CloudApi,
  state: CommandInvocationState,
  world: World,
): Promise<Drift> {
  const options = { patienceMs, signal: world.signal };
  const owned = { owner: state.owner, ownership: state.ownership ?? "tags" } as const;
  const living = await findLiving(api, owned, state.invocationIds, world.hash, options);
  const over = isOver(state.schedule ?? {}, world.clock.now());
  const listed = new Set(living.map((one) => one.invokeId));
  // What may end by itself is asked for by its id: that is no drift.
  const gone = canEnd(state.schedule ?? {}, over) ? missingOf(state, listed) : [];
  const ended: FoundSchedule[] = [];
  for (const invokeId of gone) {
    const found = await listInvocations(api, { invokeId }, options);
    ended.push(...found.map((one) => foundSchedule(one, world.hash)));
  }
  return driftOf(state, [...living, ...ended], wantedBefore(state), over);
}

function missingOf(state: CommandInvocationState, listed: ReadonlySet<string>): readonly string[] {
  const ids = Object.values<Row>(state.results).flatMap(({ status, invocationId }) =>
    isAlive(status) && invocationId !== undefined && !listed.has(invocationId)
      ? [invocationId]
      : [],
  );
  return [...new Set(ids)];
}

async function readyAmong(
  api: CloudApi,
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  world: World,
): Promise<readonly string[]> {
  const pending = pendingOf(news, state.results);
  const type = state.plan?.command.type;
  if (pending.length === 0 || type === undefined) return [];
  const standings = await lookAt(api, pending, type, { patienceMs, signal: world.signal });
  return pending.filter((id) => standings.get(id)?.kind === "ready");
}

function changeLines(
  { renews, modifies }: ScheduleChange,
  over: boolean,
  news: CommandInvocationInputs,
  suspension: ReturnType<typeof suspensionOf>,
): readonly string[] {
  if (renews.length + modifies.length === 0) return [];
  const names = [...new Set([...renews, ...modifies])].join(", ");
  if (news.schedule?.suspend === true) return [`kept for when it is armed again: ${names} changed`];
  if (suspension === "resumes") return [`${names} changed`];
  if (over) return ["is over: no run is to come, so that the change is only saved"];
  if (renews.length === 0)
    return [`changed in place, without a missed run: ${modifies.join(", ")}`];
  return [`stopped, awaited and armed anew, shard by shard: ${names} changed`];
}

function suspensionLines(suspension: ReturnType<typeof suspensionOf>): readonly string[] {
  if (suspension === undefined) return [];
  return suspension === "suspends"
    ? ["is suspended: stopped, and everything else is kept"]
    : ["is armed again"];
}

function driftLines(drift: Drift, news: CommandInvocationInputs): readonly string[] {
  const lines = describeDrift(drift);
  if (lines.length === 0 || news.schedule?.suspend === true) return lines;
  return [
    ...lines,
    "this `up` sets it right, unless somebody holds it (suspend is a stop that stays)",
  ];
}

/** What a boot plan has come to, as far as the state knows. */
function bootLines(state: CommandInvocationState): readonly string[] {
  if (state.schedule?.boot === undefined) return [];
  const rows = Object.values<Row>(state.results).filter((row) => row.status !== "Dropped");
  const fired = rows.filter((row) => row.startedAt !== undefined).length;
  return [
    `${fired} of ${rows.length} had fired at the last refresh; nothing here reboots a machine`,
  ];
}

function line(what: string, ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? [] : [`${what}: ${named(ids, 20)}`];
}

import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, Plan, TrackedMembers } from "../../inputs.js";
import { runMakingChanges } from "../../plan/change.js";
import { standingsFor, unreadyBudget, type Standing } from "../../plan/readiness.js";
import { memberLimit, membershipOf, type Membership } from "../../plan/targets.js";
import { joinedSince, tracks } from "../../plan/tracking.js";
import { containsUnknown } from "../../unknown.js";
import { accountOf } from "../account.js";
import { armsAll, asksForArming } from "../schedule/preview.js";
import type { World } from "../world.js";
import { adoptsGiven, findGiven, type Given } from "./adopt-given.js";
import { earlierRuns } from "./earlier-runs.js";
import { isSkipped, standingsAmong } from "./ready.js";
import { findTargetsFor, settleCommand, type SettledCommand } from "./settle.js";

/** Trouble that passes is not waited out for long: a preview says "not known" instead. */
export const patienceMs = 8_000;

/** Whether more is asked for than other members. */
export function isAskedFor(olds: CommandInvocationInputs, news: CommandInvocationInputs): boolean {
  return news.schedule === undefined
    ? runMakingChanges(olds, news).length > 0
    : asksForArming(olds, news);
}

/** Who was a member when the plan before was made. Who returns to a schedule is armed again. */
export function knownOf(
  { schedule }: CommandInvocationInputs,
  plan: Plan | undefined,
): TrackedMembers | undefined {
  if (plan?.tracked === undefined || schedule === undefined) return plan?.tracked;
  return { ...plan.tracked, left: [] };
}

/** The region of what exists beats every configuration; only the program itself moves it. */
export async function apiOf(
  olds: CommandInvocationInputs | undefined,
  news: CommandInvocationInputs,
  world: World,
): Promise<CloudApi> {
  if (containsUnknown(news.connection)) throw new Error("the connection is not known yet");
  const recorded = news.connection?.region === undefined ? olds?.plan?.region : undefined;
  return Promise.resolve(world.apiForChecks(news.connection, recorded));
}

/** Who the targets mean right now. */
export async function findMembers(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Membership> {
  const options = { patienceMs, signal: world.signal };
  return membershipOf(inputs.targets, await findTargetsFor(api, inputs, options));
}

/** Something that could not be read. */
export type NotKnown = {
  /** The input that it was read for. */
  readonly path: keyof CommandInvocationInputs;
  /** What is printed of it. */
  readonly line: string;
};

/** A read that fails is a line that says so, and nothing else. */
export function notKnown(): {
  readonly failures: readonly NotKnown[];
  readonly attempt: <T>(
    what: string,
    path: NotKnown["path"],
    read: () => Promise<T>,
  ) => Promise<T | undefined>;
} {
  const failures: NotKnown[] = [];
  return {
    failures,
    attempt: async (what, path, read) => {
      try {
        return await read();
      } catch (reason) {
        const error = CloudAssistantError.from(reason);
        const why = firstLine(error.message);
        // What the service has answered is known: create and update will refuse it.
        const line =
          error.code === "InvalidInputs" ? `warning: ${why}` : `${what}: not known (${why})`;
        failures.push({ path, line });
        return undefined;
      }
    },
  };
}

/** What a check has read of the world; undefined where it is not known. */
export type Reads = {
  readonly api: CloudApi | undefined;
  readonly command: SettledCommand | undefined;
  readonly membership: Membership | undefined;
  /** Whom this will run on: all members, or the added ones alone. */
  readonly toRun: readonly string[] | undefined;
  readonly standings: ReadonlyMap<string, Standing> | undefined;
  readonly accountId: string | undefined;
  /** Invocations that a create takes over; undefined where it runs. */
  readonly given: readonly Given[] | undefined;
  /** Says that this may be a rename. */
  readonly rename: string | undefined;
  readonly failures: readonly NotKnown[];
};

/** Reads what a plan is made of. */
export async function readWorld(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  world: World,
): Promise<Reads> {
  const { failures, attempt } = notKnown();
  const options = { patienceMs, signal: world.signal };
  const api = await attempt("the plan", "connection", () => apiOf(olds, inputs, world));
  if (api === undefined) return { ...nothingRead, failures };
  const commandKnown =
    !containsUnknown([inputs.script, inputs.commandId]) &&
    !containsUnknown(inputs.command === undefined ? [] : { ...inputs.command, commandId: "" });
  const command = commandKnown
    ? await attempt("the command", sourceIn(inputs), () =>
        settleCommand(api, inputs, world.hash, options),
      )
    : undefined;
  const membership = containsUnknown(inputs.targets)
    ? undefined
    : await attempt("the members", "targets", () => findMembers(api, inputs, world));
  const wanted = membership === undefined ? undefined : whoRuns(olds, inputs, membership);
  const accountId = await attempt("the account", "connection", () => accountOf(api, options));
  const standings =
    membership === undefined ||
    wanted === undefined ||
    wanted.length === 0 ||
    membership.members.length > memberLimit
      ? undefined
      : await attempt("readiness", "readiness", () =>
          standingsAmong(api, wanted, membership.instances, command?.type, options).then(
            (standings) => standingsFor(inputs.schedule, standings),
          ),
        );
  const given =
    !takesOver(olds, inputs) || containsUnknown(inputs.adoptInvocationIds)
      ? undefined
      : await attempt("what is taken over", "adoptInvocationIds", () =>
          findGiven(api, inputs, world, options),
        );
  const earlier =
    command === undefined ||
    accountId === undefined ||
    inputs.ownership === "none" ||
    inputs.schedule?.suspend === true ||
    containsUnknown(inputs)
      ? undefined
      : await attempt("earlier runs", "ownership", () =>
          earlierRuns(api, inputs, command, accountId, membership?.members, world, options),
        );
  const able =
    wanted === undefined || standings === undefined
      ? wanted
      : whoCanRun(inputs, wanted, standings, atStart(olds, inputs, membership));
  const toRun = able?.filter((id) => earlier?.reached.has(id) !== true);
  const rename = olds === undefined ? earlier?.rename : undefined;
  return { api, command, membership, toRun, standings, accountId, given, rename, failures };
}

function sourceIn(inputs: CommandInvocationInputs): "command" | "commandId" | "script" {
  if (inputs.command !== undefined) return "command";
  return inputs.script === undefined ? "commandId" : "script";
}

const nothingRead = {
  api: undefined,
  command: undefined,
  membership: undefined,
  toRun: undefined,
  standings: undefined,
  accountId: undefined,
  given: undefined,
  rename: undefined,
} as const;

/** Without those that are sure to be left out: skipped ones, and systems that do not fit. */
function whoCanRun(
  inputs: CommandInvocationInputs,
  wanted: readonly string[],
  standings: ReadonlyMap<string, Standing>,
  membersAtStart: number,
): readonly string[] {
  const unfit = wanted.filter((id) => standings.get(id)?.kind === "unfit");
  const within = unfit.length <= unreadyBudget(inputs.readiness, membersAtStart);
  return wanted.filter((id) => {
    const standing = standings.get(id);
    if (standing === undefined) return true;
    return !isSkipped(standing, inputs) && !(within && standing.kind === "unfit");
  });
}

/** Whether this is a create that takes over what exists, and runs nothing. */
export function takesOver(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
): boolean {
  return olds === undefined && adoptsGiven(inputs);
}

/** Whether a new run is on all members, so that percentages are of them. */
export function isNewRun(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
): olds is undefined {
  if (olds === undefined) return true;
  return inputs.schedule === undefined
    ? runMakingChanges(olds, inputs).length > 0
    : armsAll(olds, inputs);
}

/** What percentages are of: the members that the run begins, or began, with. */
export function atStart(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  membership: Membership | undefined,
): number {
  const now = membership?.members.length ?? 0;
  return isNewRun(olds, inputs) ? now : (olds.plan?.membersAtStart ?? now);
}

/** A new run is on all members; who is added, or joins under `track`, is run alone. */
function whoRuns(
  olds: CommandInvocationInputs | undefined,
  inputs: CommandInvocationInputs,
  membership: Membership,
): readonly string[] {
  if (takesOver(olds, inputs)) return [];
  if (inputs.schedule?.suspend === true) return [];
  const exist = membership.members.filter((id) => membership.instances.has(id));
  if (isNewRun(olds, inputs)) return exist;
  const before = new Set(olds.targets.instanceIds ?? []);
  const named = new Set(inputs.targets.instanceIds ?? []);
  const selected = [...membership.selected];
  const joined = new Set(tracks(inputs) ? joinedSince(knownOf(inputs, olds.plan), selected) : []);
  return exist.filter((id) => joined.has(id) || (named.has(id) && !before.has(id)));
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

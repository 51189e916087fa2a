import type { CommandInvocationInputs, CommandInvocationState, Row } from "../inputs.js";
import { budgetOf } from "./batches.js";
import { sameJson } from "./canonical-json.js";
import { effectiveUsername } from "./identity.js";
import { isFailed } from "./rows.js";
import { movesOf } from "./tracking.js";

/** What the ledger still wants, whatever the inputs say. */
export type Unfinished =
  /** More failed than may, everyone reached: the failed ones are run again. */
  | "retry"
  /** Cut short: what is still running is watched, what was not reached is run. */
  | "continue"
  /** Waits for an operator: nothing is called. */
  | "held"
  /** More failed than the new inputs let, and nothing is retried by itself: it will wait. */
  | "to-be-held"
  /** Nobody can say how some ended: nothing is called for them until an operator says so. */
  | "unknown"
  | "none";

export type Change = {
  /** Inputs whose change makes a new run on all members. */
  readonly runs: readonly string[];
  /** Inputs that are stored for the next run. */
  readonly saves: readonly string[];
  /** Declared later, or joined under `track`: run alone. */
  readonly added: readonly string[];
  /** Not declared any more, excluded by id, or left under `track`. */
  readonly removed: readonly string[];
  readonly replaces: readonly string[];
  readonly unfinished: Unfinished;
};

/** Inputs that are only saved: a change of them alone calls nothing. */
const savedInputs = [
  "timeout",
  "terminationMode",
  "ossOutputDelivery",
  "tags",
  "successExitCodes",
  "rollout",
  "readiness",
  "retry",
  "wait",
  "quota",
  "output",
  "adoptInvocationIds",
  "ownership",
  "deadline",
  "secretInputs",
] as const;

/** Parts of the targets that only say how members are looked for or bounded. */
type Compared = readonly [name: string, before: unknown, after: unknown];

/** The inputs as they were, and the content that they meant then. */
export type Before = CommandInvocationInputs & { readonly commandContentHash?: string };

/** Inputs whose change makes a new run on all members. */
export function runMakingChanges(before: Before, news: CommandInvocationInputs): readonly string[] {
  return differing(runMaking(before, news));
}

/**
 * What the new inputs ask for, seen from the saved state.
 *
 * @param selected under `track`: who matches the selectors now, without who is declared
 */
export function changeOf(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  selected?: readonly string[],
): Change {
  const members = membersOf(state, news, selected);
  return {
    runs: runMakingChanges(state, news),
    saves: differing([
      ...savedInputs.map((key): Compared => [key, state[key], news[key]]),
      ["connection", withoutRegion(state), withoutRegion(news)],
      ...selectorsOf(state, news),
    ]),
    ...members,
    replaces:
      news.connection?.region !== undefined && news.connection.region !== state.region
        ? ["connection"]
        : [],
    unfinished: unfinishedOf(state, news, new Set(members.removed)),
  };
}

/** Whether there is nothing to do at all. */
export function isNothing(change: Change): boolean {
  return (
    change.runs.length === 0 &&
    change.saves.length === 0 &&
    change.added.length === 0 &&
    change.removed.length === 0 &&
    change.replaces.length === 0 &&
    change.unfinished === "none"
  );
}

function differing(pairs: readonly Compared[]): readonly string[] {
  return pairs.filter(([, before, after]) => !sameJson(before, after)).map(([name]) => name);
}

/**
 * The command counts by content and type, never by its id: a saved command made again with the
 * same text runs nothing.
 */
function runMaking(state: Before, news: CommandInvocationInputs): readonly Compared[] {
  const before = { ...state.plan?.command, ...hashed(state.commandContentHash) };
  const after = news.plan?.command;
  const sourceBefore = sourceOf(state);
  const sourceAfter = sourceOf(news);
  const content: Compared =
    after === undefined || before.contentHash === undefined
      ? [sourceAfter.name, sourceBefore, sourceAfter]
      : [sourceAfter.name, [before.contentHash, before.type], [after.contentHash, after.type]];
  return [
    content,
    ["parameters", state.parameters ?? {}, news.parameters ?? {}],
    ["enableParameter", state.enableParameter, news.enableParameter],
    ["username", effectiveUsername(state.username), effectiveUsername(news.username)],
    ["windowsPasswordName", state.windowsPasswordName, news.windowsPasswordName],
    ["workingDir", state.workingDir, news.workingDir],
    ["launcher", state.launcher, news.launcher],
    ["container", state.container, news.container],
    ["triggers", state.triggers, news.triggers],
    ["schedule", state.schedule === undefined, news.schedule === undefined],
  ];
}

function hashed(contentHash: string | undefined): { readonly contentHash?: string } {
  return contentHash === undefined ? {} : { contentHash };
}

function sourceOf(inputs: CommandInvocationInputs): { name: string; value: unknown } {
  if (inputs.command !== undefined) {
    return { name: "command", value: [inputs.command.contentHash, inputs.command.type] };
  }
  if (inputs.script !== undefined) return { name: "script", value: inputs.script };
  return { name: "commandId", value: inputs.commandId };
}

function membersOf(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  selected: readonly string[] | undefined,
): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  const before = declaredIn(state);
  const after = declaredIn(news);
  const { results } = state;
  const moves = selected === undefined ? undefined : movesOf(results, after, selected);
  const staying = new Set(selected ?? []);
  // A selected member that is now named as well is no newcomer; one that was dropped is.
  const added = [...after].filter((id) => !before.has(id) && isNew(results[id]));
  const undeclared = [...before].filter((id) => !after.has(id) && !staying.has(id));
  const excluded = (news.targets.exclude?.instanceIds ?? []).filter(
    (id) => results[id] !== undefined && results[id].status !== "Dropped",
  );
  return {
    added: [...new Set([...added, ...(moves?.joined ?? [])])],
    removed: [...new Set([...undeclared, ...excluded, ...(moves?.left ?? [])])],
  };
}

function declaredIn({ targets }: CommandInvocationInputs): ReadonlySet<string> {
  const excluded = new Set(targets.exclude?.instanceIds ?? []);
  return new Set((targets.instanceIds ?? []).filter((id) => !excluded.has(id)));
}

function isNew(row: Row | undefined): boolean {
  return row === undefined || row.status === "Dropped";
}

function selectorsOf(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
): readonly Compared[] {
  const selectors = (inputs: CommandInvocationInputs): unknown => {
    const { instanceIds: _ids, ...rest } = inputs.targets;
    return rest;
  };
  return [["targets", selectors(state), selectors(news)]];
}

function withoutRegion(inputs: CommandInvocationInputs): unknown {
  if (inputs.connection === undefined) return undefined;
  const { region: _region, ...rest } = inputs.connection;
  return Object.keys(rest).length === 0 ? undefined : rest;
}

/** What the ledger wants, judged by the new inputs and without who is dropped. */
function unfinishedOf(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  removed: ReadonlySet<string>,
): Unfinished {
  switch (state.status) {
    case "Failed":
    case "PartialFailed": {
      const setAside = new Set(state.setAside ?? []);
      const left = Object.entries(state.results).filter(
        ([id]) => !removed.has(id) && !setAside.has(id),
      );
      const failed = left.filter(([, row]) => isFailed(row)).length;
      const allowed = budgetOf(news.rollout?.maxFailures, state.membersAtStart);
      if (failed > allowed) return news.retry?.onNextUp === false ? "to-be-held" : "retry";
      return left.some(([, row]) => row.status === "Unknown") ? "unknown" : "none";
    }
    case "Interrupted":
      return "continue";
    case "Held":
      return "held";
    case "Success":
    case "Abandoned":
    case "Scheduled":
    case "Suspended":
    case "Finished":
    case "Stopped":
      return "none";
  }
}

/** Whether an operator releases the hold of a state, and how. */
export function releaseOf(
  state: CommandInvocationState,
  operator: { readonly resume: string | undefined; readonly abandon: string | undefined },
): "resume" | "abandon" | undefined {
  if (state.holdId === "") return undefined;
  if (operator.abandon === state.holdId) return "abandon";
  return operator.resume === state.holdId ? "resume" : undefined;
}

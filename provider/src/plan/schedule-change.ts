import type { CommandInvocationInputs, CommandInvocationState, Schedule } from "../inputs.js";
import { sameJson } from "./canonical-json.js";
import { changeOf } from "./change.js";
import { effectiveUsername } from "./identity.js";

/** What new inputs ask of a living schedule. */
export type ScheduleChange = {
  /** Inputs that the API cannot change on a living invocation: old stopped, then new armed. */
  readonly renews: readonly string[];
  /** Inputs that it changes in place, without a missed run. */
  readonly modifies: readonly string[];
  /** Inputs that are only saved. */
  readonly saves: readonly string[];
  readonly replaces: readonly string[];
  /** Ids that are named now and were not, and the other way round. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
};

type Compared = readonly [name: string, before: unknown, after: unknown];

/** Saved for the next run by a run now; part of every arming of a schedule. */
const partOfArming = ["timeout", "terminationMode", "ossOutputDelivery", "tags"] as const;

/** What the new inputs ask for. A run now that becomes a schedule is renewed whole. */
export function scheduleChangeOf(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
): ScheduleChange {
  const { saves, replaces, added, removed } = changeOf(state, news);
  const armed: readonly string[] = partOfArming;
  const { renews, modifies } = armingChanges(state, news);
  const allow: Compared = ["schedule.allow", state.schedule?.allow, news.schedule?.allow];
  return {
    renews,
    modifies,
    saves: [...saves.filter((name) => !armed.includes(name)), ...differing([allow])],
    replaces,
    added,
    removed,
  };
}

/** The part of it that two sets of inputs tell, without a ledger. */
export function armingChanges(
  before: CommandInvocationInputs,
  after: CommandInvocationInputs,
): Pick<ScheduleChange, "renews" | "modifies"> {
  if (before.schedule === undefined) return { renews: ["schedule"], modifies: [] };
  const when: Compared = ["schedule", whenOf(before.schedule), whenOf(after.schedule)];
  const cron = before.schedule.cron !== undefined && after.schedule?.cron !== undefined;
  const bothScripts = before.script !== undefined && after.script !== undefined;
  const source: Compared = [sourceName(after), sourceOf(before), sourceOf(after)];
  const script: Compared = ["script", before.script?.content, after.script?.content];
  return {
    renews: differing([
      ...(cron ? [] : [when]),
      source,
      ["username", effectiveUsername(before.username), effectiveUsername(after.username)],
      ["windowsPasswordName", before.windowsPasswordName, after.windowsPasswordName],
      ["workingDir", before.workingDir, after.workingDir],
      ["launcher", before.launcher, after.launcher],
      ["container", before.container, after.container],
      ...partOfArming.map((key): Compared => [key, before[key], after[key]]),
    ]),
    modifies: differing([
      ...(cron ? [when] : []),
      ...(bothScripts ? [script] : []),
      ["parameters", before.parameters ?? {}, after.parameters ?? {}],
      ["enableParameter", before.enableParameter, after.enableParameter],
    ]),
  };
}

/** When it runs, without what only says whether it may. */
export function whenOf(schedule: Schedule | undefined): unknown {
  if (schedule === undefined) return undefined;
  const { suspend: _suspend, allow: _allow, ...when } = schedule;
  return when;
}

function differing(pairs: readonly Compared[]): readonly string[] {
  return pairs.filter(([, before, after]) => !sameJson(before, after)).map(([name]) => name);
}

/**
 * A saved command counts by its id here: content sent for one would make, and keep, a further
 * command, and a living invocation keeps the command it uses from being deleted.
 */
function sourceOf(inputs: CommandInvocationInputs): unknown {
  if (inputs.script !== undefined) return ["script", inputs.script.type ?? "RunShellScript"];
  return ["saved", inputs.command?.commandId ?? inputs.commandId];
}

function sourceName(inputs: CommandInvocationInputs): string {
  if (inputs.script !== undefined) return "script";
  return inputs.command === undefined ? "commandId" : "command";
}

import type { CommandInvocationInputs } from "../inputs.js";
import { toFrequency, toRepeatMode } from "../schedule/index.js";
import { sameJson } from "./canonical-json.js";
import type { PastInvocation } from "./history.js";

/** What an invocation of a schedule is to look like. */
export type Wanted = {
  /** The input hash: everything that a renewal would change is in it. */
  readonly hash: string;
  readonly repeatMode: string;
  readonly frequency: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly source:
    | { readonly kind: "script"; readonly contentHash: string }
    | { readonly kind: "saved"; readonly commandId: string };
};

/** An invocation of a schedule, as the service shows it. */
export type FoundSchedule = PastInvocation & {
  /** Members that it is still armed for, running ones included. */
  readonly alive: ReadonlySet<string>;
  readonly running: ReadonlySet<string>;
  readonly repeatMode: string;
  readonly frequency: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly contentHash: string;
  readonly commandId: string;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  /** When members that have not run yet were armed, in milliseconds since the epoch. */
  readonly armedMs: ReadonlyMap<string, number>;
  /** When members were told to stop, in milliseconds since the epoch. */
  readonly stoppedMs: ReadonlyMap<string, number>;
};

/** What somebody can change on a living invocation. */
export type Edit = "frequency" | "parameters" | "content" | "enableParameter" | "command";

export function wantedOf(
  inputs: CommandInvocationInputs,
  contentHash: string,
  hash: string,
): Wanted {
  const { schedule = {}, parameters = {} } = inputs;
  return {
    hash,
    repeatMode: toRepeatMode(schedule),
    frequency: toFrequency(schedule),
    parameters,
    source:
      inputs.script === undefined
        ? { kind: "saved", commandId: inputs.command?.commandId ?? inputs.commandId ?? "" }
        : { kind: "script", contentHash },
  };
}

/** What is other than it is to be, as far as the service shows it. */
export function editsOf(found: FoundSchedule, wanted: Wanted): readonly Edit[] {
  const edits: Edit[] = [];
  if (wanted.frequency !== undefined && found.frequency !== wanted.frequency) {
    edits.push("frequency");
  }
  if (!sameParameters(found, wanted)) edits.push("parameters");
  if (wanted.source.kind === "script") {
    if (found.contentHash !== wanted.source.contentHash) edits.push("content");
  } else if (isOwn(wanted.source.commandId) && found.commandId !== wanted.source.commandId) {
    edits.push("command");
  }
  return edits;
}

/** A public command is invoked by its name and known by another id; and it has defaults. */
function isOwn(commandId: string): boolean {
  return commandId.startsWith("c-");
}

function sameParameters(found: FoundSchedule, wanted: Wanted): boolean {
  const withDefaults = wanted.source.kind === "saved" && !isOwn(wanted.source.commandId);
  const names = Object.keys(wanted.parameters);
  const all = withDefaults ? names : [...names, ...Object.keys(found.parameters)];
  return all.every((name) => sameJson(found.parameters[name] ?? "", wanted.parameters[name] ?? ""));
}

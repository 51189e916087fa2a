/** What is run: `command`, `commandId` or `script`, and what is known of it. */
import { COMMAND_TYPES, DEFAULT_LIMITS } from "cloud-assistant-api";
import type { CommandType } from "../../inputs.js";
import type { KnownCommand } from "../context.js";
import { flag, isGiven, isKnown, isMap, knownMap, known, oneOf, text } from "../kinds.js";
import { limits } from "../limits.js";
import { enableParameterByDefault, parametersOf } from "../placeholders.js";
import { refuse, type Report } from "../report.js";
import { type Fields, shape } from "../shape.js";
import { isUnknown } from "../../unknown.js";
import { atMost, filled, oneLine, trimmed } from "../texts.js";
import { contentRule, judgeBraces, typeOf, warnOfLeftBraces, warnOfShellTraps } from "./content.js";

type Raw = Readonly<Record<string, unknown>>;

const commandIdAllowed = "the id of a saved command (c-…), or the name of a public command";
const reference = "a Command of this program";

export const sourceFields: Fields = {
  command: known((value, path, report) => {
    if (isMap(value) && isGiven(value.commandId) && isGiven(value.contentHash)) return;
    const id = typeof value === "string";
    refuse(report, path, value, {
      wrong: "is not a Command",
      allowed: reference,
      todo: id ? "write it as commandId" : "give the Command itself, or write commandId or script",
    });
  }),
  commandId: text(
    commandIdAllowed,
    filled(commandIdAllowed),
    oneLine,
    trimmed,
    atMost(limits.commandName),
  ),
  script: shape(
    { content: contentRule, type: oneOf(COMMAND_TYPES) },
    {
      allowed: '{ content, type? }, for example { content: "uptime" }',
      aliases: {
        commandContent: "script.content",
        text: "script.content",
        source: "script.content",
      },
    },
  ),
  enableParameter: flag,
};

/** What is known of the command that will run; absent parts are not judged. */
export type Facts = KnownCommand & { readonly from?: "command" | "commandId" | "script" };

/** Exactly one source, and the rules that need the whole of it. */
export function judgeSource(raw: Raw, facts: Facts, report: Report): void {
  judgeNumberOfSources(raw, report);
  judgeScript(raw, facts, report);
  if (isKnown(raw.enableParameter) && (isKnown(raw.command) || isKnown(raw.commandId))) {
    refuse(report, "enableParameter", raw.enableParameter, {
      wrong: "belongs to a script; a saved command has its own",
      allowed: "given with script only",
      todo: "take it out, and set enableParameter where the command is made",
    });
  }
}

function judgeNumberOfSources(raw: Raw, report: Report): void {
  const names = ["command", "commandId", "script"];
  const [first, ...more] = names.filter((name) => isKnown(raw[name]));
  const allowed = "exactly one of command, commandId and script";
  if (first === undefined && !names.some((name) => isUnknown(raw[name]))) {
    refuse(report, "script", undefined, {
      wrong: "nothing says what to run",
      given: "none of command, commandId and script",
      allowed,
      todo: 'write script: { content: "…" }, or give a Command as command',
    });
  }
  for (const name of more) {
    refuse(report, name, raw[name], {
      wrong: `is given beside ${String(first)}`,
      allowed,
      todo: "take one of them out",
    });
  }
}

function judgeScript(raw: Raw, facts: Facts, report: Report): void {
  const script = knownMap(raw.script);
  if (script === undefined) return;
  if (!isGiven(script.content)) {
    refuse(report, "script.content", undefined, {
      wrong: "is missing",
      allowed: "the text of a script",
      todo: "write what the machines are to run",
    });
    return;
  }
  warnOfShellTraps(script.content, script.type, "script.content", report);
  const on = facts.enableParameter;
  const found = judgeBraces(script.content, on === true, "script.content", report);
  if (on === false && !isGiven(raw.enableParameter) && found !== undefined) {
    warnOfLeftBraces(found, "script.content", report);
  }
}

/** What the inputs, and what was read of a saved command, say about the command. */
export function factsOf(raw: Raw, saved: KnownCommand | undefined): Facts {
  const script = knownMap(raw.script);
  if (script !== undefined) return { from: "script", ...scriptFacts(script, raw) };
  const command = knownMap(raw.command);
  if (command !== undefined) return { from: "command", ...commandFacts(command) };
  if (isKnown(raw.commandId)) return { from: "commandId", ...saved };
  return {};
}

function scriptFacts(script: Raw, raw: Raw): KnownCommand {
  const content = typeof script.content === "string" ? script.content : undefined;
  const type = typeOf(script.type);
  const found = content === undefined ? undefined : parametersOf(content);
  const on = typeof raw.enableParameter === "boolean" ? raw.enableParameter : defaultOf();
  const names = on === false ? [] : found?.custom;
  return {
    timeout: DEFAULT_LIMITS.timeoutDefaultSeconds.value,
    ...(content === undefined ? {} : { content }),
    ...(type === undefined ? {} : { type }),
    ...(on === undefined ? {} : { enableParameter: on }),
    ...(names === undefined ? {} : { parameterNames: names }),
  };

  function defaultOf(): boolean | undefined {
    if (isGiven(raw.enableParameter) || found === undefined) return undefined;
    const values = knownMap(raw.parameters);
    const given = values !== undefined && Object.keys(values).length > 0;
    const on = enableParameterByDefault(found, given);
    return !on && isUnknown(raw.parameters) ? undefined : on;
  }
}

function commandFacts(command: Raw): KnownCommand {
  const { enableParameter, parameterNames, timeout } = command;
  const type: CommandType | undefined = isGiven(command.type) ? typeOf(command.type) : undefined;
  const names: readonly unknown[] = Array.isArray(parameterNames) ? parameterNames : [];
  const known = Array.isArray(parameterNames) && names.every((name) => typeof name === "string");
  return {
    ...(type === undefined ? {} : { type }),
    ...(typeof enableParameter === "boolean" ? { enableParameter } : {}),
    ...(known ? { parameterNames: names } : {}),
    ...(typeof timeout === "number" ? { timeout } : {}),
  };
}

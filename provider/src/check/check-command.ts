import { COMMAND_TYPES } from "cloud-assistant-api";
import type { CommandInputs } from "../inputs.js";
import { unknown } from "../unknown.js";
import { commandAliases } from "./aliases.js";
import type { Checked } from "./check-command-invocation.js";
import { type CommandCheckContext, secretPathsOf } from "./context.js";
import { writtenInputs } from "./hidden.js";
import { flag, isGiven, oneOf, type Rule, text } from "./kinds.js";
import { limits } from "./limits.js";
import { normalised } from "./normalise.js";
import { enableParameterByDefault, parametersOf } from "./placeholders.js";
import { inOrder, newReport, refuse, type Report } from "./report.js";
import { contentRule, judgeBraces, warnOfLeftBraces, warnOfShellTraps } from "./rules/content.js";
import { commandFields } from "./rules/execution.js";
import { refusePrintedOutputs } from "./rules/printed-output.js";
import { tagsRule } from "./rules/tags.js";
import { type Fields, judgeFields } from "./shape.js";
import { atMost, filled, form, oneLine, sendable, trimmed } from "./texts.js";

type Raw = Readonly<Record<string, unknown>>;

/**
 * Judges the inputs of a `Command`, and adds `contentHash`, `parameterNames` and `enableParameter`,
 * each `unknown` where the content is. The defaults of `type` and `timeout` are written out: an
 * output that no input names is unknown in every preview of an update, and so would be the plan.
 */
export function checkCommand(raw: Raw, context: CommandCheckContext): Checked<CommandInputs> {
  const report = newReport(secretPathsOf(raw, context));
  judgeFields(raw, "", report, fields, commandAliases);
  for (const name of ["name", "content"]) judgeMissing(raw[name], name, report);
  const on = parametersOn(raw);
  warnOfShellTraps(raw.content, raw.type, "content", report);
  const found = judgeBraces(raw.content, on === true, "content", report);
  if (on === false && !isGiven(raw.enableParameter) && found !== undefined) {
    warnOfLeftBraces(found, "content", report);
  }
  for (const [name, value] of writtenInputs(raw)) refusePrintedOutputs(value, name, report);
  const { warnings } = report;
  const problems = inOrder(report.problems, raw);
  if (problems.length > 0) return { problems, warnings };
  const inputs = { ...normalised(raw), ...derived(raw, on, context) };
  return { problems, warnings, inputs: inputs as unknown as CommandInputs };
}

const anything: Rule = () => undefined;
const aName = "a name for the saved command";
const aGroup = "the id of a resource group, rg-…";
const aDescription = "a text";

const hidden: Fields = {
  resourceUrn: anything,
  organization: anything,
  secretInputs: anything,
  deadline: anything,
  contentHash: anything,
  parameterNames: anything,
  __provider: anything,
};

const fields: Fields = {
  name: text(aName, filled(aName), oneLine, trimmed, atMost(limits.commandName)),
  content: contentRule,
  type: oneOf(COMMAND_TYPES),
  description: text(aDescription, sendable, atMost(limits.description)),
  enableParameter: flag,
  ...commandFields,
  resourceGroupId: text(
    aGroup,
    filled(aGroup),
    trimmed,
    form(/^rg-[A-Za-z0-9]+$/, aGroup, "write the id that the console shows (not the group's name)"),
  ),
  tags: tagsRule(limits.tags),
  ...hidden,
};

function judgeMissing(value: unknown, name: string, report: Report): void {
  if (isGiven(value)) return;
  refuse(report, name, value, {
    wrong: "is missing",
    allowed: name === "name" ? aName : "the text of a script",
    todo: name === "name" ? "write one" : "write what the machines are to run",
  });
}

/** Whether parameters are on, where it can be known. */
function parametersOn(raw: Raw): boolean | undefined {
  if (typeof raw.enableParameter === "boolean") return raw.enableParameter;
  if (isGiven(raw.enableParameter) || typeof raw.content !== "string") return undefined;
  return enableParameterByDefault(parametersOf(raw.content), false);
}

function derived(raw: Raw, on: boolean | undefined, context: CommandCheckContext): Raw {
  const content = typeof raw.content === "string" ? raw.content : undefined;
  const names = content === undefined ? unknown : parametersOf(content).custom;
  return {
    type: raw.type ?? "RunShellScript",
    timeout: raw.timeout ?? limits.defaultTimeout,
    enableParameter: on ?? unknown,
    contentHash: content === undefined ? unknown : context.sha256(content),
    parameterNames: on === undefined ? unknown : on ? names : [],
  };
}

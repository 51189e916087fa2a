import type { CommandInvocationInputs, Problem } from "../inputs.js";
import { invocationAliases } from "./aliases.js";
import { type CheckContext, secretPathsOf } from "./context.js";
import { writtenInputs } from "./hidden.js";
import { isGiven, type Rule } from "./kinds.js";
import { ourLimits } from "./limits.js";
import { normalised, withoutDefaultUser } from "./normalise.js";
import { notYet, refuseNotYet } from "./not-yet.js";
import { inOrder, newReport } from "./report.js";
import { adoptionFields } from "./rules/adoption.js";
import { connectionRule } from "./rules/connection.js";
import { executionFields, judgeContainer } from "./rules/execution.js";
import { exitCodesRule, judgeExitCodes } from "./rules/exit-codes.js";
import { judgeRetry, lifeFields, warnOfOutput } from "./rules/life.js";
import { judgeParameters, judgeSizeWithContent, parametersRule } from "./rules/parameters.js";
import { refusePrintedOutputs } from "./rules/printed-output.js";
import { rolloutRule } from "./rules/rollout.js";
import { judgeBesideSchedule, judgeMoment, scheduleRule } from "./rules/schedule.js";
import { type Facts, factsOf, judgeSource, sourceFields } from "./rules/source.js";
import { tagsRule } from "./rules/tags.js";
import { judgeTargets, targetsRule } from "./rules/targets.js";
import { judgeUser, userFields } from "./rules/user.js";
import { type Fields, judgeFields } from "./shape.js";

export type Checked<Inputs> = {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** The inputs with nothing added but what is said of the check; absent when there is a problem. */
  readonly inputs?: Inputs;
};

/**
 * Judges the inputs of a `CommandInvocation`: every problem at once. What is not known yet (the
 * symbol `unknown`, at any depth) is not judged, and stands in the returned inputs as it came.
 */
export function checkCommandInvocation(
  raw: Readonly<Record<string, unknown>>,
  context: CheckContext,
): Checked<CommandInvocationInputs> {
  const report = newReport(secretPathsOf(raw, context));
  const facts = factsOf(raw, context.commandContent);
  judgeFields(raw, "", report, fields, invocationAliases);
  judgeSource(raw, facts, report);
  judgeParameters(raw.parameters, facts, report);
  judgeSizeWithContent(raw.parameters, facts, report);
  judgeTargets(raw.targets, report);
  judgeUser(raw, facts.type, report);
  judgeContainer(raw, facts.type, report);
  judgeExitCodes(raw.successExitCodes, facts.type, "successExitCodes", report);
  judgeRetry(raw.retry, facts.type, report);
  warnOfOutput(raw.output, report);
  if (context.scheduleStands !== true) {
    judgeMoment(raw.schedule, { nowMs: context.nowMs, timeout: timeoutOf(raw, facts) }, report);
  }
  judgeBesideSchedule(raw, report);
  for (const [name, value] of writtenInputs(raw)) refusePrintedOutputs(value, name, report);
  refuseNotYet(raw, context.notYet ?? notYet, report);
  const { warnings } = report;
  const problems = inOrder(report.problems, raw);
  if (problems.length > 0) return { problems, warnings };
  const inputs = withoutDefaultUser(normalised(raw), facts.type);
  return { problems, warnings, inputs: inputs as CommandInvocationInputs };
}

/** Seconds, where they are known. */
function timeoutOf(raw: Readonly<Record<string, unknown>>, facts: Facts): number | undefined {
  if (!isGiven(raw.timeout)) return facts.timeout;
  return typeof raw.timeout === "number" ? raw.timeout : undefined;
}

const anything: Rule = () => undefined;

const hiddenOnes = [
  "resourceUrn",
  "organization",
  "secretInputs",
  "deadline",
  "plan",
  "armed",
  "__provider",
];

const fields: Fields = {
  ...sourceFields,
  parameters: parametersRule,
  targets: targetsRule,
  schedule: scheduleRule,
  ...userFields,
  ...executionFields,
  triggers: anything,
  tags: tagsRule(ourLimits.invocationTags),
  successExitCodes: exitCodesRule("write the codes that mean success, or take it out for [0]"),
  rollout: rolloutRule,
  ...lifeFields,
  connection: connectionRule,
  ...adoptionFields,
  ...Object.fromEntries(hiddenOnes.map((name) => [name, anything])),
};

import type { ResourceValidationPolicy } from "@pulumi/policy";
import { allowSchema, isAllowed } from "../allow.js";
import { takeAll } from "../reading.js";
import { isSecretValue } from "../secrets/assignments.js";
import { findSecrets, type SecretFinding } from "../secrets/find-secrets.js";
import { type Parameter, type RunText, subjectOf } from "../subject.js";

/**
 * What stands in a script is readable in the service for all who may list commands or invocations,
 * also where Pulumi treats the script as secret. A parameter that is marked as secret is fine.
 */
export const noSecretInScript: ResourceValidationPolicy = {
  name: "no-secret-in-script",
  displayName: "No secret in scripts and parameters",
  description:
    "No password, key or token is written out in a script, in a saved command or in a parameter that is not marked as secret.",
  enforcementLevel: "mandatory",
  configSchema: { properties: { ...allowSchema } },
  validateResource: (args, reportViolation) => {
    const subject = subjectOf(args);
    if (subject === undefined || isAllowed(args)) return;
    const report = (sentence: string | undefined): void => {
      if (sentence !== undefined) reportViolation(sentence);
    };
    takeAll([
      ...subject.texts.map((text) => () => {
        report(judgeText(text));
      }),
      () => {
        const parameters = subject.kind === "invocation" ? subject.plainParameters() : [];
        takeAll(
          parameters.map((parameter) => () => {
            report(judgeParameter(parameter));
          }),
        );
      },
    ]);
  },
};

function judgeText({ place, read }: RunText): string | undefined {
  const found = findSecrets(read() ?? "");
  if (found.length === 0) return undefined;
  return (
    `${where(place, found)}: ${kinds(found)} ${found.length === 1 ? "is" : "are"} written out, or it ` +
    "looks like that. Write a parameter there ({{name}}) and give its value as a secret: " +
    'parameters: { name: config.requireSecret("name") }. Or let the machine look it up: ' +
    "{{oos-secret:name}}."
  );
}

function judgeParameter({ name, read }: Parameter): string | undefined {
  const value = read() ?? "";
  if (!isSecretValue(name, value) && findSecrets(value).length === 0) return undefined;
  return (
    `parameters.${name}: the value looks like a secret and is not marked as one. Take it from ` +
    `config.requireSecret(${JSON.stringify(name)}) or wrap it in pulumi.secret(…); or let the ` +
    "machine look it up: {{oos-secret:name}} in the script."
  );
}

function where(place: string, found: readonly SecretFinding[]): string {
  const shown = 5;
  const lines = found.slice(0, shown).map(({ line }) => String(line));
  const more = found.length > shown ? ` and ${String(found.length - shown)} more` : "";
  return `${place}, ${found.length === 1 ? "line" : "lines"} ${lines.join(", ")}${more}`;
}

function kinds(found: readonly SecretFinding[]): string {
  return [...new Set(found.map(({ what }) => what))].join(" and ");
}

/** The form of a schedule: exactly one kind, and nothing that is not known. */
import type { Schedule } from "../inputs.js";
import { isUnknown } from "../unknown.js";
import { anyOf, type Finding, type Findings, shown } from "./finding.js";

export type JudgedShape = {
  readonly findings: Findings;
  /** Whether there is exactly one kind, so that it can be judged further. */
  readonly whole: boolean;
};

const kinds = ["cron", "rate", "at", "boot"] as const;
const texts = ["cron", "timezone", "rate", "at"] as const;
const known: readonly string[] = [...kinds, "timezone", "suspend", "allow"];
const hazards: readonly string[] = ["dies-at-clock-change", "crashes-agent", "never-fires"];
const oneKind = "exactly one of { cron, timezone }, { rate }, { at } and { boot }";

export function judgeShape(schedule: Schedule): JudgedShape {
  const given: unknown = schedule;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const problem = refusal(
      "schedule",
      given,
      "is not a map",
      oneKind,
      'write { rate: "30m" } or another of these',
    );
    return { findings: { problems: [problem], warnings: [] }, whole: false };
  }
  const fields = new Map(Object.entries(given).filter(([, value]) => isGiven(value)));
  const problems = [
    ...judgeKinds(schedule, fields),
    ...judgeZoneField(fields),
    ...texts.flatMap((name) => judgeText(name, fields.get(name))),
    ...judgeBoot(fields.get("boot")),
    ...judgeSuspend(fields.get("suspend")),
    ...judgeAllow(fields.get("allow")),
    ...[...fields].flatMap(([name, value]) => judgeName(name, value)),
  ];
  const whole = kinds.filter((kind) => fields.has(kind)).length === 1;
  return { findings: { problems, warnings: [] }, whole };
}

function judgeKinds(schedule: Schedule, fields: ReadonlyMap<string, unknown>): readonly Finding[] {
  const found = kinds.filter((kind) => fields.has(kind));
  if (found.length === 1) return [];
  if (found.length > 1) {
    const problem = `has ${found.length} kinds at once: ${found.join(", ")}`;
    return [
      refusal(
        "schedule",
        schedule,
        problem,
        oneKind,
        "keep one, and make a resource for each other",
      ),
    ];
  }
  const action = fields.has("timezone")
    ? 'write the expression too: cron: "0 30 2 * * ?"'
    : "write one, or leave schedule out to run now";
  return [refusal("schedule", schedule, "does not say when", oneKind, action)];
}

function judgeZoneField(fields: ReadonlyMap<string, unknown>): readonly Finding[] {
  const path = "schedule.timezone";
  const zone = fields.get("timezone");
  if (fields.has("cron") && !fields.has("timezone")) {
    const problem = "is missing, and without it each machine would count by its own clock";
    const action =
      'write timezone: "UTC" or another, or "instance" if each machine\'s own clock is meant';
    return [refusal(path, zone, problem, 'a zone, or "instance"', action)];
  }
  if (!fields.has("timezone") || fields.has("cron")) return [];
  if (!fields.has("rate") && !fields.has("at") && !fields.has("boot")) return [];
  return [
    refusal(
      path,
      zone,
      "is given without cron",
      "beside cron only",
      "take it out: only cron counts by a clock",
    ),
  ];
}

function judgeText(name: string, value: unknown): readonly Finding[] {
  if (!isGiven(value) || isUnknown(value) || typeof value === "string") return [];
  return [refusal(`schedule.${name}`, value, "is not text", "text", `write it in quotes`)];
}

function judgeBoot(value: unknown): readonly Finding[] {
  if (!isGiven(value) || isUnknown(value) || value === "next" || value === "every") return [];
  const action = 'write "next" for the next start only, or "every" for each start';
  return [
    refusal(
      "schedule.boot",
      value,
      "is not a boot plan that is known",
      '"next" or "every"',
      action,
    ),
  ];
}

function judgeSuspend(value: unknown): readonly Finding[] {
  if (!isGiven(value) || isUnknown(value) || typeof value === "boolean") return [];
  const action = "write true or false without quotes";
  return [refusal("schedule.suspend", value, "is neither true nor false", "true or false", action)];
}

function judgeAllow(value: unknown): readonly Finding[] {
  if (!isGiven(value) || isUnknown(value)) return [];
  const words = hazards.map((hazard) => `"${hazard}"`);
  const allowed = `a list of ${anyOf(words)}`;
  if (!Array.isArray(value)) {
    return [
      refusal("schedule.allow", value, "is not a list", allowed, "write it in square brackets"),
    ];
  }
  return value.flatMap((item: unknown, i) => {
    if (isUnknown(item) || (typeof item === "string" && hazards.includes(item))) return [];
    const path = `schedule.allow[${i}]`;
    return [
      refusal(
        path,
        item,
        "is not a hazard that is known",
        anyOf(words),
        "write one of these, or take it out",
      ),
    ];
  });
}

function judgeName(name: string, value: unknown): readonly Finding[] {
  if (known.includes(name)) return [];
  const action = "take it out, or write one of these names";
  return [
    refusal(
      `schedule.${name}`,
      value,
      "is not an input that is known here",
      known.join(", "),
      action,
    ),
  ];
}

function refusal(
  path: string,
  value: unknown,
  problem: string,
  allowed: string,
  action: string,
): Finding {
  return {
    path,
    problem,
    given: isUnknown(value) ? "(not known yet)" : shown(value),
    allowed,
    action,
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

import type { Targets } from "../inputs.js";
import type { Instance } from "./instance.js";

/** More than this many selected members need an `expect.max`. */
export const fence = 100;
/** More members than this are refused. */
export const memberLimit = 20_000;

/** What was found of what was asked for. */
export type Found = {
  /** Instances named by id, as far as they exist. */
  readonly declared: ReadonlyMap<string, Instance>;
  /** Instances that match names, tags and group, in any order. */
  readonly selected: readonly Instance[];
};

export type Membership = {
  /** Declared ids as given, then selected ones by id; excluded ones taken out. */
  readonly members: readonly string[];
  readonly instances: ReadonlyMap<string, Instance>;
  /** Members that were selected, not named. */
  readonly selected: ReadonlySet<string>;
  /** Declared ids that do not exist. They are members, and failed ones. */
  readonly missing: readonly string[];
};

/** Whether the targets select anything beyond the ids that they name. */
export function selects(targets: Targets): boolean {
  return (
    targets.names !== undefined ||
    targets.tags !== undefined ||
    targets.resourceGroupId !== undefined
  );
}

/** Who is meant: declared joined by selected, without the excluded. */
export function membershipOf(targets: Targets, found: Found): Membership {
  const excluded = excludes(targets);
  const instances = new Map<string, Instance>();
  const members: string[] = [];
  const missing: string[] = [];
  for (const id of targets.instanceIds ?? []) {
    const instance = found.declared.get(id);
    if (excluded(id, instance)) continue;
    members.push(id);
    if (instance === undefined) missing.push(id);
    else instances.set(id, instance);
  }
  const selected = new Set<string>();
  const byId = [...found.selected].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  const declared = new Set(members);
  for (const instance of byId) {
    const id = instance.instanceId;
    if (declared.has(id) || selected.has(id) || excluded(id, instance)) continue;
    members.push(id);
    selected.add(id);
    instances.set(id, instance);
  }
  return { members, instances, selected, missing };
}

function excludes(targets: Targets): (id: string, instance: Instance | undefined) => boolean {
  const ids = new Set(targets.exclude?.instanceIds ?? []);
  const tags = Object.entries(targets.exclude?.tags ?? {});
  return (id, instance) =>
    ids.has(id) ||
    (tags.length > 0 &&
      instance !== undefined &&
      tags.every(([key, value]) => instance.tags[key] === value));
}

/** Whether an instance matches every selector that is given. */
export function matches(targets: Targets, instance: Instance): boolean {
  const tags = Object.entries(targets.tags ?? {});
  return (
    tags.every(([key, value]) => instance.tags[key] === value) &&
    (targets.resourceGroupId === undefined ||
      instance.resourceGroupId === targets.resourceGroupId) &&
    (targets.names === undefined || targets.names.some((name) => nameMatches(name, instance.name)))
  );
}

/** Exact, or a prefix such as `web-*`. */
export function nameMatches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

export type Bounds = {
  readonly maxTargets: number | undefined;
  readonly denyTags: Readonly<Record<string, string>>;
};

/** One reason why a membership may not be run on, in one sentence with all four parts. */
export type TargetRefusal = {
  readonly kind: "expectation" | "fence" | "operator" | "limit";
  readonly text: string;
};

/** What the program expects and the operator allows, against what was found. */
export function judgeMembership(
  targets: Targets,
  membership: Membership,
  bounds: Bounds,
): readonly TargetRefusal[] {
  const count = membership.members.length;
  const selectedCount = membership.selected.size;
  const refusals: TargetRefusal[] = [];
  const { min = 1, max } = targets.expect ?? {};
  if (count < min) {
    refusals.push({
      kind: "expectation",
      text:
        `targets.expect.min: too few machines matched. Given: ${count} found. Allowed: at least ` +
        `${min}. Look at the selectors, or write expect: { min: ${count} } if this is meant.`,
    });
  }
  if (max !== undefined && count > max) {
    refusals.push({
      kind: "expectation",
      text:
        `targets.expect.max: too many machines matched. Given: ${count} found. Allowed: at most ` +
        `${max}. Narrow the selectors, or raise expect.max.`,
    });
  }
  if (max === undefined && selectedCount > fence) {
    refusals.push({
      kind: "fence",
      text:
        `targets.expect.max: many machines are selected and no bound is set. Given: ` +
        `${selectedCount} selected. Allowed: up to ${fence} without a bound. Write expect: { max: ` +
        `${count} } to say that so many are meant.`,
    });
  }
  if (bounds.maxTargets !== undefined && count > bounds.maxTargets) {
    refusals.push({
      kind: "operator",
      text:
        `targets: more machines than the operator allows. Given: ${count}. Allowed: at most ` +
        `${bounds.maxTargets} (cloud-assistant:maxTargets). Narrow the targets, or ask for a ` +
        `higher bound.`,
    });
  }
  const denied = deniedAmong(membership.members, membership.instances, bounds.denyTags);
  if (denied.length > 0) {
    refusals.push({ kind: "operator", text: refusalOfDenied(denied, bounds.denyTags) });
  }
  if (count > memberLimit) {
    refusals.push({
      kind: "limit",
      text:
        `targets: too many machines for one resource. Given: ${count}. Allowed: at most ` +
        `${memberLimit}. Split them over several resources.`,
    });
  }
  return refusals;
}

/** Machines that carry one of the tags that the operator forbids to touch. */
export function deniedAmong(
  ids: readonly string[],
  instances: ReadonlyMap<string, Instance>,
  denyTags: Bounds["denyTags"],
): readonly string[] {
  const tags = Object.entries(denyTags);
  if (tags.length === 0) return [];
  return ids.filter((id) => {
    const instance = instances.get(id);
    return instance !== undefined && tags.some(([key, value]) => instance.tags[key] === value);
  });
}

export function refusalOfDenied(denied: readonly string[], denyTags: Bounds["denyTags"]): string {
  const tags = Object.entries(denyTags).map(([key, value]) => `${key}=${value}`);
  return (
    `targets: machines that the operator forbids to touch are among the members. Given: ` +
    `${named(denied)}. Allowed: machines without any of the tags ${tags.join(", ")} ` +
    `(cloud-assistant:denyTags). Exclude them with targets.exclude.`
  );
}

/** The first few of a list of ids, and how many more there are. */
export function named(ids: readonly string[], most = 5): string {
  const shown = ids.slice(0, most).join(", ");
  return ids.length > most ? `${shown} and ${ids.length - most} more` : shown;
}

import { EmulatorError } from "../errors.js";
import { checkFaultRule } from "./check-rule.js";
import type { FaultEffect, FaultMatch, FaultRule, FaultState } from "./fault-rule.js";
import type { Random } from "./seeded-random.js";

/** What a rule is matched against. */
export type FaultSubject = {
  readonly action: string;
  readonly accountId: string;
  readonly regionId: string;
  readonly params: Readonly<Record<string, string>>;
};

export type FaultHit = { readonly id: string; readonly effect: FaultEffect };

type Entry = { readonly rule: FaultRule & { readonly id: string }; matched: number; hits: number };

/** The rules that are set. Each request is held against them in the order in which they were added. */
export class FaultBook {
  private entries: Entry[] = [];
  private added = 0;

  private random: Random;

  /** `initial` are the rules of the start, whether or not they are cleared later. */
  constructor(
    private readonly newRandom: () => Random,
    private readonly initial: readonly FaultRule[] = [],
  ) {
    this.random = newRandom();
    this.reset();
  }

  /** As at the start: its rules, none of which has struck, and the same chances. */
  reset(): void {
    this.clear();
    this.added = 0;
    this.random = this.newRandom();
    for (const rule of this.initial) this.add(rule);
  }

  /** @throws EmulatorError InvalidOption, with every problem of the rule. */
  add(rule: FaultRule): string {
    const problems = checkFaultRule(rule);
    if (problems.length > 0) {
      throw new EmulatorError("InvalidOption", `This is not a fault rule: ${problems.join("; ")}.`);
    }
    const id = rule.id ?? this.freeId();
    if (this.isTaken(id)) {
      throw new EmulatorError("InvalidOption", `There is already a fault rule with the id ${id}.`);
    }
    this.entries.push({ rule: { ...rule, id }, matched: 0, hits: 0 });
    return id;
  }

  remove(id: string): boolean {
    const before = this.entries.length;
    this.entries = this.entries.filter((entry) => entry.rule.id !== id);
    return this.entries.length < before;
  }

  list(): FaultState[] {
    return this.entries.map(({ rule, matched, hits }) => ({ ...rule, matched, hits }));
  }

  clear(): void {
    this.entries = [];
  }

  /** The rules that strike now, of those kinds that `wanted` takes. Counts as it goes. */
  strike(subject: FaultSubject, wanted: (effect: FaultEffect) => boolean): readonly FaultHit[] {
    if (this.entries.length === 0) return NONE;
    const hits: FaultHit[] = [];
    for (const entry of this.entries) {
      const { rule } = entry;
      if (!wanted(rule.effect) || !matches(rule.match ?? {}, subject)) continue;
      entry.matched += 1;
      if (!this.due(entry)) continue;
      entry.hits += 1;
      hits.push({ id: rule.id, effect: rule.effect });
    }
    return hits;
  }

  private freeId(): string {
    do this.added += 1;
    while (this.isTaken(`fault-${this.added}`));
    return `fault-${this.added}`;
  }

  private isTaken(id: string): boolean {
    return this.entries.some((entry) => entry.rule.id === id);
  }

  private due({ rule, matched, hits }: Entry): boolean {
    const { nth, after, probability } = rule.match ?? {};
    const times = rule.times ?? (nth === undefined ? Infinity : 1);
    if (hits >= times) return false;
    if (nth !== undefined && matched < nth) return false;
    if (after !== undefined && matched <= after) return false;
    return probability === undefined || this.random() < probability;
  }
}

const NONE: readonly FaultHit[] = [];

function matches(match: FaultMatch, subject: FaultSubject): boolean {
  const { action, instanceId, accountId, regionId, params } = match;
  if (action !== undefined) {
    if (typeof action === "string" ? action !== subject.action : !action.includes(subject.action)) {
      return false;
    }
  }
  if (accountId !== undefined && accountId !== subject.accountId) return false;
  if (regionId !== undefined && regionId !== subject.regionId) return false;
  if (params !== undefined) {
    for (const key in params) if (subject.params[key] !== params[key]) return false;
  }
  return instanceId === undefined || namesInstance(subject.params, instanceId);
}

function namesInstance(params: Readonly<Record<string, string>>, instanceId: string): boolean {
  for (const key in params) {
    if (key === "InstanceIds") {
      if (params[key]?.includes(JSON.stringify(instanceId)) === true) return true;
    } else if (key === "InstanceId" || key.startsWith("InstanceId.")) {
      if (params[key] === instanceId) return true;
    }
  }
  return false;
}

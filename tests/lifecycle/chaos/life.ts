/** One random life of one `CommandInvocation`, from a seed: what is asked for, and what goes wrong. */
import type { Emulator, FaultRule, InstanceSeed, SimRule } from "cloud-assistant-emulator";
import { killKinds, type KillPoint } from "../../support/kill-points.js";
import { Dice } from "../../support/dice.js";

export type Step = {
  /** Which of the scripts the program holds now. */
  readonly script: number;
  readonly kill: KillPoint | undefined;
  /** Somebody refreshes before this step, as Pulumi asks for after an interrupted operation. */
  readonly refresh: boolean;
  readonly faults: readonly FaultRule[];
  /** What happens to the fleet before this step. */
  readonly fleet: readonly FleetChange[];
};

export type FleetChange = { readonly kind: "join" | "leave"; readonly id: string };

export type Life = {
  readonly seed: number;
  readonly fleet: readonly InstanceSeed[];
  readonly selected: boolean;
  readonly maxPerCall: number;
  readonly rollout: Record<string, unknown> | undefined;
  readonly attempts: number;
  readonly steps: readonly Step[];
};

const idOf = (n: number): string => `i-${String(n).padStart(3, "0")}`;

export function lifeOf(seed: number): Life {
  const dice = new Dice(seed);
  const size = 2 + dice.below(11);
  const selected = dice.chance(0.5);
  const life = {
    seed,
    fleet: Array.from({ length: size }, (_, n) => machineOf(dice, n)),
    selected,
    maxPerCall: 1 + dice.below(4),
    rollout: dice.chance(0.5) ? rolloutOf(dice) : undefined,
    attempts: dice.chance(0.3) ? 2 : 1,
  };
  const steps: Step[] = [];
  const count = 2 + dice.below(4);
  let script = 0;
  for (let n = 0; n < count; n += 1) {
    if (n > 0 && dice.chance(0.25)) script = dice.below(2);
    steps.push({
      script,
      kill: dice.chance(0.7) ? killOf(dice) : undefined,
      refresh: dice.chance(0.3),
      faults: dice.chance(0.5) ? [faultOf(dice)] : [],
      fleet: n > 0 && selected && dice.chance(0.6) ? [fleetChangeOf(dice, size)] : [],
    });
  }
  return { ...life, steps };
}

function rolloutOf(dice: Dice): Record<string, unknown> {
  return {
    maxFailures: dice.below(3),
    ...(dice.chance(0.5) ? { batchSize: 1 + dice.below(6) } : {}),
    ...(dice.chance(0.3) ? { canary: { size: 1, maxFailures: dice.below(2) } } : {}),
  };
}

function killOf(dice: Dice): KillPoint {
  const at = dice.pick(killKinds);
  return at === "before-answer" ? { at } : { at, nth: 1 + dice.below(6) };
}

function machineOf(dice: Dice, n: number): InstanceSeed {
  const rules: SimRule[] = [];
  // Some fail the first time, some always.
  if (dice.chance(0.25)) {
    rules.push({ attempt: 1, outcome: { kind: "finish", exitCode: 3, output: "not yet\n" } });
  } else if (dice.chance(0.05)) {
    rules.push({ outcome: { kind: "finish", exitCode: 4, output: "never\n" } });
  }
  return {
    // Even numbers: a newcomer with an odd one comes between them and moves every later call.
    instanceId: idOf(2 * (n + 1)),
    tags: { role: "chaos" },
    behaviour: { rules, afterMs: 200 + dice.below(4_000) },
  };
}

function fleetChangeOf(dice: Dice, size: number): FleetChange {
  return dice.chance(0.5)
    ? { kind: "join", id: idOf(1 + 2 * dice.below(size)) }
    : { kind: "leave", id: idOf(2 * (1 + dice.below(size))) };
}

const faulty = [
  "DescribeInvocations",
  "DescribeInvocationResults",
  "DescribeInstances",
  "RunCommand",
  "TagResources",
];

function faultOf(dice: Dice): FaultRule {
  const match = { action: dice.pick(faulty), nth: 1 + dice.below(4) };
  const times = 1 + dice.below(2);
  switch (dice.below(8)) {
    case 0:
      return { match, times, effect: { kind: "dropAfterCommit" } };
    case 1:
      return { match, times, effect: { kind: "dropBeforeCommit" } };
    case 2:
      return { match, times, effect: { kind: "http5xx", moment: "after-commit" } };
    case 3:
      return {
        match,
        times,
        effect: { kind: "error", status: 400, code: "Throttling.User", message: "too fast" },
      };
    case 4:
      return { match, times, effect: { kind: "truncateBody" } };
    case 5:
      return { match, times, effect: { kind: "nonJson" } };
    case 6:
      return {
        match: { action: "RunCommand", nth: 1 },
        effect: { kind: "omitField", field: "InvokeId" },
      };
    default:
      return {
        match: { action: "DescribeInvocations" },
        times: 3,
        effect: { kind: "emptyPageWithToken" },
      };
  }
}

export function applyFleet(emulator: Emulator, changes: readonly FleetChange[]): void {
  for (const { kind, id } of changes) {
    const there = emulator.instances.get(id);
    if (kind === "join" && there === undefined) {
      emulator.instances.add({ instanceId: id, tags: { role: "chaos" } });
    } else if (kind === "leave" && there !== undefined) {
      emulator.instances.update(id, { tags: {} });
    }
  }
}

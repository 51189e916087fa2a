/**
 * What a preview says is what the `up` behind it does: action, members, batches and calls of the
 * plan, and what diff announces of retries, resumes and holds. `PREVIEW_SEED=7` replays a case.
 */
import type { Emulator, InstanceSeed } from "cloud-assistant-emulator";
import type { Plan } from "../../provider/src/inputs.js";
import { Dice } from "../support/dice.js";
import { Mortal } from "./chaos/mortal.js";
import {
  check,
  launches,
  newProcess,
  startVirtual,
  stateOf,
  up,
  virtualClock,
  type Kept,
} from "../support/lifecycle.js";

const only = process.env.PREVIEW_SEED;
// 60 here, 200 with CLOUD_ASSISTANT_EXTRA=1.
const full = process.env.CLOUD_ASSISTANT_EXTRA === "1";
const seeds =
  only === undefined ? Array.from({ length: full ? 200 : 60 }, (_, n) => n + 1) : [Number(only)];

test.each(seeds)("case %d: the preview equals the request log", async (seed) => {
  const dice = new Dice(seed + 10_000);
  const fleet = fleetOf(dice);
  const emulator = await startVirtual({ instances: fleet, seed: `preview-${seed}` });
  try {
    const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: String(1 + dice.below(4)) };
    let inputs = inputsOf(dice, fleet);
    let kept: Kept | undefined;
    const rounds = 1 + dice.below(3);
    for (let n = 0; n < rounds; n += 1) {
      const released = release(dice, kept);
      await compare(emulator, kept, inputs, { ...env, ...released });
      kept = await oneUp(dice, emulator, kept, inputs, { ...env, ...released });
      inputs = changed(dice, inputs, fleet);
    }
    await compare(emulator, kept, inputs, { ...env, ...release(dice, kept) });
  } finally {
    await emulator.close();
  }
});

type Inputs = Record<string, unknown>;

const idOf = (n: number): string => `i-${String(n).padStart(3, "0")}`;

function fleetOf(dice: Dice): InstanceSeed[] {
  return Array.from({ length: 2 + dice.below(8) }, (_, n) => ({
    instanceId: idOf(n + 1),
    tags: { role: "preview" },
    behaviour: {
      rules: dice.chance(0.2)
        ? [{ attempt: 1, outcome: { kind: "finish" as const, exitCode: 3 } }]
        : [],
      afterMs: 500 + dice.below(3_000),
    },
  }));
}

function inputsOf(dice: Dice, fleet: readonly InstanceSeed[]): Inputs {
  return {
    script: { content: `echo ${dice.below(2)}\n` },
    targets: dice.chance(0.5)
      ? { tags: { role: "preview" } }
      : { instanceIds: fleet.map((one) => one.instanceId).filter(() => dice.chance(0.8)) },
    ...(dice.chance(0.6)
      ? {
          rollout: {
            maxFailures: dice.below(3),
            ...(dice.chance(0.5) ? { batchSize: 1 + dice.below(5) } : {}),
            ...(dice.chance(0.3) ? { canary: { size: 1 } } : {}),
          },
        }
      : {}),
  };
}

function changed(dice: Dice, inputs: Inputs, fleet: readonly InstanceSeed[]): Inputs {
  switch (dice.below(4)) {
    case 0:
      return { ...inputs, script: { content: `echo ${dice.below(3)}\n` } };
    case 1:
      return "tags" in (inputs.targets as object)
        ? inputs
        : {
            ...inputs,
            targets: {
              instanceIds: fleet.map((one) => one.instanceId).filter(() => dice.chance(0.7)),
            },
          };
    case 2:
      return { ...inputs, timeout: 60 + dice.below(3) };
    default:
      return inputs;
  }
}

function release(dice: Dice, kept: Kept | undefined): Record<string, string> {
  if (kept === undefined) return {};
  const { status, holdId } = stateOf(kept);
  if (status !== "Held" || dice.chance(0.4)) return {};
  return dice.chance(0.8)
    ? { CLOUD_ASSISTANT_RESUME: holdId }
    : { CLOUD_ASSISTANT_ABANDON: holdId };
}

/** An up, that may be killed on its way by SIGTERM so that something is left to resume. */
async function oneUp(
  dice: Dice,
  emulator: Emulator,
  kept: Kept | undefined,
  inputs: Inputs,
  env: Record<string, string>,
): Promise<Kept | undefined> {
  const mortal = new Mortal(undefined);
  const process = newProcess(emulator, {
    env,
    clock: mortal.clock(virtualClock(emulator)),
  });
  if (dice.chance(0.3)) {
    const after = emulator.requests.list({ action: "RunCommand" }).length + 1 + dice.below(2);
    emulator.requests.wait({ action: "RunCommand" }, after).then(
      () => {
        process.signals.windDown("SIGINT was received");
      },
      // The emulator was closed before there were so many calls.
      () => undefined,
    );
  }
  try {
    return (await up(emulator, kept, inputs, { process })).kept;
  } catch {
    // Inputs that were refused, such as no ids at all: nothing was saved.
    return kept;
  }
}

type Said = {
  readonly plan: Plan | undefined;
  readonly changes: boolean;
  readonly lines: readonly string[];
};

async function preview(
  emulator: Emulator,
  kept: Kept | undefined,
  inputs: Inputs,
  env: Record<string, string>,
): Promise<Said | undefined> {
  const process = newProcess(emulator, { env });
  let checked: Inputs;
  try {
    checked = await check(process, kept?.inputs ?? {}, inputs);
  } catch {
    return undefined;
  }
  const plan = checked.plan as Plan | undefined;
  if (kept === undefined) return { plan, changes: true, lines: process.lines };
  const diff = await process.runtime.invocation.diff(kept.id, kept.outputs, checked);
  return { plan, changes: diff.changes, lines: process.lines };
}

/** A preview twice says the same, changes nothing, and is what a dry copy of the up then does. */
async function compare(
  emulator: Emulator,
  kept: Kept | undefined,
  inputs: Inputs,
  env: Record<string, string>,
): Promise<void> {
  const said = await preview(emulator, kept, inputs, env);
  if (said === undefined) return;
  const snapshot = emulator.snapshot();
  emulator.requests.clear();
  const end = await up(emulator, kept, inputs, { env });
  const made = launches(emulator);
  if (only !== undefined) {
    process.stderr.write(
      `${JSON.stringify({ inputs, env, plan: said.plan, made })}\n  ${[...said.lines, "->", end.operation, end.failure?.message, ...end.lines].join("\n  ")}\n`,
    );
  }
  const held = end.kept !== undefined && stateOf(end.kept).status === "Held";
  const planned = plannedCalls(said.plan);
  const announced = announcedIds(said.lines);
  if (said.plan?.action === "run" && planned.length > 0) {
    // A budget may stop it: then what ran is the beginning of the plan.
    const alone = made.filter((call) => call.some((id) => planned.flat().includes(id)));
    if (announced.length === 0) {
      expect(alone).toEqual(held ? planned.slice(0, alone.length) : planned);
    } else if (!held) {
      // Who joins shares its calls with what is tried again, which only the ledger knows.
      expect(alone.flat()).toEqual(expect.arrayContaining(planned.flat()));
    }
    expect(said.plan.counts.members).toBe(planned.flat().length);
    expect(said.plan.counts.calls).toBe(planned.length);
    expect(said.changes).toBe(true);
  }
  const others = made.flat().filter((id) => !planned.flat().includes(id));
  // What was not reached may stand in the plan and be announced by diff as well.
  const beyond = announced.filter((id) => !planned.flat().includes(id));
  const expected = held ? beyond.filter((id) => others.includes(id)) : beyond;
  expect([...others].sort()).toEqual([...expected].sort());
  if (!said.changes) expect(made).toEqual([]);
  if (said.lines.some((line) => line.includes("nothing is called until it is released"))) {
    expect(made).toEqual([]);
  }
  emulator.faults.clear();
  await emulator.load(snapshot);
  emulator.requests.clear();
}

function plannedCalls(plan: Plan | undefined): string[][] {
  if (plan?.action !== "run") return [];
  return plan.calls.map((call) => call.replace(/^\d+c?: /, "").split(" "));
}

/** Ids that diff said will run again, go on, or join. */
function announcedIds(lines: readonly string[]): string[] {
  return lines
    .filter((line) => / runs again: | goes on: | runs alone: /.test(line))
    .flatMap((line) => line.slice(line.lastIndexOf(": ") + 2).split(", "));
}

/**
 * Real processes are killed at points that the emulator sees: 3 lives here, 20 with
 * CLOUD_ASSISTANT_EXTRA=1. `CHAOS_SEED=7 npx jest tests/engine/chaos` replays one.
 *
 * The first kill of the lives goes through every victim at every point in turn; the rest is drawn.
 * Inputs never go back after a kill: that window is named in docs/discoveries/crash-windows.md.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import {
  startEmulator,
  type Emulator,
  type FaultRule,
  type InstanceSeed,
} from "cloud-assistant-emulator";
import { Dice } from "../support/dice.js";
import { judgeLife, type Saved } from "../support/invariants.js";
import {
  engineTimeoutMs,
  mustPass,
  newProject,
  newStack,
  type CliEnd,
  type Stack,
} from "../support/stack.js";

jest.setTimeout(engineTimeoutMs);

const count = process.env.CLOUD_ASSISTANT_EXTRA === "1" ? 20 : 3;
const only = process.env.CHAOS_SEED;
const seeds = only === undefined ? Array.from({ length: count }, (_, n) => n + 1) : [Number(only)];

const victims = ["cli", "plugin", "both"] as const;
/** What the emulator sees at the point of the kill. */
const points = [
  { action: "RunCommand", when: "arrived" },
  { action: "RunCommand", when: "answered" },
  { action: "DescribeInvocations", when: "answered" },
  { action: "DescribeInvocationResults", when: "answered" },
  { action: "TagResources", when: "arrived" },
  { action: "TagResources", when: "answered" },
] as const;

type Kill = {
  readonly victim: (typeof victims)[number];
  readonly point: (typeof points)[number];
  readonly nth: number;
};

test.each(seeds)("life %d: killed processes double nothing and forget nothing", async (seed) => {
  const dice = new Dice(seed + 500);
  const size = 4 + dice.below(5);
  const emulator = await startEmulator({
    backend: "sim",
    instances: Array.from({ length: size }, (_, n) => machineOf(dice, n)),
    seed: `engine-${seed}`,
  });
  try {
    const rollout = dice.chance(0.5) ? `rollout: { maxFailures: ${dice.below(3)} },` : "";
    const stack = await newStack(newProject(program(0, rollout)), emulator, {
      CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: String(1 + dice.below(3)),
    });
    const first: Kill = {
      victim: victims[seed % victims.length]!,
      point: points[Math.floor(seed / victims.length) % points.length]!,
      nth: 1,
    };
    let script = 0;
    for (const kill of [first, ...(dice.chance(0.5) ? [killOf(dice)] : [])]) {
      // Only an update that makes a new run marks the one before.
      if (kill.point.action === "TagResources") {
        await untilGreen(stack);
        stack.write("index.ts", program((script += 1), rollout));
      }
      const fault = dice.chance(0.5) ? emulator.faults.add(faultOf(dice)) : undefined;
      const { reached, output } = await killedUp(kill, emulator, stack);
      if (kill === first && !reached) throw new Error(`ended before the kill: ${output}`);
      if (fault !== undefined) emulator.faults.clear();
      await mustPass(stack.cli("cancel", "--yes"));
      if (dice.chance(0.4)) moveFleet(dice, emulator, size);
    }
    const saved = await untilGreen(stack);
    judgeLife(emulator, saved);
    const within = saved?.status === "PartialFailed" ? ["Failed"] : [];
    const left = Object.values(saved?.results ?? {})
      .map((row) => row.status)
      .filter((status) => !["Success", "Dropped", ...within].includes(status));
    expect(left).toEqual([]);
  } finally {
    await emulator.close();
  }
});

function idOf(n: number): string {
  return `i-${String(n).padStart(2, "0")}`;
}

function machineOf(dice: Dice, n: number): InstanceSeed {
  return {
    instanceId: idOf(n),
    tags: { role: "chaos" },
    behaviour: {
      rules: dice.chance(0.2)
        ? [{ attempt: 1, outcome: { kind: "finish" as const, exitCode: 3, output: "not yet\n" } }]
        : [],
      afterMs: 100 + dice.below(900),
    },
  };
}

function program(script: number, rollout: string): string {
  return `
import { CommandInvocation } from "pulumi-cloud-assistant";
new CommandInvocation("run", {
  script: { content: "echo ${script}\\n" },
  targets: { tags: { role: "chaos" } },
  ${rollout}
});
`;
}

function killOf(dice: Dice): Kill {
  return { victim: dice.pick(victims), point: dice.pick(points), nth: 1 + dice.below(3) };
}

/** The next call of a kind goes wrong once: before or behind its effect. */
function faultOf(dice: Dice): FaultRule {
  const effects: readonly FaultRule["effect"][] = [
    { kind: "dropBeforeCommit" },
    { kind: "dropAfterCommit" },
    { kind: "http5xx", moment: "after-commit" },
    { kind: "truncateBody" },
    { kind: "error", status: 400, code: "Throttling.User", message: "too fast" },
  ];
  const action = dice.pick(["RunCommand", "DescribeInvocations", "TagResources"]);
  return { match: { action, nth: 1 + dice.below(2) }, times: 1, effect: dice.pick(effects) };
}

/** Between the kill and the next `up` one machine comes, or one leaves. */
function moveFleet(dice: Dice, emulator: Emulator, size: number): void {
  const id = idOf(dice.below(size + 2));
  if (emulator.instances.get(id) === undefined) {
    emulator.instances.add({ instanceId: id, tags: { role: "chaos" } });
  } else {
    emulator.instances.update(id, { tags: {} });
  }
}

/** One up whose CLI, plugin or both get SIGKILL at a point, unless it ends before that. */
async function killedUp(
  { victim, point, nth }: Kill,
  emulator: Emulator,
  stack: Stack,
): Promise<{ readonly reached: boolean; readonly output: string }> {
  emulator.requests.clear();
  const run = stack.begin({}, "up", "--yes", "--skip-preview", "--suppress-progress");
  const reached = pointReached(emulator, point, nth);
  const first = await Promise.race([reached.then(() => "reached"), run.end.then(() => "ended")]);
  const plugins = pluginsIn(stack.folder);
  if (first === "reached") {
    if (victim !== "plugin") kill(run.pid);
    if (victim !== "cli") for (const pid of plugins) kill(pid);
  }
  const { output } = await run.end;
  // An orphan lives on until it sees that its engine is gone. Its last call may still be on its way:
  // the named window call-in-flight, so it is waited for.
  await gone(plugins);
  return { reached: first === "reached", output };
}

async function pointReached(
  emulator: Emulator,
  point: (typeof points)[number],
  nth: number,
): Promise<void> {
  const filter = { action: point.action };
  await emulator.requests.wait(filter, nth).catch(() => new Promise(() => undefined));
  if (point.when === "arrived") return;
  while ((emulator.requests.list(filter)[nth - 1]?.status ?? 0) === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Dynamic providers that this test's own CLI started: their working directory is the project. */
function pluginsIn(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return command.includes("dynamic-provider") && readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    });
}

async function gone(pids: readonly number[]): Promise<void> {
  const until = Date.now() + 60_000;
  for (const pid of pids) {
    while (alive(pid)) {
      if (Date.now() > until) throw new Error(`plugin ${pid} lives on without its engine`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** A zombie has ended: whoever is process 1 here may never take it in. */
function alive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !["Z", "X"].includes(stat.charAt(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

type SavedRun = Saved & { readonly status: string; readonly holdId: string };

/** Ups until one is green, releasing holds on the way. */
async function untilGreen(stack: Stack): Promise<SavedRun | undefined> {
  let last: CliEnd | undefined;
  for (let n = 0; n < 5; n += 1) {
    const saved = await savedRun(stack);
    const release = saved?.status === "Held" ? { CLOUD_ASSISTANT_RESUME: saved.holdId } : {};
    last = await stack.begin(release, "up", "--yes", "--skip-preview", "--suppress-progress").end;
    if (last.code === 0) return savedRun(stack);
  }
  throw new Error(`never green: ${last?.output ?? ""}`);
}

async function savedRun(stack: Stack): Promise<SavedRun | undefined> {
  const { resources = [] } = await stack.export();
  const found = resources.find((resource) => resource.urn.endsWith("::run"));
  return found?.outputs as SavedRun | undefined;
}

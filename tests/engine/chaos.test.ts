/**
 * Real processes are killed at points that the emulator sees: 3 lives here, 20 with
 * CLOUD_ASSISTANT_EXTRA=1. `CHAOS_SEED=7 npx jest tests/engine/chaos` replays one.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { startEmulator, type Emulator, type InstanceSeed } from "cloud-assistant-emulator";
import { Dice } from "../support/dice.js";
import { judgeLife, type Saved } from "../support/invariants.js";
import {
  engineTimeoutMs,
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
  { action: "TagResources", when: "answered" },
] as const;

test.each(seeds)("life %d: killed processes double nothing and forget nothing", async (seed) => {
  const dice = new Dice(seed + 500);
  const fleet: InstanceSeed[] = Array.from({ length: 4 + dice.below(5) }, (_, n) => ({
    instanceId: `i-${String(n).padStart(2, "0")}`,
    tags: { role: "chaos" },
    behaviour: {
      rules: dice.chance(0.2)
        ? [{ attempt: 1, outcome: { kind: "finish" as const, exitCode: 3, output: "not yet\n" } }]
        : [],
      afterMs: 100 + dice.below(900),
    },
  }));
  const emulator = await startEmulator({
    backend: "sim",
    instances: fleet,
    seed: `engine-${seed}`,
  });
  try {
    const stack = await newStack(newProject(program(dice, 0)), emulator, {
      CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: String(1 + dice.below(3)),
    });
    for (let kills = 1 + dice.below(2); kills > 0; kills -= 1) {
      await killedUp(dice, emulator, stack);
      await stack.cli("cancel", "--yes");
    }
    const saved = await untilGreen(stack);
    judgeLife(emulator, saved);
    const shown = saved === undefined ? [] : Object.values(saved.results).map((row) => row.status);
    expect(new Set(shown)).toEqual(new Set(["Success"]));
  } finally {
    await emulator.close();
  }
});

function program(dice: Dice, script: number): string {
  const rollout = dice.chance(0.5) ? `rollout: { maxFailures: ${dice.below(3)} },` : "";
  return `
import { CommandInvocation } from "pulumi-cloud-assistant";
new CommandInvocation("run", {
  script: { content: "echo ${script}\\n" },
  targets: { tags: { role: "chaos" } },
  ${rollout}
});
`;
}

/** One up whose CLI, plugin or both get SIGKILL at a point. */
async function killedUp(dice: Dice, emulator: Emulator, stack: Stack): Promise<void> {
  const victim = dice.pick(victims);
  const point = dice.pick(points);
  const nth = 1 + dice.below(3);
  emulator.requests.clear();
  const run = stack.begin({}, "up", "--yes", "--skip-preview", "--suppress-progress");
  const reached = pointReached(emulator, point, nth);
  const first = await Promise.race([reached.then(() => "reached"), run.end.then(() => "ended")]);
  const plugins = pluginsIn(stack.folder);
  if (first === "reached") {
    if (victim !== "plugin") kill(run.pid);
    if (victim !== "cli") for (const pid of plugins) kill(pid);
  }
  await run.end;
  // An orphan lives on until it sees that its engine is gone. Its last call may still be on its way:
  // the named window call-in-flight, so it is waited for.
  await gone(plugins);
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

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ups until one is green and has nothing to do, releasing holds on the way. */
async function untilGreen(stack: Stack): Promise<Saved | undefined> {
  let last: CliEnd | undefined;
  for (let n = 0; n < 5; n += 1) {
    const saved = await savedRun(stack);
    const release = saved?.status === "Held" ? { CLOUD_ASSISTANT_RESUME: saved.holdId } : {};
    last = await stack.begin(release, "up", "--yes", "--skip-preview", "--suppress-progress").end;
    if (last.code === 0) return savedRun(stack);
  }
  throw new Error(`never green: ${last?.output ?? ""}`);
}

async function savedRun(
  stack: Stack,
): Promise<(Saved & { readonly status: string; readonly holdId: string }) | undefined> {
  const { resources = [] } = await stack.export();
  const found = resources.find((resource) => resource.urn.endsWith("::run"));
  return found?.outputs as (Saved & { status: string; holdId: string }) | undefined;
}

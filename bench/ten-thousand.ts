/**
 * Ten thousand machines chosen by tag: through the provider, through a bare loop of the same
 * concurrency, and through the emulator alone; each where memory matters under a small heap.
 */
import type { RequestLogEntry } from "cloud-assistant-emulator";
import type { BareAnswer, BareOrder } from "./support/bare-loop.js";
import type { ReadBackAnswer, ReadBackOrder } from "./support/read-back.js";
import { runChild } from "./support/child.js";
import {
  environmentOf,
  fleet,
  fleetTag,
  startEmulatorProcess,
  type EmulatorProcess,
} from "./support/emulator-process.js";
import { requestsOf, statusReads, type StatusReads } from "./support/floors.js";
import type { ProviderAnswer, ProviderOrder } from "./support/provider-child.js";
import { main, say, type Measurement } from "./support/report.js";
import { fastest, inTurns, rounded } from "./support/statistics.js";

const size = Number(process.env.BENCH_TARGETS ?? 10_000);
const batchSize = Number(process.env.BENCH_BATCH ?? 1_000);
const turns = Number(process.env.BENCH_TURNS ?? 3);
const perCall = 50;
/** Of the old space, as `--max-old-space-size` takes it. */
const heapMegabytes = 160;
/** What node adds to it for new objects, at most: three semi-spaces of 16 MB. */
const youngMegabytes = 48;
const script = "echo done";
const timeoutSeconds = 60;
/** Every run takes two seconds and prints a line. */
const sim = { afterMs: 2_000, outcome: { kind: "finish", exitCode: 0, output: "done\n" } } as const;

type ProviderRun = ProviderAnswer & { readonly calls: number; readonly looks: StatusReads };

main(async () => {
  say(`${size} machines, through the provider and a bare loop, ${turns} turns`);
  const { provider, bare } = await inTurns<"provider" | "bare", ProviderRun | BareAnswer>(turns, {
    provider: () => withEmulator(runProvider),
    bare: () => withEmulator(runBare),
  });
  const runs = provider as readonly ProviderRun[];
  const bareRuns = bare as readonly BareAnswer[];
  say(`${size} machines, the emulator alone under ${heapMegabytes} MB`);
  const alone = await withEmulator(readBack, heapMegabytes);
  return {
    bench: "ten-thousand",
    measurements: [...providerMeasurements(runs, bareRuns), ...emulatorMeasurements(alone)],
    detail: { size, batchSize, turns, provider: runs, bare: bareRuns, emulatorAlone: alone },
  };
});

/** A new emulator for each run: the records of one must not slow the next. */
async function withEmulator<T>(
  work: (emulator: EmulatorProcess) => Promise<T>,
  heap?: number,
): Promise<T> {
  const emulator = await startEmulatorProcess({
    seed: { instances: fleet(size), sim },
    // A journal only where the memory is measured: both clients would wait for the same disk.
    ...(heap === undefined ? {} : { heapMegabytes: heap, journal: true }),
  });
  try {
    return await work(emulator);
  } finally {
    await emulator.end();
  }
}

async function runProvider(emulator: EmulatorProcess): Promise<ProviderRun> {
  const order: ProviderOrder = {
    inputs: {
      script: { content: script },
      timeout: timeoutSeconds,
      targets: { tags: fleetTag, expect: { max: size } },
      rollout: { batchSize },
    },
    wholeLife: true,
  };
  const env = environmentOf(emulator);
  const answer = await runChild<ProviderAnswer>("support/provider-child", order, {
    env,
    heapMegabytes,
  });
  const requests: readonly RequestLogEntry[] = await requestsOf(emulator);
  const calls = requests.filter(({ action }) => action === "RunCommand").length;
  return { ...answer, calls, looks: statusReads(requests) };
}

function runBare(emulator: EmulatorProcess): Promise<BareAnswer> {
  const [key, value] = Object.entries(fleetTag)[0]!;
  const order: BareOrder = { tag: { key, value }, script, batchSize, timeoutSeconds };
  return runChild("support/bare-loop", order, { env: environmentOf(emulator) });
}

function readBack(emulator: EmulatorProcess): Promise<ReadBackAnswer> {
  const order: ReadBackOrder = { instances: size, script };
  return runChild("support/read-back", order, { env: environmentOf(emulator) });
}

function providerMeasurements(
  runs: readonly ProviderRun[],
  bare: readonly BareAnswer[],
): readonly Measurement[] {
  const worst = (of: (run: ProviderRun) => number): number => Math.max(...runs.map(of));
  const least = (of: (run: ProviderRun) => number): number => Math.min(...runs.map(of));
  const wall = fastest(runs.map(({ checkMs, createMs }) => checkMs + createMs));
  const bareWall = fastest(bare.map(({ wallMs }) => wallMs));
  const floor = Math.ceil(size / perCall);
  const exact = (name: string, value: number, unit: string, atMost: number): Measurement => ({
    name,
    value: rounded(value),
    unit,
    bound: { kind: "exact", atMost },
  });
  const equal = (name: string, value: number, unit: string, equals: number): Measurement => ({
    name,
    value,
    unit,
    bound: { kind: "exact", equals },
  });
  return [
    equal(
      "machines that succeeded",
      least((run) => run.succeeded),
      "machines",
      size,
    ),
    equal("machines that succeeded in the bare loop", bare[0]!.succeeded, "machines", size),
    equal(
      "launching calls",
      worst((run) => run.calls),
      "calls",
      floor,
    ),
    exact(
      "status reads a look",
      worst((run) => run.looks.ratio),
      "times the floor",
      1.5,
    ),
    {
      // At 0.25, 0.6, 1.05 and 2.05 s, and one for a hold before the next batch.
      name: "looks a batch, of runs of two seconds",
      value: rounded(worst((run) => run.looks.looks) / Math.ceil(size / batchSize), 1),
      unit: "looks",
    },
    exact(
      "heap that the provider's process was given",
      worst((run) => run.memory.heapLimitMegabytes),
      "MB",
      heapMegabytes + youngMegabytes,
    ),
    exact(
      "state without output",
      worst((run) => run.bytesAMember),
      "bytes a member",
      350,
    ),
    equal(
      "changes after the run",
      worst((run) => run.changedLater.length),
      "operations",
      0,
    ),
    {
      name: "wall time of check and create, fastest",
      value: rounded(wall / bareWall),
      unit: "times the bare loop's fastest",
      bound: { kind: "ratio", atMost: 1.15 },
    },
  ];
}

function emulatorMeasurements(alone: ReadBackAnswer): readonly Measurement[] {
  return [
    {
      name: `results read back from an emulator under ${heapMegabytes} MB`,
      value: alone.succeeded,
      unit: "machines",
      bound: { kind: "exact", equals: size },
    },
  ];
}

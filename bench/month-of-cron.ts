/**
 * March 2026 under virtual time: a command every five minutes on a hundred simulated machines, over
 * a bare heap of timers that fires as often.
 */
import { startEmulator, type Emulator } from "cloud-assistant-emulator";
import { environmentOf, instanceId } from "./support/emulator-process.js";
import { main, say, type Measurement } from "./support/report.js";
import { sdkClient } from "./support/sdk-client.js";
import { inTurns, median, rounded } from "./support/statistics.js";
import { TimerHeap } from "./support/timer-heap.js";

const turns = 3;
const machines = 100;
const start = Date.parse("2026-03-01T00:00:00Z");
const end = Date.parse("2026-04-01T00:00:00Z") - 1;
const periodMs = 5 * 60_000;
const runMs = 1_000;
/** Half of them in each: the schedule of those in New York dies on the 8th, at the skipped hour. */
const zones = ["America/New_York", "Europe/Berlin"] as const;
const newYorkDies = Date.parse("2026-03-08T07:00:00Z");

type Month = { readonly milliseconds: number; readonly runs: number };

main(async () => {
  say(`a month of cron, ${turns} turns`);
  const { emulator, bare } = await inTurns(turns, {
    emulator: emulatorMonth,
    bare: () => Promise.resolve(bareMonth()),
  });
  const time = (months: readonly Month[]): number => median(months.map((m) => m.milliseconds));
  const expected = bare[0]!.runs;
  const measurements: readonly Measurement[] = [
    {
      name: "time of the month",
      value: rounded(time(emulator) / time(bare), 1),
      unit: "times the bare heap's",
    },
    {
      name: "time of a run",
      value: rounded((time(emulator) * 1_000) / expected, 1),
      unit: "microseconds (of this machine, for orientation)",
    },
    {
      name: "runs beside those of the bare heap",
      value: Math.max(...emulator.map(({ runs }) => Math.abs(runs - expected))),
      unit: "runs",
      bound: { kind: "exact", equals: 0 },
    },
  ];
  return { bench: "month-of-cron", measurements, detail: { turns, emulator, bare } };
});

async function emulatorMonth(): Promise<Month> {
  const emulator = await startEmulator({
    backend: "sim",
    clock: { mode: "virtual", now: new Date(start).toISOString() },
    instances: Array.from({ length: machines }, (_, index) => ({
      instanceId: instanceId(index),
      timeZone: zones[index % zones.length]!,
    })),
    sim: { afterMs: runMs },
  });
  try {
    await arm(emulator);
    const started = performance.now();
    await emulator.clock.advanceTo(end);
    const milliseconds = performance.now() - started;
    const rows = emulator.invocations().flatMap(({ instances }) => instances);
    return { milliseconds, runs: rows.reduce((sum, { repeats }) => sum + repeats, 0) };
  } finally {
    await emulator.close();
  }
}

async function arm(emulator: Emulator): Promise<void> {
  const client = sdkClient(environmentOf(emulator));
  for (let first = 0; first < machines; first += 50) {
    await client.call("RunCommand", {
      type: "RunShellScript",
      commandContent: Buffer.from("true").toString("base64"),
      contentEncoding: "Base64",
      repeatMode: "Period",
      frequency: "0 */5 * * * ?",
      instanceId: Array.from({ length: 50 }, (_, index) => instanceId(first + index)),
    });
  }
}

/** Two timers a run, as the emulator has them: one that starts it, and one that ends it. */
function bareMonth(): Month {
  const heap = new TimerHeap();
  heap.now = start;
  let runs = 0;
  for (let index = 0; index < machines; index += 1) {
    const dies = index % zones.length === 0 ? newYorkDies : Infinity;
    const begin = (): void => {
      heap.set(heap.now + runMs, () => {
        runs += 1;
      });
      const next = heap.now + periodMs;
      if (next < dies) heap.set(next, begin);
    };
    heap.set(start + periodMs, begin);
  }
  const started = performance.now();
  heap.advanceTo(end);
  return { milliseconds: performance.now() - started, runs };
}

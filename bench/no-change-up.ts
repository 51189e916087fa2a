/**
 * An `up` and a preview that have nothing to do, under the real CLI: `CommandInvocation`s with ids
 * and a script over dynamic resources that do nothing at all.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  environmentOf,
  fleet,
  startEmulatorProcess,
  type EmulatorProcess,
} from "./support/emulator-process.js";
import { repository } from "./support/places.js";
import { invocationProgram, noOpProgram } from "./support/programs.js";
import { newBenchStack, type BenchStack } from "./support/pulumi-stack.js";
import { main, say, type Measurement, type Report } from "./support/report.js";
import { inTurns, median, rounded, timed } from "./support/statistics.js";

const turns = 7;
const up = ["up", "--yes", "--skip-preview", "--suppress-progress"];
const preview = ["preview", "--suppress-progress"];

main(async () => {
  const emulator = await startEmulatorProcess({ seed: { instances: fleet(3) } });
  try {
    const one = await measure(emulator, 1);
    const hundred = await measure(emulator, 100);
    return report(one, hundred);
  } finally {
    await emulator.end();
  }
});

type Measured = {
  readonly up: Times;
  readonly preview: Times;
  readonly requests: number;
  readonly loaded: { readonly atCreate: Loaded; readonly withoutChange: Loaded };
};
type Times = { readonly ours: readonly number[]; readonly noOp: readonly number[] };
/** In the plugin process: whether the provider's code was loaded, and how many of the SDK's packages. */
type Loaded = { readonly provider: boolean; readonly sdkPackages: number };

async function measure(emulator: EmulatorProcess, count: number): Promise<Measured> {
  const env = environmentOf(emulator);
  const ours = await newBenchStack(invocationProgram(count), env);
  const noOp = await newBenchStack(noOpProgram(count), env);
  try {
    say(`${count}: the first up of each`);
    const atCreate = await watched(ours, up);
    await noOp.run(up);
    await emulator.controls.requests.clear();
    const withoutChange = await watched(ours, up);
    say(`${count}: up without a change, ${turns} turns`);
    const ups = await inTurns(turns, {
      ours: () => timed(() => ours.run(up)),
      noOp: () => timed(() => noOp.run(up)),
    });
    say(`${count}: preview without a change, ${turns} turns`);
    const previews = await inTurns(turns, {
      ours: () => timed(() => ours.run(preview)),
      noOp: () => timed(() => noOp.run(preview)),
    });
    const requests = (await emulator.controls.requests.list()).length;
    return { up: ups, preview: previews, requests, loaded: { atCreate, withoutChange } };
  } finally {
    ours.remove();
    noOp.remove();
  }
}

/** Runs the CLI with every node process writing down which packages it loads. */
async function watched(stack: BenchStack, args: readonly string[]): Promise<Loaded> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-modules-"));
  const file = path.join(folder, "modules.jsonl");
  const hook = path.join(repository, "bench", "support", "module-watch.cjs");
  try {
    await stack.run(args, { NODE_OPTIONS: `--require ${hook}`, BENCH_MODULES: file });
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    const loads = lines.map((line) => JSON.parse(line) as { pid: number; loaded: string });
    // Only the plugin process revives the captured text, which loads the runtime by its name.
    const plugins = new Set(
      loads.filter(({ loaded }) => loaded === "provider:runtime").map(({ pid }) => pid),
    );
    const sdk = loads.filter(
      ({ pid, loaded }) => plugins.has(pid) && /^@(alicloud|darabonba)\//.test(loaded),
    );
    return { provider: plugins.size > 0, sdkPackages: sdk.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(one: Measured, hundred: Measured): Report {
  const ratio = ({ ours, noOp }: Times): number => rounded(median(ours) / median(noOp));
  const { atCreate, withoutChange } = hundred.loaded;
  const count = (name: string, value: number, bound: Measurement["bound"]): Measurement => ({
    name,
    value,
    unit: "count",
    ...(bound === undefined ? {} : { bound }),
  });
  const over = (name: string, times: Times, atMost?: number): Measurement => ({
    name,
    value: ratio(times),
    unit: "times the no-op's median",
    ...(atMost === undefined ? {} : { bound: { kind: "ratio", atMost } }),
  });
  return {
    bench: "no-change-up",
    measurements: [
      over("up of 100", hundred.up, 1.15),
      over("up of 1", one.up),
      over("preview of 100", hundred.preview),
      over("preview of 1", one.preview),
      count("requests of every up and preview without a change", one.requests + hundred.requests, {
        kind: "exact",
        equals: 0,
      }),
      // The two controls: the watch sees the plugin process, and would have seen the SDK.
      count("plugin processes seen without a change", Number(withoutChange.provider), {
        kind: "exact",
        equals: 1,
      }),
      count("whether the first up loaded the SDK", Number(atCreate.sdkPackages > 0), {
        kind: "exact",
        equals: 1,
      }),
      count("packages of the SDK loaded without a change", withoutChange.sdkPackages, {
        kind: "exact",
        equals: 0,
      }),
    ],
    detail: { milliseconds: { one: shown(one), hundred: shown(hundred) }, turns },
  };
}

function shown({ up: ups, preview: previews }: Measured): unknown {
  const whole = (values: readonly number[]): readonly number[] => values.map(Math.round);
  const times = ({ ours, noOp }: Times): unknown => ({ ours: whole(ours), noOp: whole(noOp) });
  return { up: times(ups), preview: times(previews) };
}

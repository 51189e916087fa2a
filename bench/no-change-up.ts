/**
 * An `up` and a preview that have nothing to do, under the real CLI: `CommandInvocation`s with ids
 * and a script over dynamic resources that do nothing at all.
 */
import {
  environmentOf,
  fleet,
  startEmulatorProcess,
  type EmulatorProcess,
} from "./support/emulator-process.js";
import { watchModules, type Loaded } from "./support/loaded-modules.js";
import { invocationOutputs, invocationProgram, noOpProgram } from "./support/programs.js";
import { newBenchStack } from "./support/pulumi-stack.js";
import { main, say, type Bound, type Measurement, type Report } from "./support/report.js";
import { fastest, inTurns, median, rounded, timed, type Time } from "./support/statistics.js";

/** Odd, so that a median is one of the runs. */
const turns = { up: 5, other: 3 };
const up = ["up", "--yes", "--skip-preview", "--suppress-progress"];
const preview = ["preview", "--suppress-progress"];

main(async () => {
  const emulator = await startEmulatorProcess({ seed: { instances: fleet(3) } });
  try {
    const hundred = await measure(emulator, 100, turns.up);
    const one = await measure(emulator, 1, turns.other);
    return report(one, hundred);
  } finally {
    await emulator.end();
  }
});

type Measured = {
  /** The one right behind the run: the plan in the inputs changes from "run" to "nothing". */
  readonly upBehindTheRun: Pair;
  readonly up: Pair;
  readonly preview: Pair;
  readonly requests: number;
  /** The code of the provider in the state of one resource, in bytes. */
  readonly capturedBytes: number;
  readonly loaded: { readonly atCreate: Loaded; readonly withoutChange: Loaded };
};
type Pair = {
  readonly ours: readonly Time[];
  readonly noOp: readonly Time[];
  /** A no-op that declares as many outputs. */
  readonly shaped: readonly Time[];
};

async function measure(emulator: EmulatorProcess, count: number, ups: number): Promise<Measured> {
  const env = environmentOf(emulator);
  const ours = await newBenchStack(invocationProgram(count), env);
  const noOp = await newBenchStack(noOpProgram(count), env);
  const shaped = await newBenchStack(noOpProgram(count, invocationOutputs), env);
  const pairs = (turnsToTake: number, args: readonly string[]): Promise<Pair> =>
    inTurns(turnsToTake, {
      ours: () => timed(() => ours.run(args)),
      noOp: () => timed(() => noOp.run(args)),
      shaped: () => timed(() => shaped.run(args)),
    });
  try {
    say(`${count}: the first up of each`);
    const atCreate = await watchModules(ours, up);
    await noOp.run(up);
    await shaped.run(up);
    await emulator.controls.requests.clear();
    const upBehindTheRun = await pairs(1, up);
    const withoutChange = await watchModules(ours, up);
    say(`${count}: up without a change`);
    const times = await pairs(ups, up);
    say(`${count}: preview without a change`);
    const previews = await pairs(turns.other, preview);
    const requests = (await emulator.controls.requests.list()).length;
    const capturedBytes = capturedBytesIn(await ours.run(["stack", "export"]));
    const loaded = { atCreate, withoutChange };
    return { upBehindTheRun, up: times, preview: previews, requests, capturedBytes, loaded };
  } finally {
    ours.remove();
    noOp.remove();
    shaped.remove();
  }
}

function capturedBytesIn(exported: string): number {
  const { deployment } = JSON.parse(exported) as {
    deployment: { resources: readonly { outputs?: { readonly __provider?: string } }[] };
  };
  const texts = deployment.resources.map(({ outputs }) => outputs?.__provider ?? "");
  return Math.max(...texts.map((text) => Buffer.byteLength(text)));
}

function report(one: Measured, hundred: Measured): Report {
  const { atCreate, withoutChange } = hundred.loaded;
  return {
    bench: "no-change-up",
    measurements: [
      fastestRatio("up of 100, fastest", wallOf, hundred.up, { kind: "ratio", atMost: 1.15 }),
      ratio("up of 100", wallOf, hundred.up),
      ratio("up of 100, processor time", cpuOf, hundred.up),
      shapedRatio("up of 100, processor time", cpuOf, hundred.up),
      ratio("up of 1", wallOf, one.up),
      ratio("preview of 100", wallOf, hundred.preview),
      ratio("preview of 1", wallOf, one.preview),
      ratio("first up behind the run, of 100, processor time", cpuOf, hundred.upBehindTheRun),
      count("requests of all these ups and previews", one.requests + hundred.requests, 0),
      count("packages of the SDK loaded without a change", withoutChange.sdkPackages, 0),
      {
        name: "captured text",
        value: one.capturedBytes,
        unit: "bytes",
        bound: { kind: "exact", atMost: 2_200 },
      },
      // The two controls: the watch sees the plugin process, and would have seen the SDK.
      count("plugin processes seen without a change", withoutChange.plugins, 1),
      count("first ups seen to load the SDK", Number(atCreate.sdkPackages > 0), 1),
    ],
    detail: { milliseconds: { hundred: shown(hundred), one: shown(one) } },
  };
}

const wallOf = (time: Time): number => time.wall;
const cpuOf = (time: Time): number => time.cpu ?? NaN;

function fastestRatio(
  name: string,
  of: (time: Time) => number,
  pair: Pair,
  bound: Bound,
): Measurement {
  const value = rounded(fastest(pair.ours.map(of)) / fastest(pair.noOp.map(of)));
  return { name, value, unit: "times the no-op's fastest", bound };
}

function ratio(name: string, of: (time: Time) => number, pair: Pair): Measurement {
  const value = rounded(median(pair.ours.map(of)) / median(pair.noOp.map(of)));
  return { name, value, unit: "times the no-op's median" };
}

function shapedRatio(name: string, of: (time: Time) => number, pair: Pair): Measurement {
  const value = rounded(median(pair.ours.map(of)) / median(pair.shaped.map(of)));
  return { name, value, unit: "times that of a no-op with as many outputs" };
}

function count(name: string, value: number, equals: number): Measurement {
  return { name, value, unit: "count", bound: { kind: "exact", equals } };
}

function shown({ upBehindTheRun, up: ups, preview: previews }: Measured): unknown {
  const one = ({ wall, cpu }: Time): string =>
    `${Math.round(wall)}${cpu === undefined ? "" : ` (${cpu} of the processor)`}`;
  const pair = ({ ours, noOp, shaped }: Pair): unknown => ({
    ours: ours.map(one),
    noOp: noOp.map(one),
    shaped: shaped.map(one),
  });
  return { upBehindTheRun: pair(upBehindTheRun), up: pair(ups), preview: pair(previews) };
}

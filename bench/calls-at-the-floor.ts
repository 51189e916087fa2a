/** Launching calls and status reads of one run on 120 and on 1,000 machines, named and by tag. */
import { runChild } from "./support/child.js";
import {
  environmentOf,
  fleet,
  fleetTag,
  instanceId,
  startEmulatorProcess,
} from "./support/emulator-process.js";
import { requestsOf, statusReads, type StatusReads } from "./support/floors.js";
import type { ProviderAnswer, ProviderOrder } from "./support/provider-child.js";
import { main, say, type Measurement } from "./support/report.js";

const perCall = 50;

type Case = {
  readonly name: string;
  readonly size: number;
  readonly inputs: Readonly<Record<string, unknown>>;
};

const script = { script: { content: "echo done" } };
const ids = (size: number): readonly string[] =>
  Array.from({ length: size }, (_, n) => instanceId(n));

const cases: readonly Case[] = [120, 1_000].flatMap((size) => [
  {
    name: `${size} by their ids, call after call`,
    size,
    inputs: { ...script, targets: { instanceIds: ids(size) } },
  },
  {
    name: `${size} by tag, all calls at once`,
    size,
    inputs: {
      ...script,
      targets: { tags: fleetTag, expect: { max: size } },
      rollout: { batchSize: size },
    },
  },
]);

type Counted = {
  readonly name: string;
  readonly size: number;
  readonly calls: number;
  readonly succeeded: number;
  readonly looks: StatusReads;
};

main(async () => {
  const counted: Counted[] = [];
  for (const one of cases) counted.push(await count(one));
  return {
    bench: "calls-at-the-floor",
    measurements: counted.flatMap(measurementsOf),
    detail: counted,
  };
});

async function count({ name, size, inputs }: Case): Promise<Counted> {
  say(name);
  const emulator = await startEmulatorProcess({ seed: { instances: fleet(size) } });
  try {
    const order: ProviderOrder = { inputs };
    const { succeeded } = await runChild<ProviderAnswer>("support/provider-child", order, {
      env: environmentOf(emulator),
    });
    const requests = await requestsOf(emulator);
    const calls = requests.filter(({ action }) => action === "RunCommand").length;
    return { name, size, calls, succeeded, looks: statusReads(requests) };
  } finally {
    await emulator.end();
  }
}

function measurementsOf({ name, size, calls, succeeded, looks }: Counted): readonly Measurement[] {
  const equal = (what: string, value: number, unit: string, equals: number): Measurement => ({
    name: `${name}: ${what}`,
    value,
    unit,
    bound: { kind: "exact", equals },
  });
  return [
    equal("launching calls", calls, "calls", Math.ceil(size / perCall)),
    equal("machines that succeeded", succeeded, "machines", size),
    equal("status reads over their floor", looks.reads - looks.floor, "reads", 0),
  ];
}

/**
 * The provider as a plugin process has it: the built runtime, driven through the dynamic protocol,
 * without the engine around it.
 */
import type { CommandInvocationState, Row } from "../../provider/src/inputs.js";
import { runtime } from "pulumi-cloud-assistant/runtime";
import { serveOrder } from "./child.js";
import { watchMemory, type Memory } from "./memory.js";

export type ProviderOrder = {
  /** Of one `CommandInvocation`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Does what follows a run as well: an `up` without a change, a refresh. @default false */
  readonly wholeLife?: boolean;
};

export type ProviderAnswer = {
  /** Milliseconds of check and create: what an `up` without a preview does. */
  readonly checkMs: number;
  readonly createMs: number;
  readonly status: string;
  readonly members: number;
  readonly succeeded: number;
  /** Of the ledger as JSON without blanks and without output, bytes a member. */
  readonly bytesAMember: number;
  /** Of the whole state, bytes. */
  readonly stateBytes: number;
  /** Bytes of output that the state keeps. */
  readonly outputBytes: number;
  readonly memory: Memory;
  /** What of the life after the run changed something, or called the API: nothing should. */
  readonly changedLater: readonly string[];
};

serveOrder(async (order: ProviderOrder): Promise<ProviderAnswer> => {
  const memory = watchMemory();
  const { invocation } = runtime;
  await invocation.configure({ config: { get: () => undefined } });
  const started = performance.now();
  const inputs = await check({}, order.inputs);
  const checkMs = performance.now() - started;
  const made = await invocation.create(inputs);
  const createMs = performance.now() - started - checkMs;
  const changedLater = order.wholeLife === true ? await live(made, inputs, order) : [];
  const state = made.outs as unknown as CommandInvocationState;
  const rows = Object.values(state.results);
  return {
    checkMs,
    createMs,
    status: state.status,
    members: rows.length,
    succeeded: state.summary.succeeded,
    bytesAMember: bytesOf(withoutOutput(state.results)) / rows.length,
    stateBytes: bytesOf(state),
    outputBytes: rows.reduce((sum, row) => sum + Buffer.byteLength(row.output ?? ""), 0),
    memory: memory(),
    changedLater,
  };
});

type Properties = Readonly<Record<string, unknown>>;

/** An `up` that changes nothing, and a refresh with the `up` behind it. */
async function live(
  made: { readonly id: string; readonly outs: Properties },
  inputs: Properties,
  order: ProviderOrder,
): Promise<readonly string[]> {
  const { invocation } = runtime;
  const changed: string[] = [];
  const up = async (name: string, olds: Properties, outs: Properties): Promise<void> => {
    const news = await check(olds, order.inputs);
    const { changes, replaces } = await invocation.diff(made.id, outs, news);
    if (changes || replaces.length > 0) changed.push(name);
  };
  await up("up behind the run", inputs, made.outs);
  const found = await invocation.read(made.id, made.outs);
  if (found.inputs === undefined || found.props === undefined) changed.push("refresh");
  else await up("up behind a refresh", found.inputs, found.props);
  return changed;
}

async function check(olds: Properties, inputs: Properties): Promise<Record<string, unknown>> {
  const { inputs: checked, failures } = await runtime.invocation.check(olds, {
    resourceUrn:
      "urn:pulumi:bench::bench::pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation::run",
    organization: "organization",
    ...inputs,
  });
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  return checked;
}

function withoutOutput(ledger: Readonly<Record<string, Row>>): Readonly<Record<string, Row>> {
  return Object.fromEntries(
    Object.entries(ledger).map(([id, { output: _output, ...row }]) => [id, row]),
  );
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

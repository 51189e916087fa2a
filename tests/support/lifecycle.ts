/**
 * Drives the provider through Pulumi's dynamic protocol, without an engine: what goes in and out is
 * what the plugin process sees, over HTTP to an emulator in this process, and time is moved by hand.
 */
import { startEmulator, type Emulator, type EmulatorOptions } from "cloud-assistant-emulator";
import type { RawCall } from "../../provider/src/client/retrying-api.js";
import type { WorldClock } from "../../provider/src/client/world.js";
import type { CommandInvocationState, Row } from "../../provider/src/inputs.js";
import { createHost, type Signals } from "../../provider/src/shells/host.js";
import { createRuntime, type Runtime } from "../../provider/src/runtime.js";

export const launchActions = ["InvokeCommand", "RunCommand"];
/** Every action that changes something, tags included. */
export const mutatingActions = [
  ...launchActions,
  "CreateCommand",
  "ModifyCommand",
  "DeleteCommand",
  "StopInvocation",
  "ModifyInvocationAttribute",
  "StartInstances",
  "RebootInstances",
  "InstallCloudAssistant",
  "TagResources",
  "UntagResources",
];

/** The emulator's virtual time, for the provider: sleeping moves it. */
export function virtualClock(emulator: Emulator): WorldClock {
  const sleepers: { at: number; wake: () => void }[] = [];
  let pumping = false;
  const pump = async (): Promise<void> => {
    if (pumping) return;
    pumping = true;
    try {
      while (sleepers.length > 0) {
        // Lets calls that are already answered go on first, so that several resources keep step.
        await new Promise((resolve) => setImmediate(resolve));
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers.shift()!;
        if (next.at > emulator.clock.now()) await emulator.clock.advanceTo(next.at);
        next.wake();
      }
    } finally {
      pumping = false;
    }
  };
  return {
    now: () => emulator.clock.now(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        const abort = (): void => {
          const at = sleepers.indexOf(sleeper);
          if (at >= 0) sleepers.splice(at, 1);
          resolve();
        };
        const sleeper = {
          at: emulator.clock.now() + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener("abort", abort);
            resolve();
          },
        };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", abort, { once: true });
        void pump();
      }),
  };
}

export const start = "2026-03-02T08:00:00Z";

/** An emulator under virtual time with simulated machines, unless said otherwise. */
export function startVirtual(options: EmulatorOptions = {}): Promise<Emulator> {
  return startEmulator({
    backend: "sim",
    clock: { mode: "virtual", now: start },
    ...options,
  });
}

export type Process = {
  readonly runtime: Runtime;
  readonly lines: string[];
  readonly signals: Signals;
  /** Makes the engine look gone. */
  leave(): void;
};

/** A plugin process: its own memory of reads, its own limiter. */
export function newProcess(
  emulator: Emulator,
  options: {
    readonly env?: Record<string, string>;
    readonly config?: Record<string, string>;
    readonly clock?: WorldClock;
    readonly around?: (raw: RawCall) => RawCall;
  } = {},
): Process {
  const lines: string[] = [];
  let present = true;
  let signals: Signals | undefined;
  const host = createHost({
    env: {
      CLOUD_ASSISTANT_ENDPOINT: emulator.url,
      CLOUD_ASSISTANT_REGION: emulator.regionId,
      CLOUD_ASSISTANT_ACCESS_KEY_ID: emulator.accessKeyId,
      CLOUD_ASSISTANT_ACCESS_KEY_SECRET: emulator.accessKeySecret,
      ...options.env,
    },
    presence: () => Promise.resolve(present),
    clock: options.clock ?? virtualClock(emulator),
    ...(options.around === undefined ? {} : { around: options.around }),
    writeLine: (line) => lines.push(line),
    onSignal: (given) => {
      signals = given;
    },
    version: "0.0.0-test",
  });
  const runtime = createRuntime(host);
  void runtime.invocation.configure({ config: { get: (key) => options.config?.[key] } });
  return {
    runtime,
    lines,
    signals: signals!,
    leave: () => {
      present = false;
    },
  };
}

export type Failure = Error & {
  id?: string;
  properties?: Record<string, unknown>;
  reasons?: string[];
};

type Inputs = Record<string, unknown>;

/** What a stack keeps of one resource. */
export type Kept = {
  readonly id: string;
  readonly inputs: Inputs;
  readonly outputs: Inputs;
  /** Pulumi's note of a failed initialisation. */
  readonly failed: boolean;
};

export type UpEnd = {
  readonly kept: Kept | undefined;
  readonly operation: "create" | "update" | "same" | "replace";
  readonly failure: Failure | undefined;
  readonly lines: readonly string[];
};

const providerText = { __provider: "text" };

export const urnOf = (name: string): string =>
  `urn:pulumi:test::project::pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation::${name}`;

/** Check failures, as the CLI would print them. */
export class CheckFailed extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(reasons.join("\n"));
  }
}

export async function check(process: Process, olds: Inputs, inputs: Inputs): Promise<Inputs> {
  const name = typeof inputs.name === "string" ? inputs.name : "run";
  const { name: _name, ...rest } = inputs;
  const answer = await process.runtime.invocation.check(olds, {
    resourceUrn: urnOf(name),
    organization: "organization",
    ...rest,
    ...providerText,
  });
  if (answer.failures.length > 0) {
    throw new CheckFailed(answer.failures.map((failure) => failure.reason));
  }
  return { ...answer.inputs, ...providerText };
}

/** One `pulumi up` of one `CommandInvocation`, in a new process unless one is given. */
export async function up(
  emulator: Emulator,
  kept: Kept | undefined,
  inputs: Inputs,
  options: Parameters<typeof newProcess>[1] & { readonly process?: Process } = {},
): Promise<UpEnd> {
  const process = options.process ?? newProcess(emulator, options);
  const { invocation } = process.runtime;
  let checked = await check(process, kept?.inputs ?? {}, inputs);
  const end = (rest: Omit<UpEnd, "lines">): UpEnd => ({ ...rest, lines: process.lines });
  if (kept === undefined) return end(await create());
  const diff = await invocation.diff(kept.id, kept.outputs, checked);
  if (diff.replaces.length > 0) {
    // The engine checks a replacement again, as a new resource.
    checked = await check(process, {}, inputs);
    await invocation.delete(kept.id, kept.outputs);
    return end({ ...(await create()), operation: "replace" });
  }
  if (!diff.changes && !kept.failed) {
    return end({
      kept: { ...kept, inputs: checked },
      operation: "same",
      failure: undefined,
    });
  }
  try {
    const answer = await invocation.update(kept.id, kept.outputs, checked);
    const outputs = { ...answer.outs, ...providerText };
    return end({
      kept: { id: kept.id, inputs: checked, outputs, failed: false },
      operation: "update",
      failure: undefined,
    });
  } catch (reason) {
    const failure = reason as Failure;
    const saved =
      failure.id === undefined
        ? kept
        : // The engine keeps the old inputs of an update that failed (docs/discoveries/engine.md).
          { id: failure.id, inputs: kept.inputs, outputs: failure.properties!, failed: true };
    return end({ kept: saved, operation: "update", failure });
  }

  async function create(): Promise<Omit<UpEnd, "lines">> {
    try {
      const answer = await invocation.create(checked);
      const outputs = { ...answer.outs, ...providerText };
      return {
        kept: { id: answer.id, inputs: checked, outputs, failed: false },
        operation: "create",
        failure: undefined,
      };
    } catch (reason) {
      const failure = reason as Failure;
      const saved =
        failure.id === undefined
          ? undefined
          : { id: failure.id, inputs: checked, outputs: failure.properties!, failed: true };
      return { kept: saved, operation: "create", failure };
    }
  }
}

/** One `pulumi refresh`: Pulumi forgets its own note of a failed initialisation. */
export async function refresh(
  emulator: Emulator,
  kept: Kept,
  options: Parameters<typeof newProcess>[1] = {},
): Promise<Kept> {
  const { invocation } = newProcess(emulator, options).runtime;
  const answer = await invocation.read(kept.id, kept.outputs);
  return {
    id: kept.id,
    inputs: { ...answer.inputs, ...providerText },
    outputs: { ...answer.props, ...providerText },
    failed: false,
  };
}

export async function destroy(
  emulator: Emulator,
  kept: Kept,
  options: Parameters<typeof newProcess>[1] = {},
): Promise<readonly string[]> {
  const process = newProcess(emulator, options);
  await process.runtime.invocation.delete(kept.id, kept.outputs);
  return process.lines;
}

export function stateOf(kept: Kept | undefined): CommandInvocationState {
  return kept!.outputs as unknown as CommandInvocationState;
}

export function rowsOf(kept: Kept | undefined): Record<string, Row> {
  const { results } = stateOf(kept);
  const secret = (results as unknown as { value?: Record<string, Row> }).value;
  return secret ?? results;
}

/** Invocations that calls made, each as the ids that it named. A replayed token makes none. */
export function launches(emulator: Emulator): string[][] {
  const made = new Map<string, string[]>();
  for (const entry of emulator.requests.list({ action: launchActions })) {
    const id = entry.invokeId ?? "";
    if (entry.committed && !made.has(id)) made.set(id, idsIn(entry.params));
  }
  return [...made.values()];
}

export function mutatingCalls(emulator: Emulator): string[] {
  return emulator.requests.list({ action: mutatingActions }).map((entry) => entry.action);
}

export function idsIn(params: Readonly<Record<string, string>>): string[] {
  return Object.keys(params)
    .filter((key) => key.startsWith("InstanceId."))
    .sort((a, b) => Number(a.split(".")[1]) - Number(b.split(".")[1]))
    .map((key) => params[key]!);
}

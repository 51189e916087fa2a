import type { CommandInvocationInputs, CommandInvocationState } from "../inputs.js";
import { check } from "../lifecycle/invocation/check.js";
import { create } from "../lifecycle/invocation/create.js";
import type { Outcome } from "../lifecycle/invocation/outcome.js";
import { read } from "../lifecycle/invocation/read.js";
import { reportDiff } from "../lifecycle/invocation/report.js";
import { remove } from "../lifecycle/invocation/delete.js";
import { diffTracked } from "../lifecycle/invocation/tracked.js";
import { update } from "../lifecycle/invocation/update.js";
import { diffSchedule } from "../lifecycle/schedule/diff.js";
import { nameOf } from "../lifecycle/world.js";
import { hidesContent } from "../plan/identity.js";
import { trackedIn } from "../plan/tracking.js";
import { redactedLedger } from "../result/ledger.js";
import { redactor, secretValues } from "../result/redact.js";
import { checkFailure } from "./check-failure.js";
import type { DynamicResource, Properties } from "./dynamic-types.js";
import type { Host } from "./host.js";
import { initFailure } from "./init-failure.js";
import { asSecret, fromPulumi, mustBeReadable, toPulumi } from "./wire.js";

/** `CommandInvocation` in the terms of Pulumi's dynamic protocol. */
export function invocationShell(host: Host): DynamicResource {
  const received = (props: Properties): unknown => {
    const plain = fromPulumi(props) as Record<string, unknown>;
    host.learnSecrets(plain);
    return plain;
  };
  const inputsFrom = (props: Properties) => received(props) as CommandInvocationInputs;
  const stateOf = (props: Properties): CommandInvocationState => {
    mustBeReadable(props);
    return received(props) as CommandInvocationState;
  };
  return {
    async check(olds, news) {
      const world = await host.world();
      const before = hasInputs(olds) ? inputsFrom(olds) : undefined;
      const raw = received(news) as Record<string, unknown>;
      const end = await check(before, raw, world);
      return {
        inputs: end.inputs === undefined ? plainly(raw) : withSealedPlan(end.inputs),
        failures: end.problems.map(checkFailure),
      };
    },
    async diff(_id, olds, news) {
      const world = await host.world();
      const inputs = inputsFrom(news);
      const state = stateOf(olds);
      const end =
        inputs.schedule === undefined
          ? await diffTracked(state, inputs, world)
          : await diffSchedule(state, inputs, world);
      for (const line of end.lines) world.print(nameOf(inputs.resourceUrn), line);
      reportDiff(end, inputs, state, world);
      return { changes: end.changes, replaces: end.replaces, deleteBeforeReplace: true };
    },
    create: (inputs) =>
      host.operation(async (world) => {
        const outcome = await create(inputsFrom(inputs), world);
        return { id: outcome.id, outs: answer(outcome, inputs) };
      }),
    async read(id, props) {
      const world = await host.world();
      const state = await read(stateOf(props), world);
      return { id, props: outputsOf(state), inputs: inputsOf(state) };
    },
    update: (id, olds, news) =>
      host.operation(async (world) => {
        const inputs = inputsFrom(news);
        return { outs: answer(await update(id, stateOf(olds), inputs, world), news) };
      }),
    delete: (_id, props) => host.operation((world) => remove(stateOf(props), world)),
  };
}

/** At create the engine hands over an empty map of old inputs. */
function hasInputs(olds: Properties): boolean {
  return olds.targets !== undefined;
}

/** Red or green, the state leaves with the answer: nothing that was accepted is forgotten. */
function answer(outcome: Outcome, given: Properties): Record<string, unknown> {
  const outs = outputsOf(outcome.state);
  if (outcome.failure !== undefined) throw initFailure(outcome.id, outs, outcome.failure, given);
  return outs;
}

/**
 * The one way out to the state. Outputs that may hold what a secret input made a command print are
 * secret themselves, and so is the hash of a secret content; what the service said of a member is
 * rid of every other secret input.
 */
function outputsOf(state: CommandInvocationState): Record<string, unknown> {
  const secretInputs = state.secretInputs ?? [];
  const redact = redactor(secretValues(state, secretInputs));
  const kept: CommandInvocationState = { ...state, results: redactedLedger(state.results, redact) };
  const outs = withSealedPlan(kept);
  const secret =
    state.output?.secret === true ||
    secretInputs.some((path) => /^(parameters|script|command)\b/.test(path));
  return {
    ...outs,
    ...(secret ? { results: asSecret(outs.results) } : {}),
    ...(hidesContent(state) ? { commandContentHash: asSecret(outs.commandContentHash) } : {}),
  };
}

/** Whoever sees the hash of a secret content can try guesses, so that it is a secret as well. */
function withSealedPlan(inputs: CommandInvocationInputs): Record<string, unknown> {
  const { plan } = inputs;
  if (plan === undefined || !hidesContent(inputs)) return plainly(inputs);
  const command = { ...plainly(plan.command), contentHash: asSecret(plan.command.contentHash) };
  return { ...plainly(inputs), plan: { ...plainly(plan), command } };
}

function plainly(value: object): Record<string, unknown> {
  return toPulumi(value) as Record<string, unknown>;
}

const outputKeys: readonly (keyof CommandInvocationState)[] = [
  "schemaVersion",
  "owner",
  "runId",
  "inputHash",
  "holdId",
  "holdReason",
  "releasedHolds",
  "invocationIds",
  "membersAtStart",
  "setAside",
  "strays",
  "status",
  "results",
  "summary",
  "commandContentHash",
  "accountId",
  "region",
];

function inputsOf(state: CommandInvocationState): Record<string, unknown> {
  const { plan } = state;
  const tracked = trackedIn(state);
  const whole =
    plan === undefined || tracked === undefined ? state : { ...state, plan: { ...plan, tracked } };
  const isOutput = (key: string): boolean => (outputKeys as readonly string[]).includes(key);
  return Object.fromEntries(
    Object.entries(withSealedPlan(whole)).filter(([key]) => !isOutput(key)),
  );
}

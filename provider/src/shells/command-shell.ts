import type { CommandInputs, CommandState } from "../inputs.js";
import * as command from "../lifecycle/command.js";
import { checkFailure } from "./check-failure.js";
import type { DynamicResource, Properties } from "./dynamic-types.js";
import type { Host } from "./host.js";
import { fromPulumi, mustBeReadable, toPulumi } from "./wire.js";

/** `Command` in the terms of Pulumi's dynamic protocol. */
export function commandShell(host: Host): DynamicResource {
  const received = (props: Properties): unknown => {
    const plain = fromPulumi(props) as Record<string, unknown>;
    host.learnSecrets(plain);
    return plain;
  };
  const stateOf = (props: Properties): CommandState => {
    mustBeReadable(props);
    return received(props) as CommandState;
  };
  return {
    async check(_olds, news) {
      const raw = received(news) as Record<string, unknown>;
      const end = command.check(raw, await host.world());
      return {
        inputs: toPulumi(end.inputs ?? raw) as Record<string, unknown>,
        failures: end.problems.map(checkFailure),
      };
    },
    diff(_id, olds, news) {
      const end = command.diff(stateOf(olds), received(news) as CommandInputs);
      // New before old, so that an invocation moves over before its command goes.
      return Promise.resolve({ ...end, deleteBeforeReplace: false });
    },
    create: (inputs) =>
      host.operation(async (world) => {
        const made = await command.create(received(inputs) as CommandInputs, world);
        return { id: made.id, outs: toPulumi(made.state) as Record<string, unknown> };
      }),
    async read(id, props) {
      const found = await command.read(id, stateOf(props), await host.world());
      if (found === undefined) return {};
      return {
        id,
        props: toPulumi(found.state) as Record<string, unknown>,
        inputs: toPulumi(found.inputs) as Record<string, unknown>,
      };
    },
    update: (id, olds, news) =>
      host.operation(async (world) => {
        const state = await command.update(
          id,
          stateOf(olds),
          received(news) as CommandInputs,
          world,
        );
        return { outs: toPulumi(state) as Record<string, unknown> };
      }),
    delete: (id, props) => host.operation((world) => command.remove(id, stateOf(props), world)),
  };
}

import { formatProblem } from "../check/index.js";
import type { CommandInputs, CommandState } from "../inputs.js";
import * as command from "../lifecycle/command.js";
import type { DynamicResource } from "./dynamic-types.js";
import type { Host } from "./host.js";
import { fromPulumi, toPulumi } from "./wire.js";

/** `Command` in the terms of Pulumi's dynamic protocol. */
export function commandShell(host: Host): DynamicResource {
  return {
    async check(_olds, news) {
      const raw = fromPulumi(news) as Record<string, unknown>;
      const end = command.check(raw, await host.world());
      return {
        inputs: toPulumi(end.inputs ?? raw) as Record<string, unknown>,
        failures: end.problems.map((problem) => ({
          property: problem.property,
          reason: formatProblem(problem),
        })),
      };
    },
    diff(_id, olds, news) {
      const end = command.diff(fromPulumi(olds) as CommandState, fromPulumi(news) as CommandInputs);
      // New before old, so that an invocation moves over before its command goes.
      return Promise.resolve({ ...end, deleteBeforeReplace: false });
    },
    create: (inputs) =>
      host.operation(async (world) => {
        const made = await command.create(fromPulumi(inputs) as CommandInputs, world);
        return { id: made.id, outs: toPulumi(made.state) as Record<string, unknown> };
      }),
    async read(id, props) {
      const found = await command.read(id, fromPulumi(props) as CommandState, await host.world());
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
          fromPulumi(olds) as CommandState,
          fromPulumi(news) as CommandInputs,
          world,
        );
        return { outs: toPulumi(state) as Record<string, unknown> };
      }),
    delete: (id, props) =>
      host.operation((world) => command.remove(id, fromPulumi(props) as CommandState, world)),
  };
}

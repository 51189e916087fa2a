import type { CommandInvocationInputs, Plan, PlanAction } from "../inputs.js";
import type { CommandType } from "../inputs.js";
import type { Batch } from "./batches.js";

/** The stable part of a preview: nothing in it moves with time. */
export function planOf(
  action: PlanAction,
  command: {
    readonly id?: string | undefined;
    readonly name?: string | undefined;
    readonly type: CommandType;
    readonly contentHash: string;
    readonly content?: string | undefined;
  },
  batches: readonly Batch[],
): Plan {
  const calls = batches.flatMap((batch) =>
    batch.calls.map((ids) => `${batch.number}${batch.canary ? "c" : ""}: ${ids.join(" ")}`),
  );
  return {
    action,
    command: {
      ...(command.id === undefined ? {} : { id: command.id }),
      ...(command.name === undefined ? {} : { name: command.name }),
      type: command.type,
      contentHash: command.contentHash,
      ...(command.content === undefined ? {} : { content: command.content }),
    },
    calls,
    counts: {
      members: batches.reduce((sum, batch) => sum + batch.calls.flat().length, 0),
      calls: calls.length,
      batches: batches.length,
    },
  };
}

/** The plan of an update that has nothing to do: the old one, with that action. */
export function nothingToDo(olds: CommandInvocationInputs): Plan | undefined {
  return olds.plan === undefined ? undefined : { ...olds.plan, action: "nothing" };
}

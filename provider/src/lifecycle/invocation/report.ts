import type { EventSource } from "../../events.js";
import type { CommandInvocationInputs, CommandInvocationState, Row } from "../../inputs.js";
import { LedgerBook } from "../../result/ledger.js";
import { nameOf, type World } from "../world.js";
import type { DiffEnd } from "./diff.js";
import type { Outcome } from "./outcome.js";

/** The same world; what it emits says whose it is. */
export function reporting(
  world: World,
  inputs: Pick<CommandInvocationInputs, "resourceUrn">,
  identity: Pick<EventSource, "owner" | "runId" | "region"> = {},
): World {
  const { owner, runId, region } = identity;
  const source: EventSource = {
    name: nameOf(inputs.resourceUrn),
    urn: inputs.resourceUrn,
    ...(region === undefined ? {} : { region }),
    ...(owner === undefined ? {} : { owner }),
    ...(runId === undefined ? {} : { runId }),
  };
  return {
    ...world,
    emit: (event) => {
      world.emit({ ...source, ...event });
    },
  };
}

/** A ledger that begins with these rows, and whose ends are written down: those it begins with too. */
export function startedBook(rows: Readonly<Record<string, Row>>, world: World): LedgerBook {
  const book = new LedgerBook();
  reportRows(book, world);
  for (const [id, row] of Object.entries(rows)) book.set(id, row);
  return book;
}

/** Writes down each row that ends from now on. */
export function reportRows(book: LedgerBook, world: World): void {
  book.whenFinished((instanceId, row) => {
    const { output: _output, dropped: _dropped, invocationId, ...end } = row;
    world.emit({
      event: "row",
      instanceId,
      ...end,
      ...(invocationId === undefined ? {} : { invokeId: invocationId }),
    });
  });
}

/** Writes down how an operation ended, and hands its outcome on. */
export function reportVerdict(outcome: Outcome, world: World): Outcome {
  const { state, failure } = outcome;
  reporting(world, state, state).emit({
    event: "verdict",
    status: state.status,
    red: failure !== undefined,
    summary: state.summary,
    ...(state.holdId === "" ? {} : { holdId: state.holdId }),
    reasons: failure?.reasons ?? [],
  });
  return outcome;
}

/** Writes down what only the ledger could tell: that a run goes on, or waits for its release. */
export function reportDiff(
  end: DiffEnd,
  inputs: CommandInvocationInputs,
  state: CommandInvocationState,
  world: World,
): void {
  if (end.action === undefined) return;
  reporting(world, inputs, state).emit({ event: "plan", action: end.action, lines: end.lines });
}

import type { CommandInvocationInputs, CommandInvocationState, Row } from "../../inputs.js";
import type { Change } from "../../plan/change.js";
import type { PastInvocation } from "../../plan/history.js";
import type { HoldFound } from "../../plan/hold.js";
import type { LedgerBook } from "../../result/ledger.js";
import { redactor, secretValues } from "../../result/redact.js";
import type { World } from "../world.js";
import { reportCut, startCapture } from "./capture.js";
import { conclude, type Identity } from "./conclude.js";
import { notStarted } from "./create.js";
import type { AcceptedCall } from "./follow.js";
import { historyOf } from "./history.js";
import { concludingHolds, leftAsItIs } from "./holds.js";
import { waitMs } from "./limits-of-time.js";
import type { Outcome } from "./outcome.js";
import { prepareRun } from "./prepare.js";
import { runMembers, type RunEnd } from "./run.js";
import type { SettledCommand } from "./settle.js";

/** What an update knows once it has to call something. */
export type UpdateContext = {
  readonly api: ReturnType<World["apiFor"]>;
  readonly identity: Identity;
  readonly state: CommandInvocationState;
  readonly inputs: CommandInvocationInputs;
  readonly change: Change;
  /** Members that waited to be ready, and are. */
  readonly ready: ReadonlySet<string>;
  readonly command: SettledCommand;
  readonly past: readonly PastInvocation[];
  readonly options: { readonly deadlineMs: number; readonly signal: AbortSignal };
  /** An operator releases the hold of the state. */
  readonly released: boolean;
  /** Every hold that was released, that one included. */
  readonly releasedHolds: readonly string[];
};

/** One that comes back keeps counting: the same attempt would be answered with the old invocation. */
export function returned(book: LedgerBook, id: string): Row {
  return { ...notStarted, attempt: book.get(id)?.attempt ?? 0 };
}

/** The part of a conclusion that stays as the state has it. */
export function unchanged(
  state: CommandInvocationState,
  inputs: CommandInvocationInputs,
): Omit<Parameters<typeof conclude>[3], "ending"> {
  return {
    holdId: state.holdId,
    releasedHolds: state.releasedHolds,
    membersAtStart: state.membersAtStart,
    earlierInvocationIds: state.invocationIds,
    setAside: state.setAside,
    strays: state.strays,
    accepted: [],
    redact: redactor(secretValues(inputs, inputs.secretInputs ?? [])),
    outputCut: false,
  };
}

/** Marks members as dropped: their outcome is kept, and counts no more. */
export function drop(book: LedgerBook, ids: readonly string[]): void {
  for (const id of ids) {
    const row = book.get(id);
    if (row !== undefined) book.set(id, { ...row, status: "Dropped" });
  }
}

/** What the service knows of the owner, once the schedule before was stopped and marked. */
export function pastOf({ api, state, options }: UpdateContext): Promise<readonly PastInvocation[]> {
  return state.ownership === "none" ? Promise.resolve([]) : historyOf(api, state.owner, options);
}

export function idsOf(past: readonly PastInvocation[]): readonly string[] {
  return past.map((one) => one.invokeId);
}

/** Rows that are still living, as calls to be watched first. */
export function callsToWatch(
  calls: ReadonlyMap<string, readonly string[]>,
  world: World,
): readonly AcceptedCall[] {
  return [...calls].map(([invokeId, members]) => ({
    invokeId,
    members,
    acceptedAt: world.clock.now(),
  }));
}

/** Prepares and runs what an update has decided to run. */
export async function execute(
  context: UpdateContext,
  book: LedgerBook,
  world: World,
  what: {
    readonly untried: readonly string[];
    readonly newcomers?: readonly string[];
    readonly toWatch: readonly AcceptedCall[];
    readonly membersAtStart: number;
    readonly attemptsBefore?: (instanceId: string) => number;
    readonly found: HoldFound;
    /** The last step before the first call, once nothing can refuse the run any more. */
    readonly beforeCalls?: () => Promise<void>;
  },
): Promise<RunEnd & { readonly outputCut: boolean }> {
  const { api, inputs, identity, command, options } = context;
  const groups = { toRun: what.untried, newcomers: what.newcomers ?? [] };
  const { membersAtStart } = what;
  const who = { ...groups, membersAtStart, watching: what.toWatch.length > 0 };
  const prepared = await prepareRun(api, inputs, command.type, who, book, world, options);
  await what.beforeCalls?.();
  const redact = redactor(secretValues(inputs, inputs.secretInputs ?? []));
  const capture = startCapture(inputs.output, redact);
  const released = new Set(context.releasedHolds);
  const end = await runMembers(
    api,
    {
      inputs,
      identity,
      runnable: command.runnable,
      type: command.type,
      ...prepared,
      toWatch: what.toWatch,
      ...(what.attemptsBefore === undefined ? {} : { attemptsBefore: what.attemptsBefore }),
      retryWatched: context.released || what.found.kind === "resumed",
      maxPerCall: world.operator.maxInstancesPerCall,
      membersAtStart,
      past: context.past,
      waitMs: waitMs(inputs, command.timeout),
      deadlineMs: options.deadlineMs,
      capture,
      holds: (holdId) => !released.has(holdId) && holdId !== world.operator.resume,
    },
    book,
    world,
  );
  reportCut(capture, inputs, world);
  return { ...end, outputCut: capture.cut };
}

/** From a run to the outcome of the update. */
export function concluded(
  context: UpdateContext,
  book: LedgerBook,
  end: RunEnd & { readonly outputCut: boolean },
  world: World,
  which: {
    readonly earlier: readonly string[];
    readonly membersAtStart: number;
    readonly setAside?: readonly string[] | undefined;
    readonly found: HoldFound;
  },
): Outcome {
  const { inputs, identity } = context;
  const conclusion = concludingHolds(end, which.found, context.releasedHolds, world);
  const outcome = conclude(inputs, { ...identity, runId: end.runId }, book, {
    ...conclusion,
    membersAtStart: which.membersAtStart,
    setAside: which.setAside,
    earlierInvocationIds: which.earlier,
    accepted: end.accepted,
    redact: redactor(secretValues(inputs, inputs.secretInputs ?? [])),
    outputCut: end.outputCut,
  });
  return which.found.kind === "abandoned" ? leftAsItIs(outcome, which.found.hold.id) : outcome;
}

import type { Observation } from "../inputs.js";
import { chainedRunId, nextRunId } from "./identity.js";
import type { Hash } from "./hash.js";
import type { Hold } from "./hold.js";

/** An invocation of this owner, as the service lists it. */
export type PastInvocation = {
  readonly invokeId: string;
  readonly runId: string;
  readonly inputHash: string;
  readonly superseded: boolean;
  readonly hold: Hold | undefined;
  readonly createdAt: string;
  /** Whether any member of it has not ended. */
  readonly living: boolean;
  /** Whether it is a schedule or a boot plan, which fires again by itself. */
  readonly scheduled: boolean;
  readonly members: readonly Observation[];
};

/** What is to be done about what was found. */
export type HistoryDecision = {
  /** Taken over: their members are not called again for it. Oldest first. */
  readonly adopt: readonly PastInvocation[];
  /** Marked superseded, since they are of another time. */
  readonly mark: readonly PastInvocation[];
  /** Ours, of an update that was interrupted and is not wanted any more. */
  readonly strays: readonly PastInvocation[];
  /**
   * Ours too, and marked by an update that was interrupted in its turn: behind it the machines are not
   * as the state says.
   */
  readonly marked: readonly PastInvocation[];
  /** Alive and not explained by this state: an error, and nothing runs. */
  readonly foreign: readonly PastInvocation[];
};

/**
 * A schedule is current while it is alive, whatever its marks say: it is stopped first and marked
 * last, and who was killed between the two, or marked it too early, left it firing.
 */
function isCurrent(one: PastInvocation): boolean {
  return !one.superseded || (one.scheduled && one.living);
}

function byAge(a: PastInvocation, b: PastInvocation): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.invokeId < b.invokeId ? -1 : 1;
}

/**
 * At create: what is current and of the same input hash is a run that was cut off before its state
 * was saved, or whose state was lost. It is continued, never doubled.
 */
export function historyAtCreate(
  past: readonly PastInvocation[],
  inputHash: string,
): HistoryDecision & { readonly runId: string | undefined } {
  const current = past.filter(isCurrent).sort(byAge);
  const adopt = current.filter((one) => one.inputHash === inputHash);
  const others = current.filter((one) => one.inputHash !== inputHash);
  return {
    adopt,
    mark: others.filter((one) => !one.living),
    strays: [],
    marked: [],
    foreign: others.filter((one) => one.living),
    runId: adopt.at(-1)?.runId,
  };
}

/** At an update: what the ledger does not know is explained by our run id, or it is not ours. */
export function historyAtUpdate(
  past: readonly PastInvocation[],
  run: {
    /** The run id in the state. */
    readonly savedRunId: string;
    /** The run id that this update continues or makes. */
    readonly wantedRunId: string;
    /** InvokeIds that the ledger knows. */
    readonly known: ReadonlySet<string>;
  },
  hash: Hash,
): HistoryDecision {
  const current = past.filter(isCurrent).sort(byAge);
  const superseded = past.filter((one) => one.superseded);
  const decision = {
    adopt: [] as PastInvocation[],
    mark: [] as PastInvocation[],
    strays: [] as PastInvocation[],
    foreign: [] as PastInvocation[],
  };
  const wanted = chainOf(run.wantedRunId, superseded, hash);
  const saved = chainOf(run.savedRunId, superseded, hash);
  const derives = derivation(run.savedRunId, superseded, hash);
  for (const one of current) {
    if (run.known.has(one.invokeId)) continue;
    if (wanted.has(one.runId)) decision.adopt.push(one);
    else if (saved.has(one.runId) || derives(one)) decision.strays.push(one);
    else if (one.living) decision.foreign.push(one);
    else decision.mark.push(one);
  }
  const isLater = afterKnown(past, run.known);
  const later = superseded.filter(
    (one) => !isCurrent(one) && !run.known.has(one.invokeId) && isLater(one),
  );
  const marked = later.filter(
    (one) => !wanted.has(one.runId) && (saved.has(one.runId) || derives(one)),
  );
  // Marked by an update that was refused, or died, behind its marks: unless another run came behind
  // it, this is how the machines are.
  const others = [...decision.strays, ...marked];
  const again = later.filter(
    (one) => wanted.has(one.runId) && !others.some(({ createdAt }) => createdAt >= one.createdAt),
  );
  return { ...decision, adopt: [...decision.adopt, ...again].sort(byAge), marked };
}

/**
 * Whether one was made after the last of what the ledger knows. A resource of the same name that was
 * deleted and made again may have had the very same run ids: what is older is of that time. Within a
 * second the order of the list tells, the newest first (API reference 3.9).
 */
function afterKnown(
  past: readonly PastInvocation[],
  known: ReadonlySet<string>,
): (one: PastInvocation) => boolean {
  if (known.size === 0) return () => false;
  const last = past
    .filter((one) => known.has(one.invokeId))
    .reduce<PastInvocation | undefined>(
      (newest, one) => (newest === undefined || one.createdAt > newest.createdAt ? one : newest),
      undefined,
    );
  if (last === undefined) return () => true;
  return (one) =>
    one.createdAt === last.createdAt
      ? past.indexOf(one) < past.indexOf(last)
      : one.createdAt > last.createdAt;
}

/** Whether a run id was made from ours, recomputed with the invocation's own hash. */
function derivation(
  savedRunId: string,
  superseded: readonly PastInvocation[],
  hash: Hash,
): (one: PastInvocation) => boolean {
  const chains = new Map<string, ReadonlySet<string>>();
  return ({ inputHash, runId }) => {
    const chain =
      chains.get(inputHash) ?? chainOf(nextRunId(savedRunId, inputHash, hash), superseded, hash);
    chains.set(inputHash, chain);
    return chain.has(runId);
  };
}

/**
 * The run id that another follows from, where its token was answered with an old invocation: each
 * call of a run has its own such chain, and all of them begin with the run's.
 */
export function baseOf(runId: string, superseded: readonly PastInvocation[], hash: Hash): string {
  const before = superseded.find((old) => chainedRunId(old.runId, old.invokeId, hash) === runId);
  return before === undefined ? runId : baseOf(before.runId, superseded, hash);
}

/** A run id, and those that follow from it where a token was answered with an old invocation. */
export function chainOf(
  runId: string,
  superseded: readonly PastInvocation[],
  hash: Hash,
): ReadonlySet<string> {
  const chain = new Set([runId]);
  for (const id of chain) {
    for (const old of superseded) {
      if (old.runId === id) chain.add(chainedRunId(id, old.invokeId, hash));
    }
  }
  return chain;
}

import type { Row } from "../../inputs.js";
import { isLiving } from "../../plan/continuation.js";
import { describeHold } from "../../plan/hold.js";
import { named } from "../../plan/targets.js";
import { LedgerBook } from "../../result/ledger.js";
import { redactor, secretValues } from "../../result/redact.js";
import { nameOf, type World } from "../world.js";
import { startCapture } from "./capture.js";
import { conclude } from "./conclude.js";
import { follow } from "./follow.js";
import { waitMs } from "./limits-of-time.js";
import type { Outcome } from "./outcome.js";
import type { StillRunning } from "./still-running.js";
import { unchanged, type UpdateContext } from "./update-context.js";

/**
 * What still runs of an earlier run is awaited, within its own `wait.timeout`, before the same
 * machines are called again. Nothing is marked until then, so that `stop` finds it, and a hold that
 * is set meanwhile is seen. An outcome is returned only when the wait was cut short.
 */
export async function awaitEarlier(
  context: UpdateContext,
  running: StillRunning,
  world: World,
): Promise<Outcome | undefined> {
  const { api, state, command, options } = context;
  if (running.size === 0) return undefined;
  world.print(
    nameOf(state.resourceUrn),
    `waits for what still runs of the earlier run: ${named([...running.keys()])}`,
  );
  const ledger = new LedgerBook(state.results);
  const redact = redactor(secretValues(state, state.secretInputs ?? []));
  const capture = startCapture(state.output, redact);
  const holdsBefore = new Set([
    ...context.past.flatMap(({ hold }) => (hold === undefined ? [] : [hold.id])),
    ...context.releasedHolds,
    state.holdId,
  ]);
  const acceptedAt = world.clock.now();
  for (const [invokeId, members] of running) {
    // Each by itself: a machine may be in two of them, and has but one row.
    const book = new LedgerBook(rowsToWatch(state.results, invokeId, members));
    const end = await follow(
      api,
      [{ invokeId, members, acceptedAt }],
      book,
      {
        owner: state.owner,
        runId: state.runId,
        ownership: "none",
        successExitCodes: state.successExitCodes ?? [0],
        waitMs: waitMs(state, state.timeout ?? command.timeout),
        deadlineMs: options.deadlineMs,
        capture,
        holds: (holdId) => !holdsBefore.has(holdId),
      },
      world,
    );
    for (const [id, row] of book.entries()) {
      const before = ledger.get(id);
      if (before?.invocationId === invokeId && isLiving(before)) ledger.set(id, row);
    }
    if (end.kind === "done") continue;
    // The earlier inputs are kept, so that the next `up` sees the change again.
    return conclude(state, context.identity, ledger, {
      ...unchanged(state, state),
      ...(end.kind === "held" ? { holdId: end.hold.id } : {}),
      ending: end.kind === "held" ? { kind: "held", reason: describeHold(end.hold) } : end,
    });
  }
  return undefined;
}

function rowsToWatch(
  results: Readonly<Record<string, Row>>,
  invokeId: string,
  members: readonly string[],
): Readonly<Record<string, Row>> {
  return Object.fromEntries(
    members.map((id) => {
      const row = results[id];
      return [
        id,
        row?.invocationId === invokeId && isLiving(row)
          ? row
          : { status: "Running", attempt: row?.attempt ?? 0, invocationId: invokeId },
      ];
    }),
  );
}

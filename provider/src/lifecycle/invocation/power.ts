import { findByIds } from "../../client/fleet.js";
import type { AssistantStatusFound, CloudApi } from "../../client/port.js";
import { isOnline, readClients } from "../../client/readiness.js";
import type { CommandInvocationInputs, CommandType } from "../../inputs.js";
import { powerCodesOf } from "../../plan/retry.js";
import type { LedgerBook } from "../../result/ledger.js";
import type { World } from "../world.js";
import type { AcceptedCall } from "./follow.js";

type PowerOrder = {
  readonly inputs: CommandInvocationInputs;
  readonly type: CommandType;
  readonly waitMs: number;
  readonly deadlineMs: number;
};

/** A machine that nobody has seen go down by now was quick, and is back already. */
const downPatienceMs = 90_000;

/**
 * A success that powers its machine off or reboots it closes only when that is done: the next
 * resource must not meet a machine on its way down.
 */
export async function awaitPower(
  api: CloudApi,
  calls: readonly AcceptedCall[],
  order: PowerOrder,
  book: LedgerBook,
  world: World,
): Promise<void> {
  const codes = powerCodesOf(order.type);
  const wanted = order.inputs.successExitCodes ?? [0];
  const ended = calls.flatMap((call) =>
    call.members.filter((id) => book.get(id)?.invocationId === call.invokeId),
  );
  const withCode = (code: number): readonly string[] =>
    wanted.includes(code) ? ended.filter((id) => book.get(id)?.exitCode === code) : [];
  const goingDown = new Set(withCode(codes.powerOff));
  const coming = new Set(withCode(codes.reboot));
  if (goingDown.size + coming.size === 0) return;

  const seenDown = new Map<string, number>();
  const began = world.clock.now();
  const until = Math.min(order.deadlineMs, began + order.waitMs);
  const options = { deadlineMs: order.deadlineMs, signal: world.signal };
  for (const id of [...goingDown, ...coming]) setStatus(book, id, "Running");
  while (goingDown.size + coming.size > 0) {
    const ids = [...goingDown, ...coming];
    const instances = await findByIds(api, ids, options);
    const running = ids.filter((id) => instances.get(id)?.power === "Running");
    const clients = await readClients(api, running, options);
    const now = world.clock.now();
    for (const id of ids) {
      const client = clients.get(id);
      if (!isOnline(client)) seenDown.set(id, now);
      const waited = now - began > downPatienceMs;
      const backAgain = isOnline(client) && (waited || isBack(client, seenDown.get(id)));
      const done = goingDown.has(id) ? instances.get(id)?.power === "Stopped" : backAgain;
      if (!done) continue;
      setStatus(book, id, "Success");
      goingDown.delete(id);
      coming.delete(id);
    }
    if (world.clock.now() >= until || world.signal.aborted || !(await world.presence())) return;
    await world.clock.sleep(1_000, world.signal);
  }
}

/**
 * A client counts as online for two minutes after it was last heard of, so for a while after its
 * machine went down as well: it must have been heard of since.
 */
function isBack(client: AssistantStatusFound | undefined, seenDownAt: number | undefined): boolean {
  if (seenDownAt === undefined) return false;
  const heard = Date.parse(client?.lastHeartbeatTime ?? "");
  // The service tells whole seconds.
  return Number.isNaN(heard) || heard + 999 >= seenDownAt;
}

function setStatus(book: LedgerBook, id: string, status: "Running" | "Success"): void {
  const row = book.get(id);
  if (row !== undefined) book.set(id, { ...row, status });
}

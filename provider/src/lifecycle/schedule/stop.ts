import { findByIds } from "../../client/fleet.js";
import { listInvocations } from "../../client/invocations.js";
import type { CallOptions, CloudApi, InvocationFound } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import { tagKeys } from "../../names.js";
import { chunk } from "../../plan/batches.js";
import { standings, statusFromService } from "../../result/status.js";
import { watch } from "../../watch/watch.js";
import type { World } from "../world.js";
import type { Owned } from "./found.js";

export type StopOrder = {
  readonly invokeId: string;
  readonly ids: readonly string[];
  /** Nothing of the invocation is to stay alive. */
  readonly whole: boolean;
};

export type StopEnd =
  | {
      readonly kind: "stopped";
      /** When the service took the stop, in milliseconds since the epoch, where it says so. */
      readonly stoppedMs: ReadonlyMap<string, number>;
      /** Invocations as they were seen last. */
      readonly seen: ReadonlyMap<string, InvocationFound>;
    }
  | { readonly kind: "still"; readonly ids: readonly string[]; readonly reason: string };

export type StopContext = Owned & {
  readonly api: CloudApi;
  readonly waitMs: number;
  readonly options: { readonly deadlineMs: number; readonly signal: AbortSignal };
  readonly world: World;
};

/** At most so many ids in one StopInvocation (API reference 2.1). */
const mostStopped = 50;
/** From so many invocations on one read by the owner's tag is less than one for each. */
const worthListing = 4;
/** What no read shows for so long is gone. A read may be behind for a while. */
export const goneAfterMs = 20_000;

/** Stops members, and waits until nothing of them is alive. */
export async function stopAndAwait(
  orders: readonly StopOrder[],
  context: StopContext,
): Promise<StopEnd> {
  const { world } = context;
  const there: StopOrder[] = [];
  for (const order of orders) {
    const left = orders.flatMap(({ ids }) => ids);
    if (!(await world.presence())) {
      return { kind: "still", ids: left, reason: "the Pulumi engine is gone" };
    }
    if (await stopMembers(order, context)) there.push(order);
  }
  return awaitStopped(there, context);
}

/**
 * One call for a whole invocation. What is not there any more has stopped.
 * @returns whether the service knows the invocation
 */
async function stopMembers(order: StopOrder, context: StopContext): Promise<boolean> {
  const { api, options } = context;
  const { invokeId } = order;
  if (order.whole) {
    const refused = await unlessGone(() => api.call("StopInvocation", { invokeId }, options));
    return refused !== noRecord;
  }
  for (const instanceId of chunk(order.ids, mostStopped)) {
    const refused = await unlessGone(() =>
      api.call("StopInvocation", { invokeId, instanceId }, options),
    );
    if (refused === noRecord) return false;
    if (refused === undefined || instanceId.length === 1) continue;
    // One machine that is gone refuses the call for the others.
    const exist = await findByIds(api, instanceId, options);
    const there = instanceId.filter((id) => exist.has(id));
    if (there.length === 0 || there.length === instanceId.length) continue;
    await unlessGone(() => api.call("StopInvocation", { invokeId, instanceId: there }, options));
  }
  return true;
}

const noRecord = "InvalidInvokeId.NotFound";
const goneCodes = new Set([noRecord, "InvalidInstanceId.NotFound"]);

/** @returns the code that says that something is gone, if it was refused for that */
async function unlessGone(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (reason) {
    const error = CloudAssistantError.from(reason);
    if (goneCodes.has(error.apiCode ?? "")) return error.apiCode;
    throw error;
  }
}

/** Waits until nothing of these members is alive. A machine that is gone counts as stopped. */
export async function awaitStopped(
  orders: readonly StopOrder[],
  context: StopContext,
): Promise<StopEnd> {
  const { api, options, world } = context;
  const stoppedMs = new Map<string, number>();
  const last = new Map<string, InvocationFound>();
  if (orders.length === 0) return { kind: "stopped", stoppedMs, seen: last };
  const began = world.clock.now();
  let open = orders;
  let looks = 0;
  const end = await watch(
    () => look(open, context),
    async (seen) => {
      looks += 1;
      for (const [invokeId, found] of seen) last.set(invokeId, found);
      noteStops(orders, seen, stoppedMs);
      const isGone = world.clock.now() - began >= goneAfterMs;
      open = stillAlive(open, seen, isGone);
      if (open.length > 0 && looks > 1) {
        const exist = await findByIds(
          api,
          open.flatMap(({ ids }) => ids),
          options,
        );
        open = narrowed(open, (id) => exist.has(id));
      }
      return open.length === 0 ? "enough" : "again";
    },
    began,
    { ...world, deadlineMs: Math.min(options.deadlineMs, began + context.waitMs) },
  );
  if (end.kind === "done") return { kind: "stopped", stoppedMs, seen: last };
  const late = world.clock.now() >= began + context.waitMs;
  return {
    kind: "still",
    ids: [...new Set(open.flatMap(({ ids }) => ids))],
    reason: late ? `it took longer than ${Math.ceil(context.waitMs / 1_000)} s` : end.reason,
  };
}

async function look(
  open: readonly StopOrder[],
  context: StopContext,
): Promise<ReadonlyMap<string, InvocationFound>> {
  const { api, options, owner, ownership } = context;
  const seen = new Map<string, InvocationFound>();
  const add = (found: readonly InvocationFound[]): void => {
    for (const one of found) seen.set(one.invokeId ?? "", one);
  };
  const callOptions: CallOptions = { ...options, patienceMs: 60_000 };
  if (ownership === "tags" && open.length >= worthListing) {
    add(await listInvocations(api, { tag: [{ key: tagKeys.owner, value: owner }] }, callOptions));
  }
  for (const { invokeId } of open) {
    if (!seen.has(invokeId)) add(await listInvocations(api, { invokeId }, callOptions));
  }
  return seen;
}

function noteStops(
  orders: readonly StopOrder[],
  seen: ReadonlyMap<string, InvocationFound>,
  stoppedMs: Map<string, number>,
): void {
  for (const { invokeId, ids } of orders) {
    const asked = new Set(ids);
    for (const one of seen.get(invokeId)?.invokeInstances?.invokeInstance ?? []) {
      const at = Date.parse(one.stopTime ?? "");
      if (Number.isNaN(at) || !asked.has(one.instanceId ?? "")) continue;
      stoppedMs.set(invokeId, Math.min(at, stoppedMs.get(invokeId) ?? at));
    }
  }
}

/**
 * @param isGone whether what no read shows is taken for gone, with nothing alive; a read may be behind
 */
function stillAlive(
  open: readonly StopOrder[],
  seen: ReadonlyMap<string, InvocationFound>,
  isGone: boolean,
): readonly StopOrder[] {
  return open.flatMap((order) => {
    const found = seen.get(order.invokeId);
    if (found === undefined) return isGone ? [] : [order];
    const instances = found.invokeInstances?.invokeInstance ?? [];
    const alive = new Set(
      instances
        .filter((one) => standings[statusFromService(one.invocationStatus)] === "living")
        .map((one) => one.instanceId ?? ""),
    );
    // Of a whole one also those count whom nobody knew of when it was told to stop.
    const ids = order.whole ? [...alive] : order.ids.filter((id) => alive.has(id));
    return ids.length === 0 ? [] : [{ ...order, ids }];
  });
}

function narrowed(
  orders: readonly StopOrder[],
  stays: (id: string) => boolean,
): readonly StopOrder[] {
  return orders.flatMap((order) => {
    const ids = order.ids.filter(stays);
    return ids.length === 0 ? [] : [{ ...order, ids }];
  });
}

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

/** Stops members, and waits until nothing of them is alive. */
export async function stopAndAwait(
  orders: readonly StopOrder[],
  context: StopContext,
): Promise<StopEnd> {
  const { world } = context;
  for (const order of orders) {
    const left = orders.flatMap(({ ids }) => ids);
    if (!(await world.presence())) {
      return { kind: "still", ids: left, reason: "the Pulumi engine is gone" };
    }
    await stopMembers(order, context);
  }
  return awaitStopped(orders, context);
}

/** One call for a whole invocation. What is not there any more has stopped. */
async function stopMembers(order: StopOrder, context: StopContext): Promise<void> {
  const { api, options } = context;
  const { invokeId } = order;
  if (order.whole) {
    await unlessGone(() => api.call("StopInvocation", { invokeId }, options));
    return;
  }
  for (const instanceId of chunk(order.ids, mostStopped)) {
    const refused = await unlessGone(() =>
      api.call("StopInvocation", { invokeId, instanceId }, options),
    );
    if (refused !== "InvalidInstanceId.NotFound" || instanceId.length === 1) continue;
    // One machine that is gone refuses the call for the others.
    const exist = await findByIds(api, instanceId, options);
    const there = instanceId.filter((id) => exist.has(id));
    if (there.length === 0 || there.length === instanceId.length) continue;
    await unlessGone(() => api.call("StopInvocation", { invokeId, instanceId: there }, options));
  }
}

const goneCodes = new Set(["InvalidInvokeId.NotFound", "InvalidInstanceId.NotFound"]);

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
  if (orders.length === 0) return { kind: "stopped", stoppedMs };
  const began = world.clock.now();
  let open = orders;
  let looks = 0;
  const end = await watch(
    () => look(open, context),
    async (seen) => {
      looks += 1;
      noteStops(orders, seen, stoppedMs);
      open = stillAlive(open, seen);
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
  if (end.kind === "done") return { kind: "stopped", stoppedMs };
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

/** A record that is gone has nothing alive. */
function stillAlive(
  open: readonly StopOrder[],
  seen: ReadonlyMap<string, InvocationFound>,
): readonly StopOrder[] {
  return open.flatMap((order) => {
    const instances = seen.get(order.invokeId)?.invokeInstances?.invokeInstance ?? [];
    const alive = new Set(
      instances
        .filter((one) => standings[statusFromService(one.invocationStatus)] === "living")
        .map((one) => one.instanceId ?? ""),
    );
    return narrowed([order], (id) => alive.has(id));
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

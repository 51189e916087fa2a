import { listInvocations } from "../../client/invocations.js";
import type { CloudApi } from "../../client/port.js";
import { describeHold } from "../../plan/hold.js";
import { watch } from "../../watch/watch.js";
import type { FoundSchedule } from "../../plan/schedule-wanted.js";
import type { World } from "../world.js";
import { foundSchedule } from "./found.js";
import type { Cut } from "./ground.js";

export type IdleContext = {
  readonly api: CloudApi;
  readonly options: { readonly deadlineMs: number; readonly signal: AbortSignal };
  readonly patienceMs: number;
  readonly holds: (holdId: string) => boolean;
  readonly world: World;
};

export type IdleEnd = {
  /** As it was seen last; undefined where no read shows it. */
  readonly seen?: FoundSchedule;
  readonly cut?: Cut;
};

/** Waits until nothing of an invocation runs, or it has been waited long enough. */
export async function awaitIdle(invokeId: string, context: IdleContext): Promise<IdleEnd> {
  const { api, options, patienceMs, world, holds } = context;
  const began = world.clock.now();
  let held: Cut | undefined;
  let last: FoundSchedule | undefined;
  const end = await watch(
    () => listInvocations(api, { invokeId }, { ...options, patienceMs: 60_000 }),
    (seen) => {
      const now = seen.map((one) => foundSchedule(one, world.hash));
      last = now[0];
      const hold = now.find((one) => one.hold !== undefined && holds(one.hold.id))?.hold;
      if (hold !== undefined) {
        const reason = `it was stopped from elsewhere (${describeHold(hold)})`;
        held = { kind: "ending", ending: { kind: "held", reason }, holdId: hold.id };
        return Promise.resolve("enough");
      }
      const idle = now.every((one) => one.running.size === 0);
      const waited = world.clock.now() - began >= patienceMs;
      return Promise.resolve(idle || waited ? "enough" : "again");
    },
    began,
    { ...world, deadlineMs: options.deadlineMs },
  );
  if (held !== undefined) return { cut: held };
  if (end.kind !== "done") return { cut: { kind: "ending", ending: end } };
  return last === undefined ? {} : { seen: last };
}

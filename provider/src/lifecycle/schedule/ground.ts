import type { CloudApi } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { Wanted } from "../../plan/schedule-wanted.js";
import type { Ending } from "../../result/verdict.js";
import { reasonOf } from "../../watch/watch.js";
import type { CallContext } from "../invocation/call.js";
import { interruptionBy } from "../invocation/call.js";
import type { World } from "../world.js";

/** What every step of an operation on a schedule stands on. */
export type Ground = CallContext & {
  readonly api: CloudApi;
  readonly wanted: Wanted;
  readonly options: { readonly deadlineMs: number; readonly signal: AbortSignal };
  /** How long an arming, or an end of what runs, is waited for. */
  readonly waitMs: number;
  /** Members that one call takes. */
  readonly maxPerCall: number;
  /** Whether a hold with this id is in force. */
  readonly holds: (holdId: string) => boolean;
  readonly world: World;
};

/** Why a step was the last one; undefined when the next may begin. */
export type Cut =
  | { readonly kind: "ending"; readonly ending: Ending; readonly holdId?: string }
  /** The service refused a call, and would refuse the next ones as well. */
  | { readonly kind: "refused"; readonly error: CloudAssistantError };

/** Whether another call that changes something may be made. Asked before each of them. */
export async function mayGoOn(ground: Ground): Promise<Cut | undefined> {
  const { world, options } = ground;
  if (world.signal.aborted) return cut(reasonOf(world.signal));
  if (world.windDown.aborted) return cut(reasonOf(world.windDown));
  if (world.clock.now() >= options.deadlineMs) {
    return cut("the deadline of opts.customTimeouts has passed");
  }
  return (await world.presence()) ? undefined : engineGone;
}

function cut(reason: string): Cut {
  return { kind: "ending", ending: { kind: "interrupted", reason } };
}

/** Nobody is there to save what another call would change. */
export const engineGone: Cut = cut("the Pulumi engine is gone");

/** Trouble that passes cuts an operation short; a refusal would come again. */
export function cutBy(reason: unknown): Cut {
  const error = CloudAssistantError.from(reason);
  const ending = interruptionBy(error);
  return ending === undefined ? { kind: "refused", error } : { kind: "ending", ending };
}

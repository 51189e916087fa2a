import type { CloudApi } from "../client/port.js";
import type { OperatorSettings } from "../client/configuration.js";
import type { Presence } from "../client/presence.js";
import type { QuotaBook } from "../client/quota-book.js";
import type { Random, WorldClock } from "../client/world.js";
import { CloudAssistantError } from "../errors.js";
import type { EventBody, EventSource } from "../events.js";
import type { Connection } from "../inputs.js";
import type { Hash } from "../plan/hash.js";

/** Everything that the lifecycle needs of the world, handed in. */
export type World = {
  /** A region of the account; the recorded region beats every configuration for what exists. */
  readonly apiFor: (region: string | undefined, connection?: Connection) => CloudApi;
  /** The same for `check`: what was read once is not read again for a while. */
  readonly apiForChecks: (connection: Connection | undefined, region?: string) => CloudApi;
  readonly clock: WorldClock;
  readonly random: Random;
  /** `n` characters of a random lower-case id. */
  readonly randomId: (length: number) => string;
  readonly hash: Hash;
  readonly presence: Presence;
  readonly operator: OperatorSettings;
  /** Prints one line for people; the name of the resource is put before it. */
  readonly print: (name: string, line: string) => void;
  /** Writes an event down, where that is asked for. Whose it is, `reporting` adds. */
  readonly emit: (event: EventBody & Partial<EventSource>) => void;
  readonly quota: QuotaBook;
  /** Raised when everything is to end now: SIGTERM. */
  readonly signal: AbortSignal;
  /** Raised when what is in flight may end, and nothing more is to be started: SIGINT. */
  readonly windDown: AbortSignal;
};

/**
 * Asked before a call that changes something: once the engine is gone nobody saves what it changes.
 * @throws CloudAssistantError `RunInterrupted`
 */
export async function mustBePresent({ presence }: Pick<World, "presence">): Promise<void> {
  if (await presence()) return;
  throw new CloudAssistantError(
    "RunInterrupted",
    "The Pulumi engine is gone, so nothing more was called. Given: an engine that no longer answers. " +
      "Allowed: one that is there to save what a call changes. Run pulumi up again.",
  );
}

/** The name that a resource has in its program: the last part of its URN. */
export function nameOf(urn: string): string {
  const at = urn.lastIndexOf("::");
  return at < 0 ? urn : urn.slice(at + 2);
}

/** Things that happen at their moment of virtual time while the provider sleeps. */
import type { Emulator } from "cloud-assistant-emulator";
import type { Action, Calls } from "../../provider/src/client/port.js";
import { sdkCalls } from "../../provider/src/client/sdk-api.js";
import type { WorldClock } from "../../provider/src/client/world.js";
import { virtualClock } from "./lifecycle.js";

export type Happening = {
  /** Milliseconds from now. */
  readonly afterMs: number;
  readonly run: () => unknown;
};

/** The emulator's clock for the provider; each happening comes once, in order, at its moment. */
export function timed(emulator: Emulator, happenings: readonly Happening[]): WorldClock {
  const inner = virtualClock(emulator);
  const began = emulator.clock.now();
  const left = happenings
    .map(({ afterMs, run }) => ({ at: began + afterMs, run }))
    .sort((a, b) => a.at - b.at);
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    const until = emulator.clock.now() + ms;
    for (let next = left[0]; next !== undefined && next.at <= until; next = left[0]) {
      left.shift();
      await inner.sleep(next.at - emulator.clock.now(), signal);
      await next.run();
    }
    await inner.sleep(Math.max(0, until - emulator.clock.now()), signal);
  };
  return { now: () => inner.now(), sleep };
}

/** Somebody else with the same credentials. */
export async function otherClient<A extends Action>(
  emulator: Emulator,
  action: A,
  request: Calls[A]["request"],
): Promise<Calls[A]["response"]> {
  const { accessKeyId, accessKeySecret } = emulator;
  const client = sdkCalls({
    region: emulator.regionId,
    endpoint: { host: `127.0.0.1:${emulator.port}`, protocol: "http" },
    credentials: { kind: "keys", from: "the test", accessKeyId, accessKeySecret },
    assumeRole: undefined,
    userAgent: "somebody-else",
  });
  return client.raw(action, request);
}

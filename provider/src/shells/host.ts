import { setMaxListeners } from "node:events";
import { createApis } from "../client/apis.js";
import { resolveSettings, type ConfigReader, type Settings } from "../client/configuration.js";
import { nodeHash } from "../client/node-hash.js";
import { createQuotaBook } from "../client/quota-book.js";
import type { Presence } from "../client/presence.js";
import { randomId } from "../client/random-id.js";
import type { RawCall } from "../client/retrying-api.js";
import { realClock, type WorldClock } from "../client/world.js";
import type { Connection } from "../inputs.js";
import { openRecords } from "../lifecycle/records.js";
import type { World } from "../lifecycle/world.js";
import { secretValues } from "../result/redact.js";

/** The plugin process as its resources see it: one world for all of them. */
export interface Host {
  /** Hands over the stack's configuration. Every method waits for it. */
  configure(config: ConfigReader): void;
  /** Learns the secret values of a resource, so that they are kept out of what is written down. */
  learnSecrets(inputs: Readonly<Record<string, unknown>>): void;
  world(): Promise<World>;
  /** A create, update or delete: while one is under way, SIGINT means "start nothing more". */
  operation<T>(work: (world: World) => Promise<T>): Promise<T>;
}

export type Signals = {
  /** End now. */
  readonly abort: (reason: string) => void;
  /** Let what is in flight end, and start nothing more. */
  readonly windDown: (reason: string) => void;
  readonly busy: () => boolean;
};

export type HostDeps = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly presence: Presence;
  readonly clock?: WorldClock;
  /** Stands around every single try of a call; tests end a process there. */
  readonly around?: (raw: RawCall) => RawCall;
  readonly writeLine: (line: string) => void;
  /** Tells what the process is told; `busy` says whether it has work under way. */
  readonly onSignal: (signals: Signals) => void;
  readonly version: string;
};

export function createHost(deps: HostDeps): Host {
  const clock = deps.clock ?? realClock;
  const interruption = new AbortController();
  const windingDown = new AbortController();
  // Every resource of an `up` waits with them; past ten listeners node would warn of a leak.
  setMaxListeners(0, interruption.signal, windingDown.signal);
  const quota = createQuotaBook();
  let underWay = 0;
  let hand: (config: ConfigReader) => void = () => undefined;
  // The protocol calls other methods before `configure` has ended, so they wait for its promise.
  const configured = new Promise<ConfigReader>((resolve) => {
    hand = resolve;
  });
  const records = openRecords({
    env: deps.env,
    clock,
    processId: process.pid,
    complain: deps.writeLine,
  });
  const apis = createApis({
    clock,
    random: Math.random,
    version: deps.version,
    redact: (text) => records.secrets.redact(text),
    debug: records.debug,
    around: deps.around,
  });
  deps.onSignal({
    abort: (reason) => {
      interruption.abort(reason);
    },
    windDown: (reason) => {
      windingDown.abort(reason);
    },
    busy: () => underWay > 0,
  });

  // The same for every call: it is asked for twice for each resource that has nothing to do.
  let made: Promise<World> | undefined;
  const world = (): Promise<World> => (made ??= makeWorld());
  const makeWorld = async (): Promise<World> => {
    const config = await configured;
    const settings = (connection?: Connection): Settings =>
      resolveSettings(deps.env, config, connection);
    return {
      apiFor: (region, connection) => apis.for(settings(connection), region),
      apiForChecks: (connection, region) => apis.forChecks(settings(connection), region),
      clock,
      random: Math.random,
      randomId,
      hash: nodeHash,
      presence: deps.presence,
      operator: settings().operator,
      print: (name, line) => {
        deps.writeLine(`${name}: ${records.secrets.redact(line)}`);
      },
      emit: records.emit,
      quota,
      signal: interruption.signal,
      windDown: windingDown.signal,
    };
  };

  return {
    configure: (config) => {
      hand(config);
    },
    learnSecrets: ({ secretInputs, ...inputs }) => {
      if (!Array.isArray(secretInputs)) return;
      const paths = secretInputs.filter((path) => typeof path === "string");
      records.secrets.add(secretValues(inputs, paths));
    },
    world,
    async operation(work) {
      underWay += 1;
      try {
        return await work(await world());
      } finally {
        underWay -= 1;
      }
    },
  };
}

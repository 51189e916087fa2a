import { createHash, randomBytes, scrypt } from "node:crypto";
import { cachedForChecks } from "../client/cached-api.js";
import { resolveSettings, type ConfigReader, type Settings } from "../client/configuration.js";
import { createLimiter, type Limiter } from "../client/limiter.js";
import type { CloudApi } from "../client/port.js";
import { createQuotaBook } from "../client/quota-book.js";
import type { Presence } from "../client/presence.js";
import { retryingApi, type RawCall } from "../client/retrying-api.js";
import { sdkCalls } from "../client/sdk-api.js";
import { realClock, type WorldClock } from "../client/world.js";
import { CloudAssistantError } from "../errors.js";
import type { Connection } from "../inputs.js";
import type { World } from "../lifecycle/world.js";
import type { Hash } from "../plan/hash.js";

/** The plugin process as its resources see it: one world for all of them. */
export interface Host {
  /** Hands over the stack's configuration. Every method waits for it. */
  configure(config: ConfigReader): void;
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
  const quota = createQuotaBook();
  let underWay = 0;
  let hand: (config: ConfigReader) => void = () => undefined;
  // The protocol calls other methods before `configure` has ended, so they wait for its promise.
  const configured = new Promise<ConfigReader>((resolve) => {
    hand = resolve;
  });
  const apis = createApis(deps, clock);
  deps.onSignal({
    abort: (reason) => {
      interruption.abort(reason);
    },
    windDown: (reason) => {
      windingDown.abort(reason);
    },
    busy: () => underWay > 0,
  });

  const world = async (): Promise<World> => {
    const config = await configured;
    const settings = (connection?: Connection): Settings =>
      resolveSettings(deps.env, config, connection);
    return {
      apiFor: (region, connection) => apis.for(settings(connection), region),
      apiForChecks: (connection) => apis.forChecks(settings(connection), undefined),
      clock,
      random: Math.random,
      randomId,
      hash: nodeHash,
      presence: deps.presence,
      operator: settings().operator,
      print: (name, line) => {
        deps.writeLine(`${name}: ${line}`);
      },
      quota,
      signal: interruption.signal,
      windDown: windingDown.signal,
    };
  };

  return {
    configure: (config) => {
      hand(config);
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

type Apis = {
  for(settings: Settings, region: string | undefined): CloudApi;
  forChecks(settings: Settings, region: string | undefined): CloudApi;
};

/** One client, one limiter and one memory of reads for each region and identity. */
function createApis(deps: HostDeps, clock: WorldClock): Apis {
  const made = new Map<string, { readonly api: CloudApi; readonly checks: CloudApi }>();
  const limiters = new Map<string, Limiter>();
  const get = (
    settings: Settings,
    recorded: string | undefined,
  ): { readonly api: CloudApi; readonly checks: CloudApi } => {
    const region = recorded ?? settings.region;
    if (region === undefined) throw noRegion();
    const key = JSON.stringify([
      region,
      settings.endpoint,
      settings.credentials,
      settings.assumeRole,
    ]);
    const known = made.get(key);
    if (known !== undefined) return known;
    const limiter = limiters.get(region) ?? createLimiter(clock);
    limiters.set(region, limiter);
    const sdk = sdkCalls({
      region,
      endpoint: settings.endpoint,
      credentials: settings.credentials,
      assumeRole: settings.assumeRole,
      userAgent: `pulumi-cloud-assistant/${deps.version}`,
    });
    const api = retryingApi(deps.around?.(sdk.raw) ?? sdk.raw, {
      region,
      localEmulator: settings.endpoint?.protocol === "http",
      clock,
      random: Math.random,
      limiter,
      renewCredentials: sdk.renew,
    });
    const entry = { api, checks: cachedForChecks(api, clock) };
    made.set(key, entry);
    return entry;
  };
  return {
    for: (settings, region) => get(settings, region).api,
    forChecks: (settings, region) => get(settings, region).checks,
  };
}

function noRegion(): CloudAssistantError {
  return new CloudAssistantError(
    "InvalidConfiguration",
    "No region is set. Given: none. Allowed: a region id such as cn-hangzhou. Write `pulumi config " +
      "set alicloud:region cn-hangzhou`, or set ALIBABA_CLOUD_REGION_ID.",
  );
}

export const nodeHash: Hash = {
  sha256: (text) => createHash("sha256").update(text, "utf8").digest("hex"),
  scrypt: (secret, salt) =>
    new Promise((resolve, reject) => {
      scrypt(secret, salt, 32, (error, key) => {
        if (error === null) resolve(key.toString("hex"));
        else reject(error);
      });
    }),
};

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Letters and digits; the slight unevenness of the remainder does not matter for an id. */
export function randomId(length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

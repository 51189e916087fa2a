import { CloudAssistantError } from "../errors.js";
import { cachedForChecks } from "./cached-api.js";
import type { Settings } from "./configuration.js";
import type { DebugLog } from "./debug-log.js";
import { createLimiter, type Limiter } from "./limiter.js";
import type { CloudApi } from "./port.js";
import { retryingApi, type RawCall } from "./retrying-api.js";
import { sdkCalls } from "./sdk-api.js";
import type { Random, WorldClock } from "./world.js";

/** The clients of a process: one for each region and identity, made when first asked for. */
export type Apis = {
  /**
   * @param region the recorded one, which beats the configured one
   * @throws CloudAssistantError `InvalidConfiguration` when neither is known
   */
  for(settings: Settings, region: string | undefined): CloudApi;
  /** The same, with a memory of what was read. */
  forChecks(settings: Settings, region: string | undefined): CloudApi;
};

export type ApisDeps = {
  readonly clock: WorldClock;
  readonly random: Random;
  /** Of this package, as the service is told it. */
  readonly version: string;
  /** Takes known secrets out of what the service says. */
  readonly redact: (text: string) => string;
  readonly debug: DebugLog | undefined;
  /** Stands around every single try of a call; tests end a process there. */
  readonly around?: ((raw: RawCall) => RawCall) | undefined;
};

/** One client, one limiter and one memory of reads for each region and identity. */
export function createApis(deps: ApisDeps): Apis {
  const made = new Map<string, { readonly api: CloudApi; readonly checks: CloudApi }>();
  const limiters = new Map<string, Limiter>();
  const get = (
    settings: Settings,
    recorded: string | undefined,
  ): { readonly api: CloudApi; readonly checks: CloudApi } => {
    const region = recorded ?? settings.region;
    if (region === undefined) throw noRegion();
    const { endpoint, credentials, assumeRole } = settings;
    const key = JSON.stringify([region, endpoint, credentials, assumeRole]);
    const known = made.get(key);
    if (known !== undefined) return known;
    const limiter = limiters.get(region) ?? createLimiter(deps.clock);
    limiters.set(region, limiter);
    const sdk = sdkCalls({
      region,
      endpoint,
      credentials,
      assumeRole,
      userAgent: `pulumi-cloud-assistant/${deps.version}`,
      redact: deps.redact,
    });
    const api = retryingApi(deps.around?.(sdk.raw) ?? sdk.raw, {
      region,
      localEmulator: endpoint?.protocol === "http",
      clock: deps.clock,
      random: deps.random,
      limiter,
      renewCredentials: sdk.renew,
      redact: deps.redact,
      ...(deps.debug === undefined ? {} : { debug: deps.debug }),
    });
    const entry = { api, checks: cachedForChecks(api, deps.clock) };
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

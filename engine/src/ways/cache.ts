import type { WayResult } from "../engine.js";
import { cachedEngine } from "../engine-cache.js";
import { engineKeys, installerKey } from "../engine-key.js";
import type { EngineSettings } from "../settings.js";

/** An engine that this clone or another one got earlier. */
export async function fromCache(settings: EngineSettings): Promise<WayResult> {
  for (const key of [installerKey(), engineKeys(settings).engine]) {
    const engine = await cachedEngine(settings.cache, key, "cache");
    if (engine !== undefined) return { engine };
  }
  return { reason: "nothing in the cache" };
}

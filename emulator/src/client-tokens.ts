import { createHash } from "node:crypto";
import type { Done } from "./actions/parts/call.js";
import type { Limits } from "./limits.js";
import type { ApiRequest } from "./service-api.js";
import type { Change } from "./state/change.js";
import type { Realm } from "./state/realm.js";
import { refuse, type Refused } from "./validations/rules/refusal.js";

/**
 * ClientToken: the same token with the same parameters is answered as the first time, and nothing is
 * done. Undefined for a request without a token, or with one that validation will refuse.
 */
export function clientTokens(
  realm: Realm,
  request: Pick<ApiRequest, "action" | "params">,
  nowMs: number,
  limits: Pick<Limits, "clientTokenMs" | "clientTokenProcessingMs">,
):
  | {
      /** The answer that was given, or why it is not given again. */
      readonly earlier: () => Done["body"] | Refused | undefined;
      readonly remember: (body: Done["body"]) => readonly Change[];
    }
  | undefined {
  const { ClientToken: token } = request.params;
  if (token === undefined || token === "") return undefined;
  const key = `${request.action} ${token}`;
  const hash = hashOf(request.params);
  return {
    earlier: () => {
      const found = realm.tokens.get(key);
      if (found === undefined || found.at <= nowMs - limits.clientTokenMs) return undefined;
      if (found.hash !== hash) return refuse("IdempotentParameterMismatch");
      const processing = nowMs < found.at + limits.clientTokenProcessingMs;
      return processing ? refuse("IdempotentProcessing") : found.body;
    },
    remember: (body) => [{ put: "token", value: { key, hash, at: nowMs, body } }],
  };
}

function hashOf(params: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(params).sort()) {
    if (name === "ClientToken") continue;
    // Lengths keep one name or value from running into the next.
    hash.update(`${String(name.length)}:${name}${String(params[name]?.length ?? 0)}:`);
    hash.update(params[name] ?? "");
  }
  return hash.digest("base64url");
}

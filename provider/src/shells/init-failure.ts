import type { Properties } from "./dynamic-types.js";

/** What Pulumi understands as "made, but failed to initialise": the state is saved all the same. */
type InitFailure = Error & {
  id: string;
  properties: Record<string, unknown>;
  reasons: readonly string[];
};

/**
 * The provider text must be among the properties, or no later call would find any code
 * (docs/discoveries/engine.md).
 */
export function initFailure(
  id: string,
  outs: Record<string, unknown>,
  failure: { readonly message: string; readonly reasons: readonly string[] },
  given: Properties,
): InitFailure {
  const error = new Error(failure.message);
  error.stack = failure.message;
  return Object.assign(error, {
    id,
    properties: { ...outs, __provider: given.__provider },
    reasons: [...failure.reasons],
  });
}

import { CloudAssistantError } from "../errors.js";
import { schemaVersion } from "../names.js";
import { secretSignature, signatureKey } from "../secret-mark.js";
import { unknown } from "../unknown.js";

/**
 * What Pulumi writes for a value that is not known yet, at any depth and whatever its type.
 * Source: sdk/nodejs/runtime/rpc.ts, `unknownValue`.
 */
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** From Pulumi's terms to ours: what is not known becomes a symbol, and a secret is what it hides. */
export function fromPulumi(value: unknown): unknown {
  if (value === unknownText) return unknown;
  if (Array.isArray(value)) return value.map(fromPulumi);
  if (typeof value === "object" && value !== null) {
    const { [signatureKey]: signature, value: hidden } = value as Record<string, unknown>;
    if (signature === secretSignature) return fromPulumi(hidden);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromPulumi(item)]));
  }
  return value;
}

/**
 * From our terms to Pulumi's. What JSON cannot hold would come out as an error after something was
 * made, so absent values are left out and everything else is plain.
 */
export function toPulumi(value: unknown): unknown {
  if (value === unknown) return unknownText;
  if (Array.isArray(value)) return value.map((item) => toPulumi(item ?? null));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, toPulumi(item)]),
    );
  }
  return value;
}

/** Marks a value as secret on its way to the engine. */
export function asSecret(value: unknown): unknown {
  return { [signatureKey]: secretSignature, value };
}

/**
 * A state of a later version may mean something else by the same words; it is not guessed at.
 * @throws CloudAssistantError `StateUnreadable`
 */
export function mustBeReadable(props: Readonly<Record<string, unknown>>): void {
  const found = props.schemaVersion;
  if (typeof found !== "number" || found <= schemaVersion) return;
  throw new CloudAssistantError(
    "StateUnreadable",
    `The saved state was written by a newer version of pulumi-cloud-assistant. Given: schema ` +
      `${found}. Allowed: up to ${schemaVersion}. Upgrade the package; nothing was called.`,
  );
}

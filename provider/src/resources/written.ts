import * as pulumi from "@pulumi/pulumi";

/** Inputs whose keys are the program's own. */
const mapKeys = new Set(["tags", "parameters"]);

/**
 * The arguments with absent values in maps made visible. The SDK drops a key whose value is
 * undefined: `tags: { env: "prod", role: undefined }` would select every machine of `env`. As null
 * it reaches the check, which refuses it by name.
 */
export function written<T extends object>(args: T): T {
  return withVisible(args) as T;
}

function withVisible(value: unknown): unknown {
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      mapKeys.has(key) ? visibleMap(item) : withVisible(item),
    ]),
  );
}

function visibleMap(value: unknown): unknown {
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item ?? null]));
}

/** A literal of the program: no Output, no promise, no resource. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

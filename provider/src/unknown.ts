/**
 * A value that is not known yet. In a preview any value at any depth may still have to be computed;
 * the shells put this symbol in its place, so that the core can tell it from text.
 */
export const unknown: unique symbol = Symbol("not known yet");

/** Whether the value itself is not known yet. */
export function isUnknown(value: unknown): value is typeof unknown {
  return value === unknown;
}

/** Whether the value, or anything inside it, is not known yet. */
export function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsUnknown);
}

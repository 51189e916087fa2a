import { childPath, indexPath, isWithin } from "../paths.js";
import { isUnknown } from "../unknown.js";

/** Characters of a given value that a message shows. */
export const shownLength = 80;

// JSON escapes what is below a blank. These too repaint a terminal, turn the line or cannot be seen.

const invisible = /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;

/**
 * A given value as a message shows it: quoted, control characters escaped, cut, and nothing of what
 * lies at or below a secret path.
 */
export function show(value: unknown, path: string, secretPaths: readonly string[]): string {
  return cut(render(value, path, secretPaths));
}

/** A text in quotes, control characters escaped, cut to what fits into a line. */
export function quote(text: string): string {
  return cut(escaped(text));
}

/** Whether a value at `path` may be shown. */
export function isSecret(path: string, secretPaths: readonly string[]): boolean {
  return secretPaths.some(
    (secret) => isWithin(path, secret) || isWithin(unquoted(path), unquoted(secret)),
  );
}

// A path may have been written down without quotes around an odd key; rather mask too much.
function unquoted(path: string): string {
  return path.replace(/\["((?:[^"\\]|\\.)*)"\]/g, (quoted) => `.${keyIn(quoted)}`);
}

function keyIn(quoted: string): string {
  try {
    return String(JSON.parse(quoted.slice(1, -1)));
  } catch {
    return quoted;
  }
}

function render(value: unknown, path: string, secretPaths: readonly string[]): string {
  if (value === undefined || value === null) return "nothing";
  if (isSecret(path, secretPaths)) return "[secret]";
  if (isUnknown(value)) return "(not known yet)";
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) {
    const items = value.map((item, i) => render(item, indexPath(path, i), secretPaths));
    return `[${items.join(", ")}]`;
  }
  if (typeof value !== "object") return `a ${typeof value}`;
  const pairs = Object.entries(value).map(
    ([key, item]) => `${escaped(key)}: ${render(item, childPath(path, key), secretPaths)}`,
  );
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

function escaped(text: string): string {
  return JSON.stringify(text).replace(
    invisible,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function cut(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= shownLength) return text;
  const left = characters.length - shownLength;
  return `${characters.slice(0, shownLength).join("")}… (${left} more characters)`;
}

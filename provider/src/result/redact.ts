/** Values shorter than this are not redacted: they would tear ids and numbers apart. */
export const shortestRedacted = 6;

const mask = "[secret]";

/** Stands at the end of a text that was shortened. */
export const cutMark = "…";

/**
 * A function that takes known secret values out of text. A value of several lines is also taken
 * out line by line, since a tail or a log may hold only some of its lines.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const pieces = redactedPieces(secrets);
  const redact = without(pieces);
  return (text) => withoutCutPiece(redact(text), pieces);
}

/** What the service says is kept shortened: a cut through a secret leaves a recognisable part of it. */
function withoutCutPiece(text: string, pieces: readonly string[]): string {
  if (!text.endsWith(cutMark)) return text;
  const rest = text.slice(0, -cutMark.length);
  const longest = Math.max(0, ...pieces.map((piece) => overlap(rest, piece)));
  return longest < shortestRedacted ? text : `${rest.slice(0, -longest)}${mask}${cutMark}`;
}

/** How much of the beginning of `piece` stands at the end of `text`. */
function overlap(text: string, piece: string): number {
  for (let length = Math.min(text.length, piece.length); length > 0; length -= 1) {
    if (text.endsWith(piece.slice(0, length))) return length;
  }
  return 0;
}

/** The same for bytes that are held as text of one character a byte; `encode` makes such text. */
export function byteRedactor(
  secrets: readonly string[],
  encode: (text: string) => string,
): (bytes: string) => string {
  return without(redactedPieces(secrets).map(encode));
}

function without(pieces: readonly string[]): (text: string) => string {
  if (pieces.length === 0) return (text) => text;
  return (text) => pieces.reduce((rest, piece) => rest.split(piece).join(mask), text);
}

/** Longest first, so that a value is not cut up by one that is part of it. */
function redactedPieces(secrets: readonly string[]): readonly string[] {
  const pieces = new Set<string>();
  for (const secret of secrets) {
    if (secret.length >= shortestRedacted) pieces.add(secret);
    for (const line of secret.split(/\r?\n/)) {
      const trimmed = line.trim();
      if (trimmed.length >= shortestRedacted) pieces.add(trimmed);
    }
  }
  return [...pieces].sort((a, b) => b.length - a.length);
}

/** Every string at, or below, the secret paths of a value. */
export function secretValues(
  inputs: Readonly<Record<string, unknown>>,
  secretPaths: readonly string[],
): readonly string[] {
  return secretPaths.flatMap((path) => stringsIn(valueAt(inputs, path)));
}

function valueAt(root: unknown, path: string): unknown {
  // `tags["cost centre"].x[0]`: quoted keys as JSON, others as they stand.
  const steps = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map((match) =>
    match[1] === undefined ? (match[2] ?? "") : (JSON.parse(`"${match[1]}"`) as string),
  );
  return steps.reduce<unknown>(
    (node, step) =>
      typeof node === "object" && node !== null
        ? (node as Record<string, unknown>)[step]
        : undefined,
    root,
  );
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(stringsIn);
  return [];
}

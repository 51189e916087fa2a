import type { Line } from "./lines.js";

const loop = /\bwhile\s+(?:IFS=(\S*)\s+)?read\s+(?:-\w+\s+)*([A-Za-z_][\w ]*?)\s*(?:;|$)/;
const reach = 40;

/**
 * For a loop that reads a here-document: its variables with the words of the first line that it
 * reads. The document stands behind the loop.
 */
export function readInputs(
  lines: readonly Line[],
  line: Line,
): readonly (readonly [string, string])[] {
  const found = loop.exec(line.text);
  if (found === null) return [];
  const from = lines.indexOf(line);
  for (let i = from; i < Math.min(lines.length, from + reach); i++) {
    if (!/\bdone\b.*<<-?\s*["']?\w+/.test(lines[i]?.text ?? "")) continue;
    const separator = (found[1] ?? "").replace(/["']/g, "") || /\s+/;
    const words = (lines[i + 1]?.text ?? "").trim().split(separator);
    return (found[2] ?? "").split(/\s+/).map((name, n) => [name, words[n] ?? ""] as const);
  }
  return [];
}

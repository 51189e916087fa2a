import { childPath } from "../paths.js";

/**
 * What to write instead of a name that is not known: where the name belongs, when people are known
 * to write it here; else the nearest name of this place, if one is near.
 */
export function rightName(
  name: string,
  parent: string,
  names: readonly string[],
  aliases: Readonly<Record<string, string>>,
): string | undefined {
  const alias = Object.entries(aliases).find(([from]) => from.toLowerCase() === name.toLowerCase());
  if (alias !== undefined) {
    const target = alias[1];
    return target.includes(" ") ? target : `write ${target}`;
  }
  const nearest = nearestName(name, names);
  return nearest === undefined ? undefined : `write ${childPath(parent, nearest)}`;
}

function nearestName(name: string, names: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (best === undefined || distance < best.distance) best = { name: candidate, distance };
  }
  // A third of the letters may differ; more is another word.
  const allowed = Math.max(1, Math.floor(name.length / 3));
  return best !== undefined && best.distance <= allowed ? best.name : undefined;
}

/** Letters to add, take away or change. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

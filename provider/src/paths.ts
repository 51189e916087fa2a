/**
 * Property paths as people read them and as `secretInputs` holds them:
 * `targets.instanceIds[1]`, `tags["cost centre"]`.
 */

const plainKey = /^[A-Za-z_$][A-Za-z0-9_$-]*$/;

/** The path of a key below `parent`. `parent` is empty at the top. */
export function childPath(parent: string, key: string): string {
  if (!plainKey.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === "" ? key : `${parent}.${key}`;
}

/** The path of an entry of the list at `parent`; the first is 0. */
export function indexPath(parent: string, index: number): string {
  return `${parent}[${String(index)}]`;
}

/** The top-level input that a path belongs to. */
export function topOf(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

/** Whether `path` is `ancestor` or lies below it. */
export function isWithin(path: string, ancestor: string): boolean {
  if (!path.startsWith(ancestor)) return false;
  const next = path.charAt(ancestor.length);
  return next === "" || next === "." || next === "[";
}

import { readlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * A path as whoever has `root` for a root finds it, links followed. The kernel would follow those
 * that begin with a slash from the root of whoever asks.
 */
export function pathUnder(root: string, path: string): string {
  const left = path.split("/");
  const walked: string[] = [];
  for (let links = 0; left.length > 0;) {
    const name = left.shift() ?? "";
    if (name === "" || name === ".") continue;
    if (name === "..") {
      walked.pop();
      continue;
    }
    const target = linkAt(join(root, ...walked, name));
    if (target === undefined) {
      walked.push(name);
      continue;
    }
    links += 1;
    // As many as the kernel follows: what is left then leads nowhere.
    if (links > MOST_LINKS) return join(root, ...walked, name, "too-many-links");
    if (target.startsWith("/")) walked.length = 0;
    left.unshift(...target.split("/"));
  }
  return join(root, ...walked);
}

const MOST_LINKS = 40;

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

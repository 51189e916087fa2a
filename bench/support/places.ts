import path from "node:path";

/** The repository's root: this file is built to bench/dist/support. */
export const repository = path.resolve(__dirname, "..", "..", "..");

/** A program of this folder, as it is built. */
export function built(name: string): string {
  return path.join(repository, "bench", "dist", `${name}.js`);
}

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cacheFolder } from "cloud-assistant-engine";

/** A package that is there, or why it is not. */
export type Tool = { readonly folder: string } | { readonly missing: string };

/**
 * A package from npm, outside the lock file, in the user's cache. Installed once for each version.
 * Its install scripts are not run.
 */
export async function npmTool(name: string, version: string): Promise<Tool> {
  const place = path.join(cacheFolder(process.env), "tools", `${name}-${version}`);
  const folder = path.join(place, "node_modules", name);
  const done = path.join(place, "complete");
  if (existsSync(done)) return { folder };
  mkdirSync(place, { recursive: true });
  // Without a package.json of its own, npm would install into a project further up.
  writeFileSync(path.join(place, "package.json"), '{ "private": true }\n');
  const failure = await npm(
    ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${name}@${version}`],
    place,
  );
  if (failure !== undefined)
    return { missing: `${name} ${version} cannot be installed (${failure})` };
  writeFileSync(done, "");
  return { folder };
}

/** Why npm failed; undefined where it did not. */
function npm(args: readonly string[], cwd: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { cwd, shell: process.platform === "win32" };
    execFile("npm", [...args], options, (error, _stdout, stderr) => {
      const lines = stderr.split("\n").filter((line) => /^npm (error|ERR!)/.test(line));
      resolve(error === null ? undefined : (lines[0] ?? error.message));
    });
  });
}

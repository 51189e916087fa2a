import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { ENGINE_FILES, type Engine, type EngineWay, type Failure } from "./engine.js";

/** Written last into a finished engine. */
const ABOUT = "engine.json";

/** The engine of this name in the cache, if it is whole. */
export async function cachedEngine(
  cache: string,
  key: string,
  from: EngineWay,
): Promise<Engine | undefined> {
  const folder = path.join(cache, "engine", key);
  const root = path.join(folder, "bin");
  if (!ENGINE_FILES.every((name) => existsSync(path.join(root, name)))) return undefined;
  const version = await readVersion(path.join(folder, ABOUT));
  if (version === undefined) return undefined;
  return { root, pulumi: path.join(root, "pulumi"), version, from };
}

/**
 * Makes something in a folder of its own and moves it to its place in the cache when it is whole. What a killed process
 * left half made lies under another name and is removed by the next one. A failure is handed on, and nothing published.
 */
export async function publish(
  cache: string,
  place: string,
  make: (folder: string) => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  await mkdir(cache, { recursive: true });
  const folder = path.join(cache, `tmp-${process.pid}-${randomBytes(4).toString("hex")}`);
  const target = path.join(cache, place);
  try {
    await mkdir(folder);
    const failure = await make(folder);
    if (failure !== undefined) return failure;
    await mkdir(path.dirname(target), { recursive: true });
    // Whatever stands there was found wanting.
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Says which version a folder holds; the last thing to be written before it is published. */
export async function writeAbout(folder: string, version: string): Promise<void> {
  await writeFile(path.join(folder, ABOUT), `${JSON.stringify({ version })}\n`);
}

/** Removes what processes that are no more left half made. To be called under the lock. */
export async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = /^tmp-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(path.join(cache, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function readVersion(file: string): Promise<string | undefined> {
  try {
    const about = JSON.parse(await readFile(file, "utf8")) as { readonly version?: unknown };
    return typeof about.version === "string" ? about.version : undefined;
  } catch {
    return undefined;
  }
}

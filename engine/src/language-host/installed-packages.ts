import { readFileSync } from "node:fs";
import path from "node:path";

/** A package that a program has installed. */
export type InstalledPackage = {
  readonly name: string;
  readonly version: string;
  /** The plugin that it stands for, if its package.json says it is a Pulumi provider's SDK. */
  readonly plugin?: { readonly name: string; readonly version: string; readonly server?: string };
};

type Manifest = {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly dependencies?: unknown;
  readonly optionalDependencies?: unknown;
  readonly devDependencies?: unknown;
  readonly pulumi?: unknown;
};

/**
 * The packages that the program in `folder` depends on, by following `dependencies` from its package.json through
 * node_modules as node resolves them. What is not installed is left out.
 */
export function installedPackages(
  folder: string,
  transitive: boolean,
): readonly InstalledPackage[] {
  const start = findUp(folder, "package.json");
  const manifest = start === undefined ? undefined : readManifest(start);
  if (start === undefined || manifest === undefined) return [];
  const seen = new Map<string, InstalledPackage>();
  const queue = names(manifest, true).map((name) => ({ name, from: path.dirname(start) }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const file = findUp(next.from, path.join("node_modules", next.name, "package.json"));
    if (file === undefined || seen.has(file)) continue;
    const found = readManifest(file);
    if (found === undefined) continue;
    seen.set(file, describe(next.name, found));
    if (!transitive) continue;
    const from = path.dirname(file);
    queue.push(...names(found, false).map((name) => ({ name, from })));
  }
  return [...seen.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function describe(name: string, manifest: Manifest): InstalledPackage {
  const version = typeof manifest.version === "string" ? manifest.version : "";
  const about = record(manifest.pulumi);
  if (about.resource !== true) return { name, version };
  const text = (value: unknown): string | undefined =>
    typeof value === "string" && value !== "" ? value : undefined;
  const server = text(about.server);
  const plugin = {
    name: text(about.name) ?? name.replace(/^@[^/]*\//, ""),
    version: text(about.version) ?? version,
    ...(server !== undefined && { server }),
  };
  return { name, version, plugin };
}

function names(manifest: Manifest, root: boolean): readonly string[] {
  return [
    ...Object.keys(record(manifest.dependencies)),
    ...Object.keys(record(manifest.optionalDependencies)),
    ...(root ? Object.keys(record(manifest.devDependencies)) : []),
  ];
}

function findUp(folder: string, relative: string): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const file = path.join(at, relative);
    if (readManifest(file) !== undefined) return file;
    if (at === path.dirname(at)) return undefined;
  }
}

function readManifest(file: string): Manifest | undefined {
  try {
    return record(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

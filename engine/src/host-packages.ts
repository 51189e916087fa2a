import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** A package that our language host needs beside it, and where it goes. */
export type HostPackage = {
  readonly name: string;
  readonly version: string;
  /** Where it is installed now. */
  readonly source: string;
  /** Where it goes, relative to the host's folder. */
  readonly target: string;
  /** The parts that are needed; everything if not said. */
  readonly only?: readonly string[];
};

type Manifest = {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
};

/**
 * The packages that the language host loads, with all that they depend on. An engine in the user's cache outlives the
 * clone that made it, and is started in folders that have no node_modules: so it carries its own.
 */
export function hostPackages(): readonly HostPackage[] {
  const placed = new Map<string, HostPackage>();
  for (const name of ["@grpc/grpc-js", "google-protobuf"]) place(name, __dirname, "", placed);
  // Of the SDK only the stubs are loaded; the program's own SDK runs the program.
  const stubs = { only: ["package.json", "proto"] };
  const { source, version } = locate("@pulumi/pulumi", __dirname);
  const sdk = { name: "@pulumi/pulumi", version, source, target: under("", "@pulumi/pulumi") };
  return [...placed.values(), { ...sdk, ...stubs }];
}

function place(name: string, from: string, parent: string, placed: Map<string, HostPackage>): void {
  const { source, version, dependencies } = locate(name, from);
  const top = placed.get(under("", name));
  if (top?.source === source) return;
  const target = under(top === undefined ? "" : parent, name);
  if (placed.get(target)?.source === source) return;
  placed.set(target, { name, version, source, target });
  for (const next of dependencies) place(next, source, target, placed);
}

/** A package's folder as node finds it: in the nearest node_modules above, whatever its `exports` say. */
function locate(
  name: string,
  from: string,
): { readonly source: string; readonly version: string; readonly dependencies: readonly string[] } {
  for (let at = from; ; at = path.dirname(at)) {
    const source = path.join(at, "node_modules", name);
    const file = path.join(source, "package.json");
    if (existsSync(file)) {
      const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
      const dependencies = Object.keys(manifest.dependencies ?? {}).filter(isCode);
      return { source, version: manifest.version, dependencies };
    }
    if (at === path.dirname(at)) throw new Error(`${name} is not installed: run npm ci`);
  }
}

/** Packages of types alone are listed as dependencies too. */
function isCode(name: string): boolean {
  return !name.startsWith("@types/");
}

function under(parent: string, name: string): string {
  return path.join(parent, "node_modules", name);
}

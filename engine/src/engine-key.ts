import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { hostFiles } from "./host-files.js";
import { hostPackages } from "./host-packages.js";
import { GO_BUILD_FLAGS, PULUMI_GO_PACKAGE, PULUMI_VERSION } from "./pinned.js";
import type { EngineSettings } from "./settings.js";

/** What a build is made from, as names: equal inputs in another clone give equal names. */
export type EngineKeys = {
  /** Of the CLI alone, so that a change of the host does not build the CLI again. */
  readonly cli: string;
  /** Of the CLI with our host and scripts beside it. */
  readonly engine: string;
};

/** Names for the CLI and the engine that this clone would build. */
export function engineKeys(settings: EngineSettings): EngineKeys {
  const { goFolder, hostFolder, launchersFolder } = settings;
  const cli = digest([
    process.platform,
    process.arch,
    PULUMI_GO_PACKAGE,
    ...GO_BUILD_FLAGS,
    readFileSync(path.join(goFolder, "go.mod"), "utf8"),
    readFileSync(path.join(goFolder, "go.sum"), "utf8"),
  ]);
  const launchers = readdirSync(launchersFolder).sort();
  const engine = digest([
    cli,
    ...hostFiles(hostFolder).flatMap(({ name, text }) => [name, text]),
    ...launchers.flatMap((name) => [name, readFileSync(path.join(launchersFolder, name), "utf8")]),
    ...hostPackages().map(({ name, version }) => `${name}@${version}`),
  ]);
  return { cli: `${PULUMI_VERSION}-${cli}`, engine: `${PULUMI_VERSION}-${engine}` };
}

/** The name under which the official installer's engine is kept. */
export function installerKey(): string {
  return `${PULUMI_VERSION}-installer-${process.platform}-${process.arch}`;
}

function digest(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest("hex").slice(0, 16);
}

import semver from "semver";

import { GO_VERSION } from "./pinned.js";

/** The first Go that can fetch a newer one by itself. */
const FIRST_WITH_TOOLCHAINS = "1.21.0";

/**
 * Why this Go cannot build the CLI, or `undefined` if it can.
 *
 * @param goversion As `go env GOVERSION` gives it outside a module: `go1.26.8`, `go1.24rc1`, `devel go1.27-…`.
 * @param toolchain As `go env GOTOOLCHAIN` gives it: `auto`, `local`, `go1.24.0+auto`, `path`…
 */
export function whyGoWillNotDo(goversion: string, toolchain: string): string | undefined {
  const version = readGoVersion(goversion);
  if (version === undefined) return `go does not say its version (${goversion})`;
  if (semver.gte(version, GO_VERSION)) return undefined;
  if (semver.lt(version, FIRST_WITH_TOOLCHAINS)) return `go ${version} is older than ${GO_VERSION}`;
  if (mayFetch(toolchain)) return undefined;
  return `go ${version} is older than ${GO_VERSION}, and GOTOOLCHAIN=${toolchain} keeps it from fetching a newer one`;
}

/** A released version, or one before a release counted as that release. */
function readGoVersion(text: string): string | undefined {
  const found = /go(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return found === null ? undefined : `${found[1] ?? 0}.${found[2] ?? 0}.${found[3] ?? 0}`;
}

function mayFetch(toolchain: string): boolean {
  return toolchain === "" || toolchain === "auto" || toolchain.endsWith("+auto");
}

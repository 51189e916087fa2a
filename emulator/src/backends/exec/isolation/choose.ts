import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { EmulatorError } from "../../../errors.js";
import type { Doorbells } from "../doorbells.js";
import type { Layout } from "../layout.js";
import type { Isolation as IsolationName } from "../options.js";
import type { Isolation } from "./isolation.js";
import { namespaceIsolation, unshareArguments } from "./namespaces.js";
import { plainIsolation } from "./plain.js";

export type Host = {
  readonly layout: Layout;
  readonly doorbells: Doorbells;
  readonly path: string;
  readonly abandonedAfterSeconds: number;
};

/** Tries the rungs from the best down, and takes the first that works. */
export function chooseIsolation(wanted: "auto" | IsolationName, host: Host): Isolation {
  const { layout, path } = host;
  if (process.platform !== "linux") {
    throw unavailable(`Commands can be run on Linux only; this is ${process.platform}.`);
  }
  if (!works(path, "setsid", ["true"])) {
    throw unavailable(`Commands need setsid (of util-linux or busybox) in ${path}.`);
  }
  const asRoot = process.getuid?.() === 0;
  if (wanted === "plain") return plainIsolation(layout, asRoot && works(path, "setpriv", ["true"]));
  const missing = missingForNamespaces(path, asRoot);
  if (missing === undefined) return namespaceIsolation({ ...host, asRoot });
  if (wanted === "namespaces") throw unavailable(`Namespaces cannot be had here: ${missing}.`);
  return plainIsolation(layout, asRoot && works(path, "setpriv", ["true"]));
}

/** What keeps an instance from having namespaces of its own. Undefined when nothing does. */
function missingForNamespaces(path: string, asRoot: boolean): string | undefined {
  const missing = ["/root", "/tmp", "/dev/shm"].filter((folder) => !existsSync(folder));
  if (missing.length > 0) return `there is no ${missing.join(", ")}`;
  if (!works(path, "nsenter", ["--version"])) return "there is no nsenter of util-linux";
  const attempt = "mount -t proc proc /proc && mount --bind /dev/null /dev/null";
  const words = [...unshareArguments(asRoot), "sh", "-c", attempt];
  return works(path, "unshare", words) ? undefined : "unshare or mount is refused";
}

function works(path: string, program: string, words: readonly string[]): boolean {
  const env = { PATH: path };
  return spawnSync(program, words, { env, stdio: "ignore", timeout: 10_000 }).status === 0;
}

function unavailable(message: string): EmulatorError {
  return new EmulatorError("IsolationUnavailable", `${message} The sim backend runs anywhere.`);
}

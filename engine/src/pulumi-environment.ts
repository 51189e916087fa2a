import path from "node:path";
import { pathToFileURL } from "node:url";

import type { Engine } from "./engine.js";

/** Where a project keeps its local Pulumi state, and what it runs under. */
export type PulumiPlace = {
  /** A folder that git ignores; the backend and PULUMI_HOME are made inside it. */
  readonly stateFolder: string;
  /** The user's environment: but for backend and PULUMI_HOME, what it sets of the variables below stays. */
  readonly env: NodeJS.ProcessEnv;
};

/** Not a secret: it guards state on this machine, beside which it stands. */
const LOCAL_PASSPHRASE = "cloud-assistant";

/** Folder of the file backend; it must exist before the CLI runs. */
export function backendFolder(stateFolder: string): string {
  return path.join(stateFolder, "backend");
}

/**
 * The environment for a CLI that needs no account and no internet: a file backend with a passphrase, a PULUMI_HOME of its
 * own, no look for updates, no fetching of plugins (pulumi: sdk/go/common/env/env.go). Backend and home are these whatever
 * the user has set: an environment made for other stacks must not have ours put among them.
 */
export function pulumiEnvironment(engine: Engine, place: PulumiPlace): NodeJS.ProcessEnv {
  const { env, stateFolder } = place;
  const defaults: Readonly<Record<string, string>> = {
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    ...(env.PULUMI_CONFIG_PASSPHRASE_FILE === undefined && {
      PULUMI_CONFIG_PASSPHRASE: LOCAL_PASSPHRASE,
    }),
  };
  return {
    ...defaults,
    ...env,
    PULUMI_HOME: path.resolve(stateFolder, "home"),
    // It counts before what a token or a login says (pulumi: sdk/go/common/workspace/creds.go).
    PULUMI_BACKEND_URL: pathToFileURL(path.resolve(backendFolder(stateFolder))).href,
    PATH: searchPath(engine, env.PATH),
  };
}

/**
 * The CLI looks on PATH for its language host before it looks beside itself, so its own folder comes first; the folder of
 * this node comes last, for a machine whose PATH has none. The user's own CLI leaves PATH in order where it can: /usr/bin
 * in front would put the system's node before the user's.
 */
function searchPath({ root, from }: Engine, given: string | undefined): string {
  const folders = (given ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const there = from === "path" && folders.some((folder) => path.resolve(folder) === root);
  const parts = [there ? undefined : root, given, path.dirname(process.execPath)];
  return parts.filter((part) => part !== undefined && part !== "").join(path.delimiter);
}

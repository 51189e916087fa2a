import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, userInfo } from "node:os";
import path from "node:path";

/** What a caller may say; everything has a default. */
export type EngineOptions = {
  /** Where PATH, XDG_CACHE_HOME, HOME and Go's variables are read from. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Takes one line of news at a time, only where something takes long. Default: silence. */
  readonly progress?: (line: string) => void;
};

/** Everything that the ways need from outside, in one place. */
export type EngineSettings = {
  readonly env: NodeJS.ProcessEnv;
  readonly progress: (line: string) => void;
  /** Where finished engines are kept, for every clone of this user. */
  readonly cache: string;
  /** The folder with go.mod and go.sum. */
  readonly goFolder: string;
  /** Our language host, built. */
  readonly hostFolder: string;
  /** The two small scripts that stand beside the CLI. */
  readonly launchersFolder: string;
  /** The oldest CLI on PATH that will do. */
  readonly oldestVersion: string;
};

/** Fills in what the caller left open. */
export function engineSettings(options: EngineOptions = {}): EngineSettings {
  const { env = process.env, progress = () => undefined } = options;
  const home = path.dirname(__dirname);
  return {
    env,
    progress,
    cache: cacheFolder(env),
    goFolder: path.join(home, "go"),
    hostFolder: path.join(home, "dist", "language-host"),
    launchersFolder: path.join(home, "launchers"),
    oldestVersion: sdkVersion(),
  };
}

/** Where what is fetched or built once is kept for this user. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return path.join(cacheHome(env), "pulumi-cloud-assistant");
}

/** `$XDG_CACHE_HOME`, which counts only if absolute (XDG base directories), else `~/.cache`. */
function cacheHome(env: NodeJS.ProcessEnv): string {
  const given = env.XDG_CACHE_HOME;
  if (given !== undefined && path.isAbsolute(given)) return given;
  return path.join(homeFolder(env), ".cache");
}

/** An empty or relative HOME would make the cache depend on the working directory; `homedir()` says HOME too. */
function homeFolder(env: NodeJS.ProcessEnv): string {
  const given = [env.HOME, homedir()].find((home) => home !== undefined && path.isAbsolute(home));
  return given ?? userInfo().homedir;
}

/** CLI and SDK are released together under one number: a CLI older than the SDK may lack what the SDK asks it. */
function sdkVersion(): string {
  const file = createRequire(__filename).resolve("@pulumi/pulumi/package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  return manifest.version;
}

import { splitWords } from "./split-words.js";

/** What `runtime.options` of Pulumi.yaml may ask of this host. */
export type RuntimeOptions = {
  /** Compile TypeScript on the fly. Default: true. */
  readonly typescript: boolean;
  /** Arguments for node itself, before the program. Default: none. */
  readonly nodeArgs: readonly string[];
  /** Path of the tsconfig file, relative to the program. Default: tsconfig.json, if there. */
  readonly tsconfig?: string;
  /** What installs dependencies. Default: by the lock file found, else npm. */
  readonly packageManager?: string;
};

/** Options that could be read, or the sentence that says which one cannot. */
export type ReadOptions = { readonly options: RuntimeOptions } | { readonly problem: string };

/** Reads the options that the engine passes on from Pulumi.yaml; unknown ones are left alone. */
export function readRuntimeOptions(raw: Readonly<Record<string, unknown>>): ReadOptions {
  const { typescript = true, nodeargs = "", tsconfig, packagemanager } = raw;
  if (typeof typescript !== "boolean") return wrong("typescript", "true or false", typescript);
  if (typeof nodeargs !== "string") return wrong("nodeargs", "a string", nodeargs);
  if (tsconfig !== undefined && typeof tsconfig !== "string") {
    return wrong("tsconfig", "a path", tsconfig);
  }
  if (packagemanager !== undefined && typeof packagemanager !== "string") {
    return wrong("packagemanager", "npm, pnpm, yarn or bun", packagemanager);
  }
  const split = splitWords(nodeargs);
  if ("problem" in split) {
    return { problem: `runtime option nodeargs cannot be split into arguments: ${split.problem}` };
  }
  return {
    options: {
      typescript,
      nodeArgs: split.words,
      ...(tsconfig !== undefined && { tsconfig }),
      ...(packagemanager !== undefined && { packageManager: packagemanager }),
    },
  };
}

function wrong(name: string, expected: string, given: unknown): ReadOptions {
  return { problem: `runtime option ${name} must be ${expected}, not ${JSON.stringify(given)}` };
}

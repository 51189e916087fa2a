import { configEnvironment, type StackConfig } from "./config-environment.js";
import type { Launch } from "./children.js";

/** What the engine says about the plugin (a policy pack, a provider in source) that it wants run. */
export type PluginRun = {
  /** The plugin's own folder. */
  readonly directory: string;
  /** Where the engine itself was started: a provider's working directory. */
  readonly pwd: string;
  /** The first one is the engine's address. */
  readonly args: readonly string[];
  /** `NAME=value`, the whole environment. */
  readonly env: readonly string[];
};

/** The stack that a policy pack is held against; unknown when the engine only asks what the pack contains. */
export type PolicyStack = {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly dryRun: boolean;
  readonly config: StackConfig;
};

/**
 * How the SDK's `cmd/run-policy-pack` is started. It looks for tsconfig.json in its working directory, hence the pack's
 * own folder.
 */
export function policyLaunch(
  run: PluginRun,
  stack: PolicyStack | undefined,
  node: string,
  script: string,
): Launch {
  return {
    command: node,
    args: [script, run.args.at(-1) ?? "", run.directory],
    cwd: run.directory,
    env: {
      ...environment(run.env),
      ...(stack !== undefined && {
        ...configEnvironment(stack.config),
        PULUMI_NODEJS_ORGANIZATION: stack.organization,
        PULUMI_NODEJS_PROJECT: stack.project,
        PULUMI_NODEJS_STACK: stack.stack,
        PULUMI_NODEJS_DRY_RUN: String(stack.dryRun),
      }),
    },
  };
}

/** How the SDK's `cmd/run-plugin` is started for a plugin whose PulumiPlugin.yaml says `runtime: nodejs`. */
export function sourcePluginLaunch(
  run: PluginRun,
  nodeArgs: readonly string[],
  node: string,
  script: string,
): Launch {
  return {
    command: node,
    args: [...nodeArgs, script, run.directory, ...run.args],
    cwd: run.pwd === "" ? run.directory : run.pwd,
    env: { ...environment(run.env), PULUMI_NODEJS_TYPESCRIPT: "true" },
  };
}

function environment(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf("=", 1);
      return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

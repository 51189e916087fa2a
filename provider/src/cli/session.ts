import path from "node:path";
import { createApis } from "../client/apis.js";
import { resolveSettings, type Settings } from "../client/configuration.js";
import type { CloudApi } from "../client/port.js";
import type { Connection } from "../inputs.js";
import { openRecords } from "../lifecycle/records.js";
import type { SecretBook } from "../result/secret-book.js";
import type { CliDeps } from "./deps.js";
import { readStackConfig, type StackConfig } from "./stack-config.js";

/** Options that every command has. */
export type CommonOptions = {
  readonly cwd?: string;
  readonly region?: string;
};

/** One run of a command: where it works, and the door to the cloud. */
export type Session = {
  readonly cwd: string;
  readonly secrets: SecretBook;
  settings(connection?: Connection): Promise<Settings>;
  /** @param recorded the region of what exists, which beats every configuration */
  api(recorded?: string, connection?: Connection): Promise<CloudApi>;
  /** Why the stack's configuration was not used, or not all of it. */
  configProblem(): string | undefined;
};

export function openSession(
  deps: CliDeps,
  options: CommonOptions,
  stack: string | undefined,
): Session {
  const cwd = path.resolve(deps.cwd, options.cwd ?? ".");
  const records = openRecords({
    env: deps.env,
    clock: deps.clock,
    processId: process.pid,
    complain: (line) => deps.stderr.write(`${line}\n`),
  });
  const apis = createApis({
    clock: deps.clock,
    random: Math.random,
    version: deps.version,
    redact: (text) => records.secrets.redact(text),
    debug: records.debug,
  });
  let config: Promise<StackConfig> | undefined;
  let problem: string | undefined;
  const settings = async (connection?: Connection): Promise<Settings> => {
    config ??= readStackConfig(deps.pulumi, cwd, stack);
    const { read, problem: why } = await config;
    problem = why;
    const found = resolveSettings(deps.env, read, connection);
    return options.region === undefined ? found : { ...found, region: options.region };
  };
  return {
    cwd,
    secrets: records.secrets,
    settings,
    api: async (recorded, connection) => apis.for(await settings(connection), recorded),
    configProblem: () => problem,
  };
}

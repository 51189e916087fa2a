import { configEnvironment, type StackConfig } from "./config-environment.js";
import type { Ended, Launch } from "./children.js";
import type { RuntimeOptions } from "./runtime-options.js";

/** What the engine says about the program that it wants run. */
export type ProgramRun = {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  /** The folder to start in: the project's, or the one that `main` names. */
  readonly programDirectory: string;
  readonly rootDirectory: string;
  /** The file to run inside that folder; `.` lets the SDK read it from package.json. */
  readonly entryPoint: string;
  readonly args: readonly string[];
  readonly config: StackConfig;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly monitorAddress: string;
};

/** What comes from the host's own process. */
export type HostSituation = {
  readonly node: string;
  readonly env: NodeJS.ProcessEnv;
  readonly engineAddress: string;
  readonly tracing?: string;
};

/** What Run answers: an error text, a silent end (`bail`: all was said already), or neither. */
export type RunOutcome = { readonly error: string; readonly bail: boolean };

/** The SDK's cmd/run leaves with this code when it has already told the user what went wrong. */
const ALREADY_REPORTED = 32;

/** How the SDK's `cmd/run` is started for a program. */
export function programLaunch(
  run: ProgramRun,
  options: RuntimeOptions,
  runScript: string,
  host: HostSituation,
): Launch {
  const flags: Record<string, string | undefined> = {
    monitor: run.monitorAddress,
    engine: host.engineAddress,
    organization: run.organization,
    project: run.project,
    stack: run.stack,
    pwd: run.programDirectory,
    "root-directory": run.rootDirectory,
    parallel: run.parallel === 0 ? undefined : String(run.parallel),
    tracing: host.tracing,
  };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined && value !== "");
  return {
    command: host.node,
    args: [
      ...options.nodeArgs,
      runScript,
      ...given.flatMap(([name, value]) => [`--${name}`, value ?? ""]),
      ...(run.dryRun ? ["--dry-run"] : []),
      run.entryPoint === "" ? "." : run.entryPoint,
      ...run.args,
    ],
    // Not where the host was started: `--import=tsx` in nodeargs is resolved from here.
    cwd: run.programDirectory,
    env: {
      ...host.env,
      ...configEnvironment(run.config),
      PULUMI_NODEJS_TYPESCRIPT: String(options.typescript),
      ...(options.tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
    },
  };
}

/** What the engine is told about how a program ended. */
export function runOutcome({ code, signal }: Ended): RunOutcome {
  if (code === 0) return { error: "", bail: false };
  if (code === ALREADY_REPORTED) return { error: "", bail: true };
  if (signal !== null) return { error: `The program was ended by ${signal}.`, bail: false };
  return { error: `The program exited with code ${code ?? "unknown"}.`, bail: false };
}

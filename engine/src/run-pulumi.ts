import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";

import type { Engine } from "./engine.js";
import { backendFolder, pulumiEnvironment } from "./pulumi-environment.js";
import { signalExitCode } from "./run-tool.js";

/** Options of {@link runPulumi}. */
export type RunPulumiOptions = {
  /** From {@link ensureEngine}. */
  readonly engine: Engine;
  /** The project's folder, with Pulumi.yaml. Default: the working directory. */
  readonly cwd?: string;
  /** Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Folder for backend and PULUMI_HOME. Default: `.state/pulumi` in `cwd`. */
  readonly stateFolder?: string;
};

/**
 * Runs the CLI on this process's own stdin, stdout and stderr, on a local backend.
 *
 * A signal reaches it once: Ctrl-C in a terminal goes to it directly, and without a terminal it is passed on from here.
 *
 * @returns Its exit code; 128 + n if signal n ended it.
 */
export function runPulumi(args: readonly string[], options: RunPulumiOptions): Promise<number> {
  const { engine, cwd = process.cwd(), env = process.env } = options;
  const { stateFolder = path.join(cwd, ".state", "pulumi") } = options;
  mkdirSync(backendFolder(stateFolder), { recursive: true });
  // A terminal sends Ctrl-C to every process of the group in front, so the CLI must be in it, and must not get it again
  // from here: a second one makes it leave its work. Without a terminal it has a group of its own.
  const terminal = process.stdin.isTTY;
  const child = spawn(engine.pulumi, [...args], {
    cwd,
    env: pulumiEnvironment(engine, { stateFolder, env }),
    stdio: "inherit",
    detached: !terminal,
  });
  return exitCode(child, terminal);
}

const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

function exitCode(child: ChildProcess, terminal: boolean): Promise<number> {
  const pass = (signal: NodeJS.Signals): void => {
    const fromTerminal = terminal && (signal === "SIGINT" || signal === "SIGQUIT");
    if (!fromTerminal) child.kill(signal);
  };
  for (const signal of PASSED_ON) process.on(signal, pass);
  return new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve(signal === null ? (code ?? 1) : signalExitCode(signal));
    });
  }).finally(() => {
    for (const signal of PASSED_ON) process.off(signal, pass);
  });
}

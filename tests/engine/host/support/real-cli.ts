import { execFile } from "node:child_process";
import path from "node:path";
import {
  backendFolder,
  ensureEngine,
  pulumiEnvironment,
  type Engine,
} from "cloud-assistant-engine";
import { mkdirSync } from "node:fs";

import { assembleTestHost, newFolder } from "./host-process.js";

/** What the CLI came to. */
export type CliEnd = { readonly code: number; readonly output: string };

/** Runs the CLI in one project, on a backend of its own. */
export type Cli = (...args: string[]) => Promise<CliEnd>;

/**
 * The CLI that this machine has, with the host of this build in place of its own: the CLI looks on PATH first, and
 * `pulumiEnvironment` puts the engine's folder at its head.
 */
export async function cliWithOurHost(): Promise<Engine> {
  const engine = await ensureEngine();
  return { ...engine, root: await assembleTestHost() };
}

/** A stack `dev` of the project in `folder`; programs are not type-checked, which takes a second each, unless asked for. */
export async function newStack(engine: Engine, folder: string, typeCheck = false): Promise<Cli> {
  const stateFolder = path.join(newFolder(), "state 100% #1");
  mkdirSync(backendFolder(stateFolder), { recursive: true });
  const env = {
    ...pulumiEnvironment(engine, { stateFolder, env: process.env }),
    PULUMI_NODEJS_TRANSPILE_ONLY: String(!typeCheck),
  };
  const run: Cli = (...args) =>
    new Promise((resolve) => {
      const all = [...args, "--non-interactive", "--color", "never"];
      execFile(engine.pulumi, all, { cwd: folder, env }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, output: stdout + stderr });
      });
    });
  const made = await run("stack", "init", "dev");
  if (made.code !== 0) throw new Error(made.output);
  return run;
}

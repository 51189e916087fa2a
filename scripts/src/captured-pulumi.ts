import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { backendFolder, pulumiEnvironment, type Engine } from "cloud-assistant-engine";
import { SetUpError } from "./run-script.js";

/**
 * Runs the CLI where `runPulumi` runs it, and answers with its stdout instead of showing it.
 * @throws SetUpError with what it said, when it fails
 */
export function captured(
  args: readonly string[],
  place: { readonly engine: Engine; readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const { engine, cwd, env } = place;
  const stateFolder = path.join(cwd, ".state", "pulumi");
  mkdirSync(backendFolder(stateFolder), { recursive: true });
  const options = {
    cwd,
    env: pulumiEnvironment(engine, { stateFolder, env }),
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((resolve, reject) => {
    execFile(engine.pulumi, [...args, "--non-interactive"], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new SetUpError(`\`pulumi ${args.join(" ")}\` failed:\n${stderr}${stdout}`));
    });
  });
}

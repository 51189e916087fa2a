import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { backendFolder, pulumiEnvironment, type Engine } from "cloud-assistant-engine";
import { SetUpError } from "./run-script.js";

/**
 * Runs the CLI where `runPulumi` runs it, and answers with its stdout instead of showing it. When `stop` is raised it is
 * interrupted, once.
 * @throws SetUpError with what it said, when it fails
 */
export function captured(
  args: readonly string[],
  place: { readonly engine: Engine; readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  stop: AbortSignal,
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
    const all = [...args, "--non-interactive"];
    const child = execFile(engine.pulumi, all, options, (error, stdout, stderr) => {
      stop.removeEventListener("abort", interrupt);
      if (stop.aborted) reject(new SetUpError(`\`pulumi ${args.join(" ")}\` was interrupted.`));
      else if (error === null) resolve(stdout);
      else reject(new SetUpError(`\`pulumi ${args.join(" ")}\` failed:\n${stderr}${stdout}`));
    });
    const interrupt = (): void => {
      // A terminal's Ctrl-C has gone to the CLI already; a second one makes it leave its work.
      if (!process.stdin.isTTY || stop.reason !== "SIGINT") child.kill("SIGINT");
    };
    stop.addEventListener("abort", interrupt);
  });
}

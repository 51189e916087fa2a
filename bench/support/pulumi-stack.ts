import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { backendFolder, ensureEngine, pulumiEnvironment } from "cloud-assistant-engine";
import { repository } from "./places.js";
import { say } from "./report.js";
import { withoutPulumi } from "./without-pulumi.js";

/** A stack `dev` of one JavaScript program, on a local backend of its own. */
export type BenchStack = {
  readonly folder: string;
  /**
   * Runs the CLI once.
   * @returns what it printed on stdout
   * @throws Error with all that it printed, when it does not end with 0
   */
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>;
  remove(): void;
};

/** Makes a project of one program, with the repository's packages, and its stack. */
export async function newBenchStack(program: string, env: NodeJS.ProcessEnv): Promise<BenchStack> {
  const engine = await ensureEngine({ progress: say });
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "bench-stack-")));
  const [folder, stateFolder] = [path.join(root, "project"), path.join(root, "state")];
  mkdirSync(folder);
  mkdirSync(backendFolder(stateFolder), { recursive: true });
  writeFileSync(path.join(folder, "Pulumi.yaml"), projectFile);
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(packageFile)}\n`);
  writeFileSync(path.join(folder, "index.js"), program);
  symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"));
  const given = { ...withoutPulumi(process.env), ...env, PULUMI_STACK: "dev" };
  const stackEnv = pulumiEnvironment(engine, { stateFolder, env: given });
  const run: BenchStack["run"] = (args, more = {}) =>
    runToEnd(engine.pulumi, [...args, "--non-interactive", "--color", "never"], folder, {
      ...stackEnv,
      ...more,
    });
  await run(["stack", "init", "dev"]);
  return {
    folder,
    run,
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

// Plain JavaScript: compiling TypeScript at each run would hide part of what is measured.
const projectFile =
  "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.js\n";
const packageFile = { name: "bench", version: "0.0.0", private: true, main: "index.js" };

function runToEnd(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, all]: [string[], string[]] = [[], []];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout.push(text);
      all.push(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => all.push(text));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(stdout.join(""));
      else reject(new Error(`pulumi ${args[0] ?? ""} ended with ${code ?? -1}:\n${all.join("")}`));
    });
  });
}

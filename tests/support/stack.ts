/**
 * Drives the real `pulumi` CLI: a project in a folder of its own, on a backend of its own, against
 * an emulator. Nothing here knows what a program does.
 */
import { spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { backendFolder, ensureEngine, pulumiEnvironment } from "cloud-assistant-engine";
import type { EmulatorInfo } from "cloud-assistant-emulator";

/** The repository, whose node_modules has the packages. */
export const repository = path.resolve(__dirname, "../..");

/** Where no engine is cached, the first call builds one. */
export const engineTimeoutMs = 900_000;

/** Files by their path in the project's folder. */
export type Files = Readonly<Record<string, string>>;

/** What one run of the CLI came to. */
export type CliEnd = {
  readonly code: number;
  readonly stdout: string;
  /** Both streams, in the order in which they arrived. */
  readonly output: string;
};

/** A CLI that is under way. */
export type CliRun = { readonly pid: number; readonly end: Promise<CliEnd> };

/** The part of `pulumi stack export` that tests look at. */
export type Deployment = {
  readonly resources?: readonly {
    readonly urn: string;
    readonly type: string;
    readonly inputs?: Readonly<Record<string, any>>;
    readonly outputs?: Readonly<Record<string, any>>;
    readonly initErrors?: readonly string[];
  }[];
  readonly pending_operations?: readonly unknown[];
};

/** A stack `dev`. Each method runs the CLI once, to its end, whatever its exit code. */
export type Stack = {
  readonly folder: string;
  /** What the CLI is given, for other programs that run it. */
  readonly env: NodeJS.ProcessEnv;
  cli(...args: string[]): Promise<CliEnd>;
  /** Starts the CLI and hands it over, for tests that end it on its way. */
  begin(env: NodeJS.ProcessEnv, ...args: string[]): CliRun;
  preview(...args: string[]): Promise<CliEnd>;
  /** Without a preview of its own. */
  up(...args: string[]): Promise<CliEnd>;
  refresh(...args: string[]): Promise<CliEnd>;
  destroy(...args: string[]): Promise<CliEnd>;
  /** The state as text: what a backend would keep. */
  exportText(): Promise<string>;
  export(): Promise<Deployment>;
  /** The state's outputs of the resource of this name. */
  outputs(name: string): Promise<Readonly<Record<string, any>>>;
  /** Overwrites a file of the project: an edit of the program. */
  write(file: string, text: string): void;
};

type Where = Pick<EmulatorInfo, "url" | "regionId" | "accessKeyId" | "accessKeySecret">;

const folders: string[] = [];
const running = new Set<ChildProcess>();
afterAll(async () => {
  // Only after a failed test is there one left.
  await Promise.all([...running].map(endGroup));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder, removed when the tests of the file are done. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "stack-test-")));
  folders.push(folder);
  return folder;
}

/** A project of one program, in which the repository's packages are installed. */
export function newProject(program: string, files: Files = {}): string {
  const folder = newFolder();
  const all: Files = {
    "Pulumi.yaml": "name: tried\nruntime: nodejs\n",
    "package.json": `${JSON.stringify({ name: "tried", version: "0.0.0", main: "index.ts" })}\n`,
    "index.ts": program,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) writeFile(folder, name, text);
  installPackages(folder);
  return folder;
}

/** A copy of an example, so that a run leaves nothing in the work tree. */
export function exampleProject(name: string): string {
  const folder = newFolder();
  const copy = (from: string, to = from): void => {
    cpSync(path.join(repository, from), path.join(folder, to), { recursive: true });
  };
  if (name === "quickstart") {
    copy("Pulumi.yaml");
    copy("examples/quickstart");
  } else {
    copy(path.join("examples", name), ".");
  }
  installPackages(folder);
  return folder;
}

/** Makes a stack in a project's folder, whose programs call the emulator. */
export async function newStack(
  folder: string,
  emulator: Where,
  env: NodeJS.ProcessEnv = {},
): Promise<Stack> {
  const engine = await ensureEngine();
  const stateFolder = newFolder();
  mkdirSync(backendFolder(stateFolder), { recursive: true });
  const given = { ...process.env, ...environmentOf(emulator), PULUMI_STACK: "dev", ...env };
  const allEnv = pulumiEnvironment(engine, { stateFolder, env: given });
  const cli = (...args: string[]): Promise<CliEnd> =>
    runCli(engine.pulumi, [...args, "--non-interactive", "--color", "never"], folder, allEnv);
  const quiet = "--suppress-progress";
  const exportText = async (): Promise<string> => (await mustPass(cli("stack", "export"))).stdout;
  const exported = async (): Promise<Deployment> =>
    (JSON.parse(await exportText()) as { deployment: Deployment }).deployment;
  await mustPass(cli("stack", "init", "dev"));
  return {
    folder,
    env: allEnv,
    cli,
    begin: (more, ...args) =>
      beginCli(engine.pulumi, [...args, "--non-interactive", "--color", "never"], folder, {
        ...allEnv,
        ...more,
      }),
    preview: (...args) => cli("preview", quiet, ...args),
    up: (...args) => cli("up", "--yes", "--skip-preview", quiet, ...args),
    refresh: (...args) => cli("refresh", "--yes", "--skip-preview", quiet, ...args),
    destroy: (...args) => cli("destroy", "--yes", "--skip-preview", quiet, ...args),
    exportText,
    export: exported,
    outputs: async (name) => {
      const { resources = [] } = await exported();
      const found = resources.find((resource) => resource.urn.endsWith(`::${name}`));
      if (found?.outputs === undefined) throw new Error(`the state has no resource ${name}`);
      return found.outputs;
    },
    write: (file, text) => writeFile(folder, file, text),
  };
}

/** What a program needs to call an emulator instead of the cloud. */
export function environmentOf(emulator: Where): NodeJS.ProcessEnv {
  return {
    CLOUD_ASSISTANT_ENDPOINT: emulator.url,
    CLOUD_ASSISTANT_REGION: emulator.regionId,
    CLOUD_ASSISTANT_ACCESS_KEY_ID: emulator.accessKeyId,
    CLOUD_ASSISTANT_ACCESS_KEY_SECRET: emulator.accessKeySecret,
    // The type check of a program takes a second at each run; `npm run typecheck` makes it.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
}

/** The run, or an error with all that was printed. */
export async function mustPass(run: Promise<CliEnd>): Promise<CliEnd> {
  const end = await run;
  if (end.code !== 0) throw new Error(`pulumi ended with ${end.code}:\n${end.output}`);
  return end;
}

function runCli(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<CliEnd> {
  return beginCli(command, args, cwd, env).end;
}

function beginCli(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): CliRun {
  // A group of its own, so that all of it can be ended.
  const child = spawn(command, [...args], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  running.add(child);
  const end = new Promise<CliEnd>((resolve, reject) => {
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      running.delete(child);
      resolve({ code: code ?? -1, stdout, output });
    });
  });
  return { pid: child.pid ?? -1, end };
}

function endGroup(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      resolve();
    }
  });
}

function writeFile(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function installPackages(folder: string): void {
  symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"));
}

import { spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const command = require.resolve("cloud-assistant-engine/dist/cli.js");
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder, removed when the tests of the file are done. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "engine-ways-")));
  folders.push(folder);
  return folder;
}

/** A machine with a cache. */
export type Machine = {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
};

/** Asks no resolver, so that a machine with the internet behaves as one without. */
const OFFLINE = `
require("node:dns").lookup = (name, options, done) =>
  (done ?? options)(Object.assign(new Error("offline"), { code: "ENOTFOUND" }));`;

/** What a machine has besides node. */
export type Equipment = {
  /** Its commands: name → the text of a shell script. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Default: an empty cache of its own. */
  readonly cacheHome?: string;
  /** What node loads first. Default: what cuts it off from the internet. */
  readonly preload?: string;
};

/** A machine on which PATH has node and these scripts only. */
export function machine(equipment: Equipment): Machine {
  const { scripts = {}, cacheHome = newFolder(), preload = OFFLINE } = equipment;
  const folder = newFolder();
  const bin = path.join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(process.execPath, path.join(bin, "node"));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  const loaded = path.join(folder, "preload.cjs");
  writeFileSync(loaded, preload);
  const env = {
    PATH: bin,
    HOME: folder,
    XDG_CACHE_HOME: cacheHome,
    NODE_OPTIONS: `-r ${loaded}`,
  };
  return { cache: path.join(cacheHome, "pulumi-cloud-assistant"), env };
}

/** What the command came to. */
export type CommandEnd = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** The running command. */
export type EngineCommand = {
  readonly child: ChildProcess;
  readonly end: Promise<CommandEnd>;
  /** Resolves when its stderr has this text. */
  readonly said: (text: string) => Promise<void>;
};

/** Starts the command `engine` as it is shipped. */
export function engineCommand(args: readonly string[], on: Machine): EngineCommand {
  const child = spawn(process.execPath, [command, ...args], { env: on.env });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const end = new Promise<CommandEnd>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr.includes(text)) resolve();
      };
      child.stderr.on("data", look);
      child.once("close", () => reject(new Error(`ended, having said ${JSON.stringify(stderr)}`)));
      look();
    });
  return { child, end, said };
}

/** Runs the command `engine` to its end. */
export function runEngine(args: readonly string[], on: Machine): Promise<CommandEnd> {
  return engineCommand(args, on).end;
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import type { Message } from "google-protobuf";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import { assembleHost } from "cloud-assistant-engine/dist/assemble.js";
import { engineSettings } from "cloud-assistant-engine/dist/settings.js";

/** The repository, whose node_modules has the SDK. */
export const repository = path.resolve(__dirname, "../../../..");

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder, removed when the tests of the file are done. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "engine-test-")));
  folders.push(folder);
  return folder;
}

/** The host as it lies in an engine's folder, without a CLI; the answer is the folder of the two launchers. */
export async function assembleTestHost(): Promise<string> {
  const folder = newFolder();
  await assembleHost(folder, engineSettings());
  return path.join(folder, "bin");
}

/** What the host takes for its engine: something that listens. */
export async function listen(): Promise<{ address: string; close: () => Promise<void> }> {
  const server: Server = createServer((socket) => socket.on("error", () => undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  };
  return { address: `127.0.0.1:${port}`, close };
}

/** A running host and the client that speaks to it. */
export type TestHost = {
  readonly client: LanguageRuntimeClient;
  readonly child: ChildProcess;
  /** Resolves when the host's stdout, its port line left out, has this text. */
  readonly printed: (text: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts the host by its launcher, as the engine does, in a folder without node_modules. */
export async function startHost(
  bin: string,
  engineAddress: string,
  env: NodeJS.ProcessEnv = {},
): Promise<TestHost> {
  const child = spawn(path.join(bin, "pulumi-language-nodejs"), [engineAddress], {
    cwd: tmpdir(),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const output = collect(child);
  await output.has("\n");
  const port = output.text().split("\n", 1)[0] ?? "";
  const client = new LanguageRuntimeClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const stop = async (): Promise<void> => {
    client.close();
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGINT");
    await once(child, "exit");
  };
  return { client, child, stop, printed: (text) => output.has(text) };
}

/** One call, as a promise of its answer. The stubs have three shapes of each call; this is the short one. */
export function ask<Response>(
  method: (request: any, done: any) => unknown,
  request: Message,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method(request, (error: grpc.ServiceError | null, response: Response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

function collect(child: ChildProcess): {
  text: () => string;
  has: (text: string) => Promise<void>;
} {
  let seen = "";
  const waiting = new Set<() => void>();
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    seen += text;
    for (const look of waiting) look();
  });
  const has = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!seen.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      child.once("exit", () => reject(new Error(`ended, having printed ${JSON.stringify(seen)}`)));
      look();
    });
  return { text: () => seen, has };
}

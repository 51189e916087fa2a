import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import {
  connectEmulator,
  type EmulatorOptions,
  type RemoteEmulator,
} from "cloud-assistant-emulator";
import { repository } from "./places.js";

export type Keys = {
  readonly url: string;
  readonly regionId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
};

/** An emulator in a process of its own, as its command line starts it. */
export type EmulatorProcess = Keys & {
  readonly controls: RemoteEmulator;
  readonly pid: number;
  /** Ends it, and removes what it kept. */
  end(): Promise<void>;
};

export type EmulatorProcessOptions = {
  /** What a seed file may say. Machines are simulated unless they say otherwise. */
  readonly seed: Pick<EmulatorOptions, "instances" | "sim" | "limits">;
  /** Keeps a journal in a folder of its own. @default false */
  readonly journal?: boolean;
  /** Of the process's old space, in megabytes. @default node's */
  readonly heapMegabytes?: number;
};

/** Starts the emulator's command, and waits until it is ready. */
export async function startEmulatorProcess(
  options: EmulatorProcessOptions,
): Promise<EmulatorProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-emulator-"));
  const seedFile = path.join(folder, "seed.json");
  writeFileSync(seedFile, JSON.stringify(options.seed));
  const data = path.join(folder, "data");
  const child = spawn(
    process.execPath,
    [
      ...(options.heapMegabytes === undefined
        ? []
        : [`--max-old-space-size=${options.heapMegabytes}`]),
      path.join(repository, "emulator", "bin", "cloud-assistant-emulator.js"),
      ...["--port", "0", "--backend", "sim", "--seed", seedFile],
      ...(options.journal === true ? ["--data", data] : []),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const info = await readyLine(child);
  return {
    ...info,
    controls: await connectEmulator(info.url),
    pid: child.pid!,
    end: async () => {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readyLine(child: ChildProcess): Promise<Keys> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    createInterface({ input: child.stdout! }).once("line", (line) => {
      const { url, regionId, accessKeyId, accessKeySecret } = JSON.parse(line) as Keys;
      resolve({ url, regionId, accessKeyId, accessKeySecret });
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      reject(new Error(`the emulator ended with ${code ?? signal ?? ""}:\n${said}`));
    });
  });
}

/** A fleet of simulated machines that all carry one tag. */
export function fleet(size: number): NonNullable<EmulatorOptions["instances"]> {
  return Array.from({ length: size }, (_, index) => ({
    instanceId: instanceId(index),
    instanceName: `bench-${index}`,
    tags: fleetTag,
    backend: "sim" as const,
  }));
}

export const fleetTag = { role: "bench" };

/** Ids as long as the service's own. */
export function instanceId(index: number): string {
  return `i-bench${String(index).padStart(15, "0")}`;
}

/** What a client needs to call this emulator instead of the cloud. */
export function environmentOf(keys: Keys): NodeJS.ProcessEnv {
  return {
    CLOUD_ASSISTANT_ENDPOINT: keys.url,
    CLOUD_ASSISTANT_REGION: keys.regionId,
    CLOUD_ASSISTANT_ACCESS_KEY_ID: keys.accessKeyId,
    CLOUD_ASSISTANT_ACCESS_KEY_SECRET: keys.accessKeySecret,
  };
}

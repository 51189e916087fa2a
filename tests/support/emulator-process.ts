import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { EmulatorInfo } from "cloud-assistant-emulator";

/** The built command, as people start it. */
const command = path.resolve(__dirname, "../../emulator/bin/cloud-assistant-emulator.js");

/** An emulator in a process of its own, so that it can be killed. */
export type EmulatorProcess = EmulatorInfo & {
  /** SIGKILL: no chance to tidy up. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM: ends what runs. Resolves when the process is gone. */
  end(): Promise<void>;
};

const running = new Set<ChildProcess>();
afterAll(async () => {
  // Only after a failed test is there one left.
  await Promise.all([...running].map((child) => endBy(child, "SIGTERM")));
});

/** Resolves when it is ready to serve. */
export async function startEmulatorProcess(...args: string[]): Promise<EmulatorProcess> {
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.once("close", () => running.delete(child));
  const info = await readyLine(child);
  return { ...info, kill: () => endBy(child, "SIGKILL"), end: () => endBy(child, "SIGTERM") };
}

async function endBy(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill(signal);
  await closed;
}

function readyLine(child: ChildProcess): Promise<EmulatorInfo> {
  return new Promise((resolve, reject) => {
    let out = "";
    let errors = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const end = out.indexOf("\n");
      if (end >= 0) resolve(JSON.parse(out.slice(0, end)) as EmulatorInfo);
    });
    child.once("close", () => reject(new Error(`ended before it was ready: ${errors}`)));
  });
}

import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

/** How a process is started; pure data, so that it can be tested without starting one. */
export type Launch = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
};

/** How a process ended. */
export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** How long a child may take to leave after SIGTERM before it is killed. */
const GRACE_MS = 5_000;

/** The processes that this host has running, so that all can be ended when the engine cancels or goes away. */
export class Children {
  readonly #running = new Set<ChildProcess>();

  /** Starts a process and keeps it until it has ended. */
  start(launch: Launch, stdio: SpawnOptions["stdio"]): ChildProcess {
    const { command, args, cwd, env } = launch;
    const child = spawn(command, [...args], { cwd, env, ...(stdio !== undefined && { stdio }) });
    this.#running.add(child);
    child.once("exit", () => this.#running.delete(child));
    child.once("error", () => this.#running.delete(child));
    return child;
  }

  /** Asks every process to end, and kills what has not left after five seconds. */
  endAll(): void {
    for (const child of this.#running) endChild(child);
  }
}

/** Asks a process to end, and kills it if it has not left after five seconds. */
export function endChild(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  timer.unref();
  child.once("exit", () => {
    clearTimeout(timer);
  });
}

/** Waits until a process has ended and its output is read to the end; fails if it could not be started. */
export function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve({ code, signal });
    });
  });
}

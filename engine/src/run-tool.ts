import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";

import { EngineError } from "./engine-error.js";

/** How a tool is run. */
export type ToolRun = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Takes what the tool prints to stderr, line by line. */
  readonly onLine?: (line: string) => void;
};

/** How a tool ended, and what it printed. */
export type ToolEnd = {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
};

/** How long a tool may take to leave after a signal before it is killed. */
const GRACE_MS = 3_000;

/** Signals that end this process, and must end the tool with it. */
const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a tool to its end. A signal that would end this process goes to the tool and all that it started, and once they are
 * gone this fails with `interrupted`; the caller then ends the process. A tool that cannot be started ends without a code.
 */
export function runTool(run: ToolRun): Promise<ToolEnd> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that the tool's own children can be reached, and a terminal's Ctrl-C comes only from here.
    const child = spawn(run.command, [...run.args], {
      cwd: run.cwd,
      env: run.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const signals = passSignals(child);
    const stdout: string[] = [];
    const stderr: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => stderr.push(text));
    if (run.onLine !== undefined) eachLine(child.stderr, run.onLine);
    child.once("error", (error) => stderr.push(error.message));
    child.once("close", (code) => {
      const signal = signals.stop();
      if (signal !== undefined) reject(interruption(signal));
      // A negative code is the error number of a spawn that failed.
      const ended = code === null || code < 0 ? undefined : code;
      resolve({ code: ended, stdout: stdout.join(""), stderr: stderr.join("") });
    });
  });
}

/** Passes ending signals on to a tool's group, and kills what does not leave. `stop` says whether one came. */
function passSignals(child: ChildProcess): { readonly stop: () => NodeJS.Signals | undefined } {
  let came: NodeJS.Signals | undefined;
  let kill: NodeJS.Timeout | undefined;
  const pass = (signal: NodeJS.Signals): void => {
    came = signal;
    signalGroup(child.pid, signal);
    kill ??= setTimeout(() => {
      signalGroup(child.pid, "SIGKILL");
    }, GRACE_MS);
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, pass);
  return {
    stop() {
      clearTimeout(kill);
      for (const signal of ENDING_SIGNALS) process.off(signal, pass);
      return came;
    },
  };
}

/** The exit code by which shells say that a signal ended a process. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function interruption(signal: NodeJS.Signals): EngineError {
  const message = `Interrupted by ${signal}; nothing was left half done.`;
  return new EngineError("interrupted", message, signal);
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = "";
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}

import { spawn } from "node:child_process";

export type WrapperOptions = {
  readonly run: string;
  readonly folder: string;
  readonly doorbell: string;
  readonly segmentBytes: number;
  /** The control group that counts the instance's processes. */
  readonly group: string | undefined;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The wrapper could not be started at all. */
  readonly failed: (reason: Error) => void;
  /** The wrapper has ended, and with it everyone who held the command's output. */
  readonly gone: () => void;
};

/**
 * Starts the wrapper of one task in a session of its own, so that neither a terminal nor the end of
 * the emulator reaches it.
 */
export function startWrapper(options: WrapperOptions): void {
  const { run, folder, doorbell, segmentBytes, group = "", argv } = options;
  const words = [run, folder, doorbell, String(segmentBytes), group];
  const child = spawn("/bin/sh", [...words, ...argv], {
    cwd: "/",
    detached: true,
    stdio: "ignore",
    env: options.environment,
  });
  child.on("error", options.failed);
  child.on("exit", options.gone);
  child.unref();
}

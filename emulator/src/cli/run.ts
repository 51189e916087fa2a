import { pino, type Logger } from "pino";
import type { Emulator } from "../emulator-api.js";
import { EmulatorError } from "../errors.js";
import type { EmulatorOptions } from "../options.js";
import { startEmulator } from "../start-emulator.js";
import { holdsState } from "../state/journal.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { parseArguments, type CliArguments } from "./parse-arguments.js";

/** The process that the command runs in. */
export type CliProcess = {
  readonly argv: readonly string[];
  readonly version: string;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Resolves with the first SIGINT or SIGTERM. */
  readonly ended: () => Promise<NodeJS.Signals>;
};

/** Runs the emulator until it is told to end. @returns the exit code */
export async function run(host: CliProcess): Promise<number> {
  surviveClosedPipes(host);
  const parsed = parseArguments(host.argv, host.version, {
    out: (text) => host.stdout.write(text),
    err: (text) => host.stderr.write(text),
  });
  switch (parsed.kind) {
    case "printed":
      return EXIT.ended;
    case "usage":
      return EXIT.usage;
    case "run":
      return serve(host, parsed.arguments);
  }
}

/** One line of JSON: where it is and who may call. */
export function readyLine(emulator: Emulator): string {
  const { url, port, regionId, accountId, accessKeyId, accessKeySecret, isolation } = emulator;
  const instances = emulator.instances.list().map((instance) => instance.instanceId);
  return JSON.stringify({
    ...{ url, port, regionId, accountId, accessKeyId, accessKeySecret, instances, isolation },
  });
}

async function serve(host: CliProcess, { options, verbose }: CliArguments): Promise<number> {
  const say = (text: string): void => {
    host.stderr.write(`cloud-assistant-emulator: ${text}\n`);
  };
  const ended = host.ended();
  const goesOn = options.data !== undefined && holdsState(options.data);
  try {
    const emulator = await startEmulator({ ...options, logger: loggerOf(verbose) });
    say(`listening on ${emulator.url}. ${warning(emulator, options.backend !== "sim")}`);
    if (goesOn) say(goingOn(emulator, options));
    host.stdout.write(`${readyLine(emulator)}\n`);
    const signal = await ended;
    say(`${signal}: ending what runs.`);
    await emulator.close();
    return EXIT.ended;
  } catch (reason) {
    const error = EmulatorError.from(reason);
    say(error.message);
    return exitCodeOf(error.code);
  }
}

function goingOn(
  { instances }: Emulator,
  { data = "", instances: given }: EmulatorOptions,
): string {
  const count = instances.list().length;
  const known = `goes on from ${data} with its ${count} ${count === 1 ? "instance" : "instances"}.`;
  return given === undefined ? known : `${known} Other instances count in a new folder only.`;
}

function warning({ instances, isolation }: Emulator, executes: boolean): string {
  const really = executes || instances.list().some(({ backend }) => backend === "exec");
  switch (really ? isolation : "none") {
    case "namespaces":
      return (
        "Commands really run on this machine, each instance in namespaces of its own. " +
        "This is not a security boundary."
      );
    case "plain":
      return `Commands really run on this machine as plain processes of ${user()}. This is not a security boundary.`;
    case "none":
      return "Instances are simulated; no command runs.";
  }
}

function user(): string {
  return process.getuid?.() === 0
    ? "root, and nothing keeps them from what root may do"
    : "this user";
}

function loggerOf(verbose: boolean): Logger {
  return pino({ level: verbose ? "debug" : "warn" }, pino.destination({ fd: 2, sync: true }));
}

// Whoever read the ready line may go away; the emulator goes on serving.
function surviveClosedPipes({ stdout, stderr }: CliProcess): void {
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

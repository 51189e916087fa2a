/** The program `pulumi-cloud-assistant`: the only place of the command line that knows the process. */
import { randomId } from "../client/random-id.js";
import { realClock } from "../client/world.js";
import { version } from "../version.js";
import type { Sink } from "./deps.js";
import { installedPulumi } from "./pulumi.js";
import { runCli } from "./run-cli.js";

/** Why something could not be written, such as a full disk. */
let unwritten: string | undefined;

/**
 * A reader that has seen enough closes its end. That is no error, and no reason to leave a stop
 * half done: the rest goes nowhere.
 */
function sink(stream: NodeJS.WriteStream): Sink {
  let closed = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    closed = true;
    if (error.code !== "EPIPE") unwritten ??= error.message;
  });
  return {
    write: (data) => {
      if (!closed) stream.write(data);
    },
    isTerminal: stream.isTTY,
  };
}

void runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  clock: realClock,
  randomId,
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
  pulumi: installedPulumi(process.env),
  version,
}).then((code) => {
  process.exitCode = code;
});
process.once("exit", () => {
  if (unwritten === undefined) return;
  process.stderr.write(`error: the output could not be written: ${unwritten}\n`);
  process.exitCode = 1;
});

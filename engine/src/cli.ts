#!/usr/bin/env node
import { Command, Option } from "commander";

import { EngineError } from "./engine-error.js";
import { ENGINE_WAYS, type EngineWay } from "./engine.js";
import { ensureEngine } from "./ensure-engine.js";
import { signalExitCode } from "./run-tool.js";

/** Exit codes: an engine is there; none could be got; the command line is wrong; 128 + n after a signal. */
const OK = 0;
const NO_ENGINE = 1;
const USAGE = 2;

const program = new Command("engine")
  .description("Finds or gets the Pulumi CLI, and says where it is.")
  .addOption(new Option("--from <way>", "the only way to try").choices(ENGINE_WAYS))
  .option("--json", "print the engine as one line of JSON")
  .addHelpText(
    "after",
    `\nExit codes: ${OK} an engine is there, ${NO_ENGINE} none could be got, ${USAGE} wrong options, 128+n ended by signal n.`,
  )
  .exitOverride((end) => process.exit(end.exitCode === 0 ? OK : USAGE))
  .action(async ({ from, json }: { from?: EngineWay; json?: boolean }) => {
    const engine = await ensureEngine({
      ...(from !== undefined && { from }),
      progress: (line) => process.stderr.write(`${line}\n`),
    });
    const { pulumi, version } = engine;
    const text = json ? JSON.stringify(engine) : `pulumi ${version} (${engine.from}): ${pulumi}`;
    process.stdout.write(`${text}\n`);
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  const signal = error instanceof EngineError ? error.signal : undefined;
  process.exitCode = signal === undefined ? NO_ENGINE : signalExitCode(signal);
});

/** `npm start`: the quickstart from nothing to a table of what ran where. */
import { ensureEngine, runPulumi } from "cloud-assistant-engine";
import { besideLocalCloud } from "./beside-local-cloud.js";
import { environmentFor, whatRuns } from "./local-cloud.js";
import { captured } from "./captured-pulumi.js";
import { resultsTable, type Checkpoint } from "./results-table.js";
import { main, root, say, SetUpError } from "./run-script.js";

const stack = "local";
/** Dots for every second, and outputs that the table at the end shows better. */
const quiet = ["--suppress-progress", "--suppress-outputs"];

void main(async () => {
  say("1/4  Getting the Pulumi engine");
  const engine = await ensureEngine({
    progress: (line) => {
      say(`     ${line}`);
    },
  });
  say(`     Pulumi ${engine.version} (${engine.from})`);

  say("2/4  Starting Cloud Assistant on this machine");
  const code = await besideLocalCloud(async (emulator, stop) => {
    say(`     ${emulator.url}, ${emulator.instances.list().length} machines`);
    say(`     ${whatRuns(emulator)}`);
    const env = { ...process.env, PULUMI_STACK: stack, ...environmentFor(emulator) };
    const place = { engine, cwd: root, env };
    const run = async (...args: string[]): Promise<void> => {
      const ended = await runPulumi(args, place);
      // It may have ended well all the same; what comes next must not begin.
      stop.throwIfAborted();
      if (ended === 0) return;
      throw new SetUpError(`\`pulumi ${args.join(" ")}\` ended with exit code ${ended}.`);
    };
    await captured(["stack", "select", "--create", stack], place, stop);
    say("\n3/4  pulumi preview --diff: what will run where\n");
    await run("preview", "--diff", ...quiet);
    say("\n4/4  pulumi up: it runs\n");
    await run("up", "--yes", "--skip-preview", ...quiet);
    const checkpoint = await captured(["stack", "export"], place, stop);
    say(`\nWhat ran where\n\n${resultsTable(JSON.parse(checkpoint) as Checkpoint)}\n`);
    return 0;
  });
  if (code !== 0) return code;
  say("How to go on");
  say("  edit examples/quickstart/index.ts, then   npm run pulumi -- up");
  say("  take everything away again:               npm run pulumi -- destroy");
  return 0;
});

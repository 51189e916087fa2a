/** `npm start`: the quickstart from nothing to a table of what ran where. */
import { ensureEngine, runPulumi } from "cloud-assistant-engine";
import { environmentFor, startLocalCloud, whatRuns } from "./local-cloud.js";
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
  const emulator = await startLocalCloud();
  say(`     ${emulator.url}, ${emulator.instances.list().length} machines`);
  say(`     ${whatRuns(emulator)}`);
  try {
    const env = { ...process.env, PULUMI_STACK: stack, ...environmentFor(emulator) };
    const place = { engine, cwd: root, env };
    const run = async (...args: string[]): Promise<void> => {
      const code = await runPulumi(args, place);
      if (code === 0) return;
      throw new SetUpError(`\`pulumi ${args.join(" ")}\` ended with exit code ${code}.`);
    };
    await captured(["stack", "select", "--create", stack], place);
    say("\n3/4  pulumi preview --diff: what will run where\n");
    await run("preview", "--diff", ...quiet);
    say("\n4/4  pulumi up: it runs\n");
    await run("up", "--yes", "--skip-preview", ...quiet);
    const checkpoint = await captured(["stack", "export"], place);
    say(`\nWhat ran where\n\n${resultsTable(JSON.parse(checkpoint) as Checkpoint)}\n`);
  } finally {
    await emulator.close();
  }
  say("How to go on");
  say("  edit examples/quickstart/index.ts, then   npm run pulumi -- up");
  say("  take everything away again:               npm run pulumi -- destroy");
  return 0;
});

/** `npm start`: the quickstart from nothing to a table of what ran where. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import path from "node:path";
import { ensureEngine, pulumiEnvironment, runPulumi, type Engine } from "cloud-assistant-engine";
import { environmentFor, main, root, SetUpError, startLocalCloud } from "./local-cloud.js";
import { resultsTable, type Checkpoint } from "./results-table.js";

const stack = "local";
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

void main(async () => {
  say("1/4  Getting the Pulumi engine");
  const engine = await ensureEngine({
    progress: (line) => {
      say(`     ${line}`);
    },
  });
  say(`     ${engine.version} (${engine.from})`);

  say("2/4  Starting Cloud Assistant on this machine");
  const emulator = await startLocalCloud();
  say(
    `     ${emulator.url}, ${emulator.instances.list().length} machines, isolation: ${emulator.isolation}`,
  );
  try {
    const env = { ...process.env, PULUMI_STACK: stack, ...environmentFor(emulator) };
    const run = async (...args: string[]): Promise<void> => {
      const code = await runPulumi(args, { engine, cwd: root, env });
      if (code !== 0) {
        throw new SetUpError(`\`pulumi ${args.join(" ")}\` ended with exit code ${code}.`);
      }
    };
    await run("stack", "select", "--create", stack);
    say("\n3/4  pulumi preview: what will run where\n");
    await run("preview");
    say("\n4/4  pulumi up: it runs\n");
    await run("up", "--yes", "--skip-preview");
    say(`\nWhat ran where\n\n${resultsTable(await exportStack(engine, env))}\n`);
  } finally {
    await emulator.close();
  }
  say("How to go on");
  say("  edit examples/quickstart/index.ts, then   npm run pulumi -- up");
  say("  take everything away again:               npm run pulumi -- destroy");
  return 0;
});

async function exportStack(engine: Engine, env: NodeJS.ProcessEnv): Promise<Checkpoint> {
  const { stdout } = await promisify(execFile)(engine.pulumi, ["stack", "export"], {
    cwd: root,
    env: pulumiEnvironment(engine, { stateFolder: path.join(root, ".state", "pulumi"), env }),
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Checkpoint;
}

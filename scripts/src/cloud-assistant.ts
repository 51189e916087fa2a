/**
 * `npm run cloud-assistant -- ARGS`: the command line of the provider (`output`, `runs`, `orphans`) on
 * the local backend, with the local cloud beside it.
 */
import path from "node:path";
import { ensureEngine, pulumiEnvironment } from "cloud-assistant-engine";
import { besideLocalCloud } from "./beside-local-cloud.js";
import { environmentFor } from "./local-cloud.js";
import { runNode } from "./run-node.js";
import { main, root } from "./run-script.js";
import { whoseCloud } from "./whose-cloud.js";

const commandLine = path.join(root, "provider", "bin", "pulumi-cloud-assistant.js");

void main(async () => {
  const args = process.argv.slice(2);
  const engine = await ensureEngine({ progress: (line) => process.stderr.write(`${line}\n`) });
  const run = async (given: NodeJS.ProcessEnv): Promise<number> => {
    const stateFolder = path.join(root, ".state", "pulumi");
    const env = pulumiEnvironment(engine, { stateFolder, env: given });
    const own = { PULUMI_COMMAND: engine.pulumi, ...env };
    const onTerminal = { stdin: "inherit", stdout: "inherit" } as const;
    return (await runNode([commandLine, ...args], own, onTerminal)).code;
  };
  if (whoseCloud(process.env).cloud === "own") return run(process.env);
  return besideLocalCloud((emulator) =>
    run({ PULUMI_STACK: "local", ...process.env, ...environmentFor(emulator) }),
  );
});

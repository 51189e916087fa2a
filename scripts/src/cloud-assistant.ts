/**
 * `npm run cloud-assistant -- ARGS`: the command line of the provider (`output`, `runs`, `orphans`) on
 * the local backend, with the local cloud beside it.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { ensureEngine, pulumiEnvironment } from "cloud-assistant-engine";
import { besideLocalCloud } from "./beside-local-cloud.js";
import { environmentFor } from "./local-cloud.js";
import { main, root } from "./run-script.js";
import { whoseCloud } from "./whose-cloud.js";

const commandLine = path.join(root, "provider", "bin", "pulumi-cloud-assistant.js");

void main(async () => {
  const args = process.argv.slice(2);
  const engine = await ensureEngine({ progress: (line) => process.stderr.write(`${line}\n`) });
  const run = (given: NodeJS.ProcessEnv): Promise<number> => {
    const stateFolder = path.join(root, ".state", "pulumi");
    const env = pulumiEnvironment(engine, { stateFolder, env: given });
    return ended(args, { PULUMI_COMMAND: engine.pulumi, ...env });
  };
  if (whoseCloud(process.env).cloud === "own") return run(process.env);
  return besideLocalCloud((emulator) =>
    run({ PULUMI_STACK: "local", ...process.env, ...environmentFor(emulator) }),
  );
});

function ended(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [commandLine, ...args], {
      cwd: root,
      env,
      stdio: "inherit",
    });
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

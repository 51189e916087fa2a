/** `npm run pulumi -- ARGS`: the Pulumi CLI on a local backend, with the local cloud beside it. */
import { ensureEngine, runPulumi } from "cloud-assistant-engine";
import { besideLocalCloud } from "./beside-local-cloud.js";
import { environmentFor } from "./local-cloud.js";
import { main, root } from "./run-script.js";
import { notice, whoseCloud } from "./whose-cloud.js";

void main(async () => {
  const args = process.argv.slice(2);
  const engine = await ensureEngine({ progress: (line) => process.stderr.write(`${line}\n`) });
  const meant = whoseCloud(process.env);
  if (meant.cloud === "own") return runPulumi(args, { engine, cwd: root });
  return besideLocalCloud((emulator) => {
    const line = notice(emulator.url, meant.unused);
    if (line !== undefined) process.stderr.write(`${line}\n`);
    const env = { PULUMI_STACK: "local", ...process.env, ...environmentFor(emulator) };
    return runPulumi(args, { engine, cwd: root, env });
  });
});

/** `npm run pulumi -- ARGS`: the Pulumi CLI on a local backend, with the local cloud beside it. */
import { ensureEngine, runPulumi } from "cloud-assistant-engine";
import { environmentFor, startLocalCloud } from "./local-cloud.js";
import { main, root } from "./run-script.js";

void main(async () => {
  const args = process.argv.slice(2);
  const engine = await ensureEngine({ progress: (line) => process.stderr.write(`${line}\n`) });
  // Somebody who names an endpoint or credentials of their own means that cloud, not the local one.
  const own = process.env.CLOUD_ASSISTANT_ENDPOINT ?? process.env.CLOUD_ASSISTANT_ACCESS_KEY_ID;
  if (own !== undefined) return runPulumi(args, { engine, cwd: root });
  const emulator = await startLocalCloud();
  try {
    const env = { PULUMI_STACK: "local", ...process.env, ...environmentFor(emulator) };
    return await runPulumi(args, { engine, cwd: root, env });
  } finally {
    await emulator.close();
  }
});

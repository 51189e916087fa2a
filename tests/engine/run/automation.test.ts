import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import {
  automationEngine,
  backendFolder,
  ensureEngine,
  pulumiEnvironment,
} from "cloud-assistant-engine";

test("the Automation API runs an inline program on the engine, without an account", async () => {
  const stateFolder = mkdtempSync(path.join(tmpdir(), "engine-automation-"));
  try {
    mkdirSync(backendFolder(stateFolder));
    const engine = await ensureEngine();
    const { PATH: _path, ...variables } = pulumiEnvironment(engine, { stateFolder, env: {} });
    const stack = await LocalWorkspace.createOrSelectStack(
      { projectName: "inline", stackName: "dev", program: async () => ({ word: "milk" }) },
      {
        pulumiCommand: await automationEngine({ engine }),
        envVars: variables as Record<string, string>,
      },
    );
    const { outputs, summary } = await stack.up();
    expect(summary.result).toBe("succeeded");
    expect(outputs.word).toMatchObject({ value: "milk", secret: false });
  } finally {
    rmSync(stateFolder, { recursive: true, force: true });
  }
}, 900_000);

import path from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";

import { automation } from "./automation.js";
import type { Engine } from "./engine.js";
import { ensureEngine, type EnsureEngineOptions } from "./ensure-engine.js";

/** An engine, or how to get one. */
export type AutomationEngineOptions = EnsureEngineOptions & {
  /** One that is there already. Default: what {@link ensureEngine} finds. */
  readonly engine?: Engine;
};

/**
 * The engine as the Automation API takes it (`pulumiCommand` of a workspace). Give the workspace the variables of
 * {@link pulumiEnvironment} too, and the CLI needs no account.
 */
export async function automationEngine(
  options: AutomationEngineOptions = {},
): Promise<PulumiCommand> {
  const { engine = await ensureEngine(options) } = options;
  const { PulumiCommand: command } = automation();
  // The API looks for bin/pulumi in the root. A CLI found on PATH may stand elsewhere, and is found there again.
  const inBin = path.basename(engine.root) === "bin" && path.dirname(engine.pulumi) === engine.root;
  return command.get(inBin ? { root: path.dirname(engine.root) } : {});
}

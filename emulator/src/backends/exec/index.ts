import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { BackendDeps } from "../backend.js";
import { Doorbells } from "./doorbells.js";
import { HostBackend, type ExecBackend } from "./exec-backend.js";
import { installFile } from "./install-file.js";
import { chooseIsolation } from "./isolation/choose.js";
import { layoutOf } from "./layout.js";
import { DEFAULT_EXEC_LIMITS, DEFAULT_PATH, type ExecOptions } from "./options.js";
import { installPowerTools } from "./power.js";
import { processCount } from "./process-count.js";
import { RUN_SCRIPT } from "./shell/run-script.js";

export { DEFAULT_EXEC_LIMITS } from "./options.js";
export type { ExecBackend } from "./exec-backend.js";
export type { ExecLimits, ExecOptions } from "./options.js";

/**
 * The backend whose commands really run on this machine, with the behaviour of the genuine agent
 * (release v578; `terminationMode` and `launcher` of later ones). Not a security boundary.
 *
 * @throws EmulatorError IsolationUnavailable when the isolation that was asked for, or any at all,
 * cannot be had here.
 */
export function createExecBackend(options: ExecOptions, deps: BackendDeps): ExecBackend {
  mkdirSync(options.folder, { recursive: true });
  // One spelling: processes of an earlier emulator are known by it.
  const layout = layoutOf(realpathSync(options.folder));
  for (const folder of [layout.tools, layout.doorbells, layout.instances, layout.tasks]) {
    mkdirSync(folder, { recursive: true });
  }
  installFile(join(layout.tools, "run.sh"), RUN_SCRIPT);
  installPowerTools(layout.bin);
  const path = options.path ?? DEFAULT_PATH;
  const limits = { ...DEFAULT_EXEC_LIMITS, ...options.limits };
  const doorbells = new Doorbells(layout.doorbells);
  const { isolation: wanted = "auto", abandonedAfterSeconds = 600 } = options;
  const host = { layout, doorbells, path, abandonedAfterSeconds };
  const isolation = chooseIsolation(wanted, host);
  const count = processCount(layout.folder, limits.processes);
  options.logger?.debug({ isolation: isolation.name, folder: layout.folder }, "exec backend");
  return new HostBackend({ layout, limits, path, isolation, doorbells, count }, deps);
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { DEFAULT_ACCESS_KEY_ID, DEFAULT_ACCOUNT_ID } from "./accounts.js";
import { createExecBackend } from "./backends/exec/index.js";
import { createClock, type Clock } from "./clock/index.js";
import type { Closers } from "./closers.js";
import type { Isolation } from "./emulator-api.js";
import { DEFAULT_REGION, instanceSeeds, type EmulatorOptions } from "./options.js";
import { openService, type Service } from "./service.js";

/** What stands behind the server: the clock, the service, and the machines that really run. */
export type Back = {
  readonly service: Service;
  readonly clock: Clock;
  readonly isolation: () => Isolation;
  readonly root: (instanceId: string) => string | undefined;
};

export async function openBack(
  options: EmulatorOptions,
  logger: Logger,
  closers: Closers,
): Promise<Back> {
  const clock = createClock(options.clock ?? { mode: "real" });
  closers.add(() => {
    clock.close();
  });
  const { data, limits, seed, sim, publicCommands } = options;
  const folder = machineFolder(data, closers);
  let exec: ReturnType<typeof createExecBackend> | undefined;
  const service = await openService({
    ...{ clock, logger },
    regionId: options.regionId ?? DEFAULT_REGION,
    accounts: options.accounts ?? [
      { accountId: DEFAULT_ACCOUNT_ID, accessKeyId: DEFAULT_ACCESS_KEY_ID },
    ],
    instances: instanceSeeds(options.instances),
    backend: options.backend ?? "exec",
    backends: !mayExecute(options)
      ? {}
      : {
          exec: (deps) => {
            exec = createExecBackend(
              { folder, isolation: options.isolation ?? "auto", logger },
              deps,
            );
            return exec;
          },
        },
    ...(data === undefined ? {} : { data }),
    ...(limits === undefined ? {} : { limits }),
    ...(seed === undefined ? {} : { seed }),
    ...(sim === undefined ? {} : { sim }),
    ...(publicCommands === undefined ? {} : { publicCommands }),
  });
  closers.add(() => service.close());
  return {
    service,
    clock,
    isolation: () => exec?.isolation ?? "none",
    root: (instanceId) => exec?.root(instanceId),
  };
}

/** Elsewhere than on Linux only simulated instances can be had, and only when that was said. */
function mayExecute({ backend }: EmulatorOptions): boolean {
  return process.platform === "linux" || backend !== "sim";
}

/** Where `exec` instances live: with the data, or in a folder that goes with the emulator. */
function machineFolder(data: string | undefined, closers: Closers): string {
  if (data !== undefined) return join(data, "machines");
  const folder = mkdtempSync(join(tmpdir(), "cloud-assistant-emulator-"));
  closers.add(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
